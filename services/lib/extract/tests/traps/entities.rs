//! Traps 21 to 32: who and what is meant.

use super::{Case, check};

pub(super) const CASES: &[Case] = &[
    Case {
        trap: "trap_21_capital_as_state_and_as_place",
        day: "",
        text: "انتهت المحادثات بين أنقرة وأثينا التي جرت في أثينا أمس.",
        found: &[
            "name: أنقرة = TR*",
            "name: أثينا = GR*",
            "name: أثينا = gn-264371",
            "actor: المحادثات = TR GR",
            "place: المحادثات = gn-264371",
        ],
        never: &[],
    },
    Case {
        trap: "trap_21_capital_that_acts",
        day: "",
        text: "سقط الصاروخ في البحر، ما دفع طوكيو إلى استدعاء السفير. ويجتمع الوزراء في جاكرتا هذا الأسبوع.",
        found: &["name: طوكيو = JP*", "name: جاكرتا = gn-1642911", "place: يجتمع = gn-1642911"],
        never: &[],
    },
    Case {
        trap: "trap_21_both_in_one_sentence",
        day: "",
        text: "قال مسؤول في طهران إن موسكو رفضت استقبال الوفد في موسكو.",
        found: &["name: طهران = gn-112931", "name: موسكو = RU*", "name: موسكو = gn-524901"],
        never: &[],
    },
    Case {
        trap: "trap_22_whose_occupation",
        day: "",
        text: "قالت الفصائل إنها تقاوم قوات الاحتلال الأميركي في العراق، وإنها قصفت قاعدة للاحتلال قرب أربيل.",
        found: &["nominal: قوات الاحتلال الأميركي = us-armed-forces", "nominal: لاحتلال = us-armed-forces"],
        never: &[],
    },
    Case {
        trap: "trap_22_an_occupation_told_in_another_place",
        day: "",
        text: "انسحبت قوات الاحتلال الروسي من خيرسون، وقال السكان إن قوات الاحتلال نهبت المتحف.",
        found: &[
            "nominal: قوات الاحتلال الروسي = russia-armed-forces",
            "nominal: قوات الاحتلال = russia-armed-forces",
        ],
        never: &[],
    },
    Case {
        trap: "trap_22_the_occupation_without_more",
        day: "",
        text: "اعتقلت قوات الاحتلال 12 فلسطينيا في الخليل ونابلس.",
        found: &["event: اعتقلت = COERCE actual", "actor: اعتقلت = israel-armed-forces"],
        never: &[],
    },
    Case {
        trap: "trap_24_a_namesake_of_the_prime_minister",
        day: "",
        text: "قال المصور حيدر السوداني إن الطريق مغلق. واستقبل رئيس الوزراء العراقي محمد شياع السوداني وفدا من الجيش السوداني.",
        found: &[
            "name: حيدر السوداني = [حيدر السوداني]",
            "name: محمد شياع السوداني = mohammed-shia-al-sudani",
            "name: الجيش السوداني = sudan-armed-forces",
        ],
        never: &["name: السوداني = "],
    },
    Case {
        trap: "trap_24_a_surname_that_is_a_nationality",
        day: "",
        text: "قال النائب خالد المصري إن الجلسة تأجلت، وأضاف المصري أن الوفد المصري غادر.",
        found: &["name: خالد المصري = [خالد المصري]", "name: المصري = [خالد المصري]", "demonym: المصري = EG"],
        never: &[],
    },
    Case {
        trap: "trap_25_two_foreign_ministers",
        day: "",
        text: "بحث وزير الخارجية أيمن الصفدي في عمان مع وزير الخارجية التركي هاكان فيدان أوضاع الأردن واللاجئين. \
            وأكد الصفدي أن الأردن متمسك بموقفه. وقالت وزارة الخارجية إن الاجتماع كان مثمرا.",
        found: &[
            "role: وزير الخارجية = ayman-safadi of -",
            "role: وزير الخارجية التركي = hakan-fidan of TR",
            "claim: أكد = ayman-safadi | الأردن متمسك بموقفه",
            "name: وزارة الخارجية = jordan-mfa",
        ],
        never: &[],
    },
    Case {
        trap: "trap_25_counterparts",
        day: "",
        text: "التقى وزير الدفاع اليوناني نيكوس ديندياس نظيره الفرنسي سيباستيان لوكورنو في أثينا. وقال ديندياس إن الصفقة جاهزة.",
        found: &["claim: قال = nikos-dendias | الصفقة جاهزة", "name: أثينا = gn-264371"],
        never: &[],
    },
    Case {
        trap: "trap_26_a_chain_of_roles",
        day: "",
        text: "قتل نائب قائد حركة الشباب أبو عبد الرحمن النجار في غارة أميركية جنوب الصومال.",
        found: &[
            "name: أبو عبد الرحمن النجار = [أبو عبد الرحمن النجار]",
            "role: نائب قائد حركة الشباب = [أبو عبد الرحمن النجار] of al-shabaab",
            "name: حركة الشباب = al-shabaab",
        ],
        never: &[],
    },
    Case {
        trap: "trap_26_a_chain_of_roles_of_a_state",
        day: "",
        text: "وصل مساعد رئيس هيئة الأركان الأردنية العميد سليم الحداد إلى الدوحة.",
        found: &["name: سليم الحداد = [سليم الحداد]"],
        never: &["name: الحداد = "],
    },
    Case {
        trap: "trap_27_a_body_and_a_rank_before_the_name",
        day: "",
        text: "استقبل الرئيس قائد القوات الأوروبية العاملة في البحر الأحمر «أسبيدس» الأدميرال ستيفانو كوستانتينو.",
        found: &["name: ستيفانو كوستانتينو = [ستيفانو كوستانتينو]", "name: البحر الأحمر = red-sea"],
        never: &[],
    },
    Case {
        trap: "trap_27_places_inside_of_a_title",
        day: "",
        text: "حضر نائب الأمين العام للقرن الأفريقي وآسيا والمحيط الهادئ فيليكس مورالس.",
        found: &[
            "name: فيليكس مورالس = [فيليكس مورالس]",
            "role: نائب الأمين العام للقرن الأفريقي وآسيا والمحيط الهادئ = [فيليكس مورالس] of horn-of-africa",
        ],
        never: &[],
    },
    Case {
        trap: "trap_28_a_long_name_and_its_acronym",
        day: "",
        text: "قالت القيادة الأميركية في أفريقيا (أفريكوم) إن ضربة استهدفت مسلحين في الصومال.",
        found: &[
            "name: القيادة الأميركية في أفريقيا = africom",
            "name: أفريكوم = africom",
            "claim: قالت = africom | ضربة استهدفت مسلحين في الصومال",
        ],
        never: &["place: ضربة = africa"],
    },
    Case {
        trap: "trap_28_a_force_of_the_un",
        day: "",
        text: "أعلنت قوة الأمم المتحدة المؤقتة في لبنان (يونيفيل) إصابة جنديين من الكتيبة الإيطالية.",
        found: &["name: قوة الأمم المتحدة المؤقتة في لبنان = unifil", "name: يونيفيل = unifil"],
        never: &[],
    },
    Case {
        trap: "trap_29_a_place_inside_of_a_name",
        day: "",
        text: "تبنى تنظيم القاعدة في جزيرة العرب الهجوم، ونفت جماعة أنصار الشريعة في ليبيا صلتها به.",
        found: &[
            "name: تنظيم القاعدة في جزيرة العرب = aqap",
            "name: جماعة أنصار الشريعة في ليبيا = ansar-al-sharia-libya",
            "actor: تبنى = aqap",
        ],
        never: &["place:"],
    },
    Case {
        trap: "trap_29_a_place_behind_a_description",
        day: "",
        text: "وصلت أسلحة إلى الجماعات المدعومة من تركيا في ليبيا.",
        found: &["name: تركيا = TR", "name: ليبيا = LY"],
        never: &[],
    },
    Case {
        trap: "trap_29_battalions",
        day: "",
        text: "أعلنت كتائب حزب الله في العراق وقف عملياتها، ونفى حزب الله في لبنان علمه بذلك.",
        found: &["name: حزب الله = hezbollah", "name: لبنان = LB"],
        never: &[],
    },
    Case {
        trap: "trap_30_one_group_many_descriptions",
        day: "",
        text: "هاجمت مليشيات عراقية موالية لإيران قاعدة التنف. وقالت واشنطن إن الفصائل المدعومة من إيران تملك مسيرات. \
            وتوعدت جماعات مسلحة موالية لإيران بالرد.",
        found: &[
            "nominal: مليشيات عراقية موالية لإيران = iran-backed-factions-iraq",
            "nominal: الفصائل المدعومة من إيران = iran-backed-factions-iraq",
            "nominal: جماعات مسلحة موالية لإيران = iran-backed-factions-iraq",
            "actor: هاجمت = iran-backed-factions-iraq",
        ],
        never: &["name: مليشيات عراقية موالية لإيران = popular"],
    },
    Case {
        trap: "trap_30_rebels_of_another_land",
        day: "",
        text: "أطلق المتمردون المدعومون من إيران صاروخا على سفينة، وقالت الحكومة اليمنية إن المتمردين يهددون اليمن.",
        found: &[
            "nominal: المتمردون المدعومون من إيران = houthis",
            "nominal: المتمردين = houthis",
            "actor: أطلق = houthis",
        ],
        never: &[],
    },
    Case {
        trap: "trap_31_bases_in_brackets",
        day: "",
        text: "تنتشر القوات في ثلاث قواعد في الخليج (قاعدة الظفرة، قاعدة علي السالم، وقاعدة العديد).",
        found: &[
            "name: قاعدة الظفرة = dhafra",
            "name: قاعدة علي السالم = ali-al-salem",
            "name: قاعدة العديد = udeid",
        ],
        never: &["name: علي السالم"],
    },
    Case {
        trap: "trap_31_a_base_named_by_a_place",
        day: "",
        text: "أغلقت تركيا معبرين (معبر باب الهوى، ومعبر باب السلامة)، ثم مطار غازي عنتاب.",
        found: &[
            "name: معبر باب الهوى = bab-al-hawa-crossing",
            "name: معبر باب السلامة = bab-al-salama-crossing",
            "name: مطار غازي عنتاب = [مطار غازي عنتاب]",
        ],
        never: &[],
    },
    Case {
        trap: "trap_31_airports_in_brackets",
        day: "",
        text: "استأنفت ثلاثة مطارات عملها (مطار صنعاء، مطار عدن، ومطار سيئون).",
        found: &["name: مطار صنعاء = sanaa-airport", "name: مطار عدن = aden-airport"],
        never: &[],
    },
    Case {
        trap: "trap_32_whose_forces",
        day: "",
        text: "سحبت فرنسا قواتها من النيجر. ووعد الرئيس التشادي محمد إدريس ديبي بسحب قواته من السودان.",
        found: &[
            "actor: سحبت = FR",
            "place: سحبت = NE",
            "actor: سحب = mahamat-idriss-deby",
            "place: سحب = SD",
        ],
        never: &[],
    },
    Case {
        trap: "trap_32_pronouns_of_states",
        day: "",
        text: "وأكدت تركيا أن قواتها باقية في سوريا. وسحبت ألمانيا جنودها من النيجر.",
        found: &["actor: سحبت = DE", "place: سحبت = NE"],
        never: &[],
    },
];

#[test]
fn the_entities() {
    check(&CASES.iter().collect::<Vec<_>>());
}

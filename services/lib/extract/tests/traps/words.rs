//! Traps 11 to 20: attached particles, spelling, agreement.

use super::{Case, check};

pub(super) const CASES: &[Case] = &[
    Case {
        trap: "trap_11_conjunction_before_a_stem_in_w",
        day: "",
        text: "ولوهران ميناء كبير، وبوجدة محطة قطار جديدة، ووهران أقرب إلى إسبانيا.",
        found: &["name: وهران = gn-2485926", "name: وجدة = gn-2540483", "name: إسبانيا = ES"],
        never: &["name: هران", "name: لوهران"],
    },
    Case {
        trap: "trap_11_preposition_and_article",
        day: "",
        text: "انتشر المرض بالأردن وباليمن وبلبنان، فوصل إلى السودان وبالتالي تشاد.",
        found: &["name: الأردن = JO", "name: اليمن = YE", "name: لبنان = LB", "name: تشاد = TD"],
        never: &["name: بالأردن", "name: التالي"],
    },
    Case {
        trap: "trap_12_article_hidden_behind_l",
        day: "",
        text: "قدمت اليابان مساعدات للاتحاد الأفريقي وللسودان وللأمم المتحدة.",
        found: &[
            "name: لاتحاد الأفريقي = african-union",
            "name: لسودان = SD",
            "name: لأمم المتحدة = united-nations",
            "recipient: قدمت = african-union SD united-nations",
        ],
        never: &[],
    },
    Case {
        trap: "trap_12_groups_behind_l",
        day: "",
        text: "دمر الجيش اليمني مخازن للحوثيين قرب مأرب، وتعود المخازن للجماعة نفسها.",
        found: &["name: لحوثيين = houthis", "name: مأرب = gn-72968"],
        never: &[],
    },
    Case {
        trap: "trap_13_l_before_a_stem_in_l",
        day: "",
        text: "قال تقرير للجنة حماية الصحفيين إن الأوضاع تسوء، وسلم نسخة منه للجنة الدولية للصليب الأحمر.",
        found: &["name: لجنة حماية الصحفيين = cpj", "name: لجنة الدولية للصليب الأحمر = icrc"],
        never: &["name: جنة", "name: الجنة"],
    },
    Case {
        trap: "trap_13_countries_in_l",
        day: "",
        text: "وصلت شحنات للبنان ولليبيا.",
        found: &["name: لبنان = LB", "name: ليبيا = LY"],
        never: &["name: للبنان", "name: بنان"],
    },
    Case {
        trap: "trap_14_stems_that_look_like_particles",
        day: "",
        text: "وصل الوفد إلى بلغراد وفيينا وبكين وكمبالا، ثم إلى كولومبيا وفنلندا وبوليفيا.",
        found: &[
            "name: بلغراد = gn-792680",
            "name: فيينا = gn-2761369",
            "name: بكين = gn-1816670",
            "name: كمبالا = gn-232422",
            "name: كولومبيا = CO",
            "name: فنلندا = FI",
            "name: بوليفيا = BO",
        ],
        never: &["name: لغراد", "name: كين", "name: ولومبيا"],
    },
    Case {
        trap: "trap_14_stems_beside_particles",
        day: "",
        text: "ذكرت بوابة الوسط أن فؤاد حسين زار بنغازي وكسلا وبيروت ووارسو.",
        found: &[
            "name: بوابة الوسط = alwasat-ly",
            "name: فؤاد حسين = fuad-hussein",
            "name: بنغازي = gn-88319",
            "name: كسلا = gn-372753",
            "name: بيروت = gn-276781",
        ],
        never: &["name: وابة", "name: سلا", "name: نغازي"],
    },
    Case {
        trap: "trap_15_spellings_of_american",
        day: "",
        text: "التقى مسؤول أمريكي ضباطا أميركيين، وحضر السفير الامريكي وخبيرة اميركية وطلاب أمريكيون.",
        found: &[
            "demonym: أمريكي = US",
            "demonym: أميركيين = US",
            "demonym: الامريكي = US",
            "demonym: اميركية = US",
            "demonym: أمريكيون = US",
        ],
        never: &[],
    },
    Case {
        trap: "trap_15_spellings_of_other_nations",
        day: "",
        text: "شارك فنانون إماراتيون واماراتيات وشاعر اردني وشاعرة أردنية وكاتب ايراني ورسامة إيرانية.",
        found: &[
            "demonym: إماراتيون = AE",
            "demonym: اماراتيات = AE",
            "demonym: اردني = JO",
            "demonym: أردنية = JO",
            "demonym: ايراني = IR",
            "demonym: إيرانية = IR",
        ],
        never: &[],
    },
    Case {
        trap: "trap_16_spellings_of_countries",
        day: "",
        text: "سافر من سورية إلى تركيا، ثم عاد إلى سوريا عبر السّودان واثيوبيا وإثيوبيا وتُونُس.",
        found: &[
            "name: سورية = SY",
            "name: سوريا = SY",
            "name: السّودان = SD",
            "name: اثيوبيا = ET",
            "name: إثيوبيا = ET",
            "name: تُونُس = TN",
        ],
        never: &[],
    },
    Case {
        trap: "trap_17_hamza_in_first_names",
        day: "",
        text: "التقى ايمانويل ماكرون أنتوني بلينكن في باريس. وقال إيمانويل ماكرون إن انتوني بلينكن متفائل.",
        found: &[
            "name: ايمانويل ماكرون = emmanuel-macron",
            "name: إيمانويل ماكرون = emmanuel-macron",
            "name: أنتوني بلينكن = antony-blinken",
            "name: انتوني بلينكن = antony-blinken",
        ],
        never: &[],
    },
    Case {
        trap: "trap_17_marks_between_article_and_noun",
        day: "",
        text: "أعلن الـ«ناتو» نشر قوات في رومانيا، وحذرت الـ\"أونروا\" من نقص الوقود.",
        found: &["name: ناتو = nato", "name: أونروا = unrwa", "claim: حذرت = unrwa | نقص الوقود"],
        never: &[],
    },
    Case {
        trap: "trap_18_verb_of_the_other_gender",
        day: "",
        text: "وزارة الدفاع التركية يعلن أن سفينة غرقت قبالة أنطاليا.\nوأكد الحكومة الليبية أن المعابر مفتوحة.",
        found: &[
            "claim: يعلن = turkey-mod | سفينة غرقت قبالة أنطاليا",
            "claim: أكد = gnu-libya | المعابر مفتوحة",
        ],
        never: &[],
    },
    Case {
        trap: "trap_18_request_of_the_other_gender",
        day: "",
        text: "الحكومة التونسية يطالب بانسحاب القوات الأجنبية من ليبيا.",
        found: &["event: يطالب = REQUEST actual", "actor: يطالب = tunisia-government"],
        never: &[],
    },
    Case {
        trap: "trap_19_two_names_side_by_side",
        day: "",
        text: "وصلت بعثة الاتحاد الأفريقي كينيا إلى مقديشو، وانتهت مهمة حلف شمال الأطلسي تركيا في كوسوفو.",
        found: &["name: كينيا = KE", "name: حلف شمال الأطلسي = nato", "name: تركيا = TR", "name: كوسوفو = XK"],
        never: &[],
    },
    Case {
        trap: "trap_20_an_adjective_inside_of_a_name",
        day: "",
        text: "استقبل سفير الولايات المتحدة الأمريكية وفدا من السفارة الأمريكية.",
        found: &["name: الولايات المتحدة الأمريكية = US", "demonym: الأمريكية = US"],
        never: &["name: الولايات المتحدة = "],
    },
    Case {
        trap: "trap_20_official_names_of_states",
        day: "",
        text: "وقعت المملكة العربية السعودية وجمهورية مصر العربية والمملكة الأردنية الهاشمية مذكرة تفاهم.",
        found: &[
            "name: المملكة العربية السعودية = SA",
            "name: جمهورية مصر العربية = EG",
            "name: المملكة الأردنية الهاشمية = JO",
        ],
        never: &["demonym:", "name: العربية"],
    },
];

#[test]
fn the_words() {
    check(&CASES.iter().collect::<Vec<_>>());
}

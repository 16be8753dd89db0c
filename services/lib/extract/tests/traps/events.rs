//! Traps 50 to 70: what happened, what did not, and who says so.

use super::{Case, check};

pub(super) const CASES: &[Case] = &[
    Case {
        trap: "trap_50_about_to_begin",
        day: "2024-05-15",
        text: "أنقرة وأثينا بصدد بدء مشاورات حول الجزر. والبلدان يقتربان من توقيع اتفاق حول الصيد. \
            ومصر على وشك استئناف المفاوضات مع إثيوبيا.",
        found: &[
            "event: مشاورات = CONSULT planned",
            "actor: مشاورات = TR GR",
            "event: توقيع = AGREE planned",
            "event: استئناف = CONSULT planned",
            "actor: استئناف = EG",
        ],
        never: &[],
    },
    Case {
        trap: "trap_51_no_agreement",
        day: "2024-05-15",
        text: "قال الوزير إنه لا يوجد اتفاق نهائي على تبادل الأسرى مع إثيوبيا. وأفضت محادثات السودان وتشاد إلى اتفاق على تشكيل لجنة حدود.",
        found: &["event: اتفاق = AGREE negated actual", "event: اتفاق = AGREE actual"],
        never: &[],
    },
    Case {
        trap: "trap_51_there_is_none",
        day: "2024-05-15",
        text: "ليس هناك أي اتفاق بين روسيا وأوكرانيا. ولم يتم التوصل إلى اتفاق بين إيران وفرنسا.",
        found: &["event: اتفاق = AGREE negated actual"],
        never: &["event: اتفاق = AGREE actual", "event: اتفاق = AGREE possible"],
    },
    Case {
        trap: "trap_52_not_soon",
        day: "2024-05-15",
        text: "وانسحاب القوات الروسية من سوريا ليس وشيكا.",
        found: &["event: انسحاب = RETREAT possible"],
        never: &[],
    },
    Case {
        trap: "trap_52_not_near",
        day: "2024-05-15",
        text: "وانسحاب القوات التركية من العراق ليس قريبا، كما أن زيارة الرئيس ليست وشيكة.",
        found: &["event: انسحاب = RETREAT possible", "event: زيارة = CONSULT possible"],
        never: &[],
    },
    Case {
        trap: "trap_53_will_not_decide",
        day: "2024-05-15",
        text: "بعض المحللين يعتقدون أن الرئيس الفرنسي إيمانويل ماكرون لن يقرر سحب قواته من تشاد قبل الانتخابات المقبلة.",
        found: &[
            "event: سحب = RETREAT negated planned",
            "claim: يعتقدون = ?بعض المحللين | الرئيس الفرنسي إيمانويل ماكرون لن يقرر سحب قواته من تشاد قبل الانتخابات المقبلة",
        ],
        never: &[],
    },
    Case {
        trap: "trap_54_content_of_a_condition",
        day: "2024-05-15",
        text: "تخلت بريطانيا عن شرط مسبق بأن توقف جماعة الحوثي الهجمات على السفن.",
        found: &["event: توقف = RETREAT conditional", "actor: توقف = houthis"],
        never: &["event: الهجمات = RETREAT"],
    },
    Case {
        trap: "trap_54_condition_of_a_halt",
        day: "2024-05-15",
        text: "وضعت إسرائيل شروطا مسبقة بأن توقف إيران تخصيب اليورانيوم، بينما توقفت المحادثات.",
        found: &["event: تخصيب = MOBILIZE conditional", "event: توقفت = SANCTION actual"],
        never: &["event: توقف = RETREAT actual"],
    },
    Case {
        trap: "trap_55_received_and_handed_over",
        day: "2024-05-15",
        text: "تسلم وزير الخارجية المصري سامح شكري رسالة من السفير القطري أمس.",
        found: &[
            "event: تسلم = CONVEY_MESSAGE actual",
            "actor: تسلم = QA",
            "recipient: تسلم = sameh-shoukry",
        ],
        never: &[],
    },
    Case {
        trap: "trap_55_a_letter_that_somebody_handed_over",
        day: "2024-05-15",
        text: "جاء ذلك في رسالة سلمها السفير القطري لوزير الخارجية المصري سامح شكري أمس.",
        found: &[
            "event: سلمها = CONVEY_MESSAGE actual",
            "actor: سلمها = QA",
            "recipient: سلمها = sameh-shoukry",
        ],
        never: &[],
    },
    Case {
        trap: "trap_56_nothing_but",
        day: "2024-05-15",
        text: "لم يتمكن الجيش السوداني سوى من الانتشار في كسلا.\nولم تنسحب روسيا إلا من خيرسون.",
        found: &[
            "event: الانتشار = MOBILIZE actual",
            "event: تنسحب = RETREAT actual",
            "place: تنسحب = gn-706448",
        ],
        never: &["event: تنسحب = RETREAT negated"],
    },
    Case {
        trap: "trap_57_strikes_of_different_days",
        day: "2024-05-15",
        text: "نفذت تركيا ضربات جوية في دهوك يوم الجمعة الماضي.\nونفذت تركيا ضربات جوية في السليمانية فجر الثلاثاء ردا على هجوم.",
        found: &["when: ضربات = 2024-05-10", "when: ضربات = 2024-05-14"],
        never: &[],
    },
    Case {
        trap: "trap_58_a_source_without_a_name",
        day: "2024-05-15",
        text: "وقال مصدر أمني طلب عدم الكشف عن هويته إن السفينة غادرت الميناء.\nوأكد مسؤول حكومي رفض ذكر اسمه أن القرار نهائي.",
        found: &[
            "claim: قال = ?مصدر أمني ×1 | السفينة غادرت الميناء",
            "claim: أكد = ?مسؤول حكومي ×1 | القرار نهائي",
        ],
        never: &["claim: رفض", "event: رفض", "event: طلب"],
    },
    Case {
        trap: "trap_59_the_agency_goes_on",
        day: "2024-05-15",
        text: "السفن عادت إلى الميناء أمس، بحسب \"فرانس برس\" التي تشير إلى أن الطريق ما زال مغلقا.",
        found: &["claim: بحسب = afp | السفن عادت إلى الميناء أمس", "claim: تشير = afp | الطريق ما زال مغلقا"],
        never: &[],
    },
    Case {
        trap: "trap_60_announced_by_nobody",
        day: "2024-05-15",
        text: "تم الإعلان عن بدء محادثات بين قطر والبحرين حول الجسر.\nومن المتوقع أن تستمر المحادثات أسبوعا.",
        found: &["actor: محادثات = QA BH"],
        never: &["actor: الإعلان", "claim:"],
    },
    Case {
        trap: "trap_60_agreed_by_nobody",
        day: "2024-05-15",
        text: "وجرى الاتفاق على وقف إطلاق النار بين أرمينيا وأذربيجان. ونوقشت الخطة في باكو.",
        found: &["event: الاتفاق = AGREE actual"],
        never: &["claim:"],
    },
    Case {
        trap: "trap_61_participles_go_on",
        day: "2024-05-15",
        text: "قالت وزارة الدفاع التركية إن السفينة غرقت، مشيرة إلى أن الطاقم بخير، مؤكدة أن البحث مستمر.",
        found: &[
            "claim: قالت = turkey-mod | السفينة غرقت",
            "claim: مشيرة = turkey-mod | الطاقم بخير",
            "claim: مؤكدة = turkey-mod | البحث مستمر",
        ],
        never: &[],
    },
    Case {
        trap: "trap_61_a_participle_of_the_other_gender",
        day: "2024-05-15",
        text: "قال وزير الخارجية الأردني أيمن الصفدي إن المعبر مفتوح، مبينا أن وزارة الداخلية تدرس الطلب، ومضيفا أن القرار قريب.",
        found: &[
            "claim: مبينا = ayman-safadi | وزارة الداخلية تدرس الطلب",
            "claim: مضيفا = ayman-safadi | القرار قريب",
        ],
        never: &[],
    },
    Case {
        trap: "trap_62_marks_around_a_few_words",
        day: "2024-05-15",
        text: "قالت الخارجية التركية إن الوزير تلقى \"دعوة رسمية\" من نظيره السوري، وإن تنظيم \"داعش\" انتهى.",
        found: &["quote: قالت = indirect", "name: تنظيم \"داعش\" = islamic-state"],
        never: &["quote: قالت = direct"],
    },
    Case {
        trap: "trap_63_a_claim_in_a_claim",
        day: "2024-05-15",
        text: "أكدت وزارة الخارجية القطرية في بيان لاحق، مساء أمس الثلاثاء، أن وزير الخارجية الفرنسي ستيفان سيجورنيه أعرب عن أمله في وقف الحرب.",
        found: &[
            "claim: أكدت = qatar-mfa | وزير الخارجية الفرنسي ستيفان سيجورنيه أعرب عن أمله في وقف الحرب",
            "claim: أعرب = stephane-sejourne | أمله في وقف الحرب",
            "within: أعرب = أكدت",
        ],
        never: &[],
    },
    Case {
        trap: "trap_64_a_verb_without_its_subject",
        day: "2024-05-15",
        text: "وفيما أكد الصفدي رفض الحكومة الأردنية للتهجير، رفضت أيضا استخدام المجال الجوي كـ “ساحة للحرب”.",
        found: &["event: رفضت = REJECT actual", "actor: رفضت = jordan-government"],
        never: &[],
    },
    Case {
        trap: "trap_65_speech_after_a_colon",
        day: "2024-05-15",
        text: "وقال غوتيريش في تصريح بعد اللقاء: عدت للتو من مقديشو بعد زيارتي لمخيم النازحين.\nأضاف: هناك حاجة إلى المساعدات.",
        found: &[
            "claim: قال = antonio-guterres | عدت للتو من مقديشو بعد زيارتي لمخيم النازحين",
            "quote: قال = direct",
            "claim: أضاف = antonio-guterres | هناك حاجة إلى المساعدات",
            "quote: أضاف = direct",
            "actor: زيارتي = antonio-guterres",
        ],
        never: &[],
    },
    Case {
        trap: "trap_66_levels_of_hearsay",
        day: "2024-05-15",
        text: "وكتبت صحيفة الأهرام: أكد الأمين العام للأمم المتحدة أنطونيو غوتيريش أن «لديه وعودا بأن إثيوبيا لن تحرك قواتها قريبا» بحسب مصدر مطلع.",
        found: &[
            "claim: أكد = antonio-guterres | لديه وعودا بأن إثيوبيا لن تحرك قواتها قريبا",
            "claim: بحسب = ?مصدر مطلع ×1 | أكد الأمين العام للأمم المتحدة أنطونيو غوتيريش أن «لديه وعودا بأن إثيوبيا لن تحرك قواتها قريبا»",
            "claim: كتبت = ahram | أكد الأمين العام للأمم المتحدة أنطونيو غوتيريش أن «لديه وعودا بأن إثيوبيا لن تحرك قواتها قريبا»",
        ],
        never: &[],
    },
    Case {
        trap: "trap_67_the_subject_a_clause_earlier",
        day: "2024-05-15",
        text: "وتقول تركيا إنها تعتزم بناء قاعدة في الصومال، ونوقش ذلك للمرة الأولى العام الماضي، وتؤكد أن القرار لا علاقة له بالحرب.",
        found: &[
            "claim: تقول = TR | إنها تعتزم بناء قاعدة في الصومال، ونوقش ذلك للمرة الأولى العام الماضي",
            "claim: تؤكد = TR | القرار لا علاقة له بالحرب",
        ],
        never: &[],
    },
    Case {
        trap: "trap_68_they_did_it",
        day: "2024-05-15",
        text: "قتل أربعة جنود كينيين في هجوم في الصومال.\nوقالت كينيا إن حركة الشباب هي التي نفذته.",
        found: &["claim: قالت = KE | حركة الشباب هي التي نفذته", "event: هجوم = ASSAULT actual"],
        // That they did it is what Kenya says.
        never: &["actor: هجوم = al-shabaab"],
    },
    Case {
        trap: "trap_69_a_gloss_in_brackets",
        day: "2024-05-15",
        text: "ما دفعها (الفصائل) وأحزابا قريبة منها إلى المطالبة بانسحاب القوات الأميركية من العراق.",
        found: &["event: انسحاب = RETREAT demanded", "actor: انسحاب = us-armed-forces"],
        never: &["name: الفصائل"],
    },
    Case {
        trap: "trap_70_on_the_pretext",
        day: "2024-05-15",
        text: "تنتشر القوات الروسية في القرم بدعوى حماية السكان. وقصفت إسرائيل مستشفى في غزة بذريعة استهداف حركة حماس.",
        found: &["event: قصفت = ASSAULT actual", "event: استهداف = ASSAULT possible"],
        never: &["event: حماية = AID actual", "event: استهداف = ASSAULT actual"],
    },
];

#[test]
fn the_events() {
    check(&CASES.iter().collect::<Vec<_>>());
}

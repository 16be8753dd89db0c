//! Traps 44 to 49: how many of what.

use super::{Case, check};

pub(super) const CASES: &[Case] = &[
    Case {
        trap: "trap_44_two_without_a_numeral",
        day: "",
        text: "قال شاهدان إن الجسر انهار.\nونقلت رويترز عن مسؤولين اثنين أن السد سليم.\nوذكر ثلاثة مسؤولين أن النهر ارتفع.",
        found: &[
            "claim: قال = ?شاهدان ×2 | الجسر انهار",
            "claim: نقلت = ?مسؤولين اثنين ×2 | السد سليم",
            "via: نقلت = reuters",
            "claim: ذكر = ?ثلاثة مسؤولين ×3 | النهر ارتفع",
        ],
        never: &[],
    },
    Case {
        trap: "trap_44_two_sources_after_a_preposition",
        day: "",
        text: "أعلنت قناة الحرة، نقلا عن مصدرين، أن السفير غادر. وقتل جنديان وأصيبت طفلتان.",
        found: &["number: مصدرين = 2..2 مصدر", "number: جنديان = 2..2 جندي", "number: طفلتان = 2..2 طفلة"],
        never: &[],
    },
    Case {
        trap: "trap_44_two_of_a_source",
        day: "",
        text: "نقل الموقع عن مصدرين أمنيين أن الطريق مغلق. وأصيب شرطيان ومدنيان.",
        found: &["claim: نقل = ?مصدرين أمنيين ×2 | الطريق مغلق", "number: شرطيان = 2..2 شرطي"],
        never: &[],
    },
    Case {
        trap: "trap_45_one_number_of_different_things",
        day: "",
        text: "تعرضت القاعدة للقصف نحو 90 مرة. وأطلق المسلحون أكثر من 90 صاروخا وطائرة مسيرة على القاعدة، \
            وشنوا عشرات الهجمات.",
        found: &[
            "number: نحو 90 مرة = 90..90 مرة",
            "number: أكثر من 90 صاروخا = 90.. صاروخ",
            "number: عشرات الهجمات = 20.. هجوم",
            "count: أطلق = أكثر من 90 صاروخا weapons",
            "count: الهجمات = عشرات الهجمات attacks",
        ],
        never: &[],
    },
    Case {
        trap: "trap_45_hedged_counts",
        day: "",
        text: "نفذ الطيران قرابة 30 غارة، ودمر ما لا يقل عن 30 دبابة، وقتل العشرات.",
        found: &["number: قرابة 30 غارة = 30..30 غارة", "number: ما لا يقل عن 30 دبابة = 30.. دبابة"],
        never: &[],
    },
    Case {
        trap: "trap_46_hedged_twice",
        day: "",
        text: "وأطلق المسلحون 40 صاروخا على ما يقدر بنحو 800 جندي فرنسي، وأصيب خمسة منهم.",
        found: &[
            "number: ما يقدر بنحو 800 جندي = 800..800 جندي",
            "number: 40 صاروخا = 40..40 صاروخ",
            "count: أطلق = 40 صاروخا weapons",
        ],
        never: &["count: أطلق = نحو 800 جندي weapons", "count: أصيب = نحو 800", "count: أصيب = يقدر"],
    },
    Case {
        trap: "trap_47_numbers_that_are_names",
        day: "",
        text: "دخل اللواء 444 طرابلس تطبيقا للقرار 2701 والمادة 12، بعد أعوام من غزو 1990 وهدنة الـ 45 يوما.",
        found: &["name: اللواء 444 = libya-444-brigade", "time: 1990 = 1990", "time: 45 يوما = P45D"],
        never: &["number:"],
    },
    Case {
        trap: "trap_47_a_place_with_a_number",
        day: "",
        text: "استهدف الهجوم قاعدة “البرج 22” في الأردن يوم 28 يناير 2024.",
        found: &["name: قاعدة “البرج 22” = tower-22", "place: الهجوم = tower-22"],
        never: &["number:"],
    },
    Case {
        trap: "trap_48_one_hurt_others_perhaps",
        day: "",
        text: "أسفر القصف عن إصابة شرطي تونسي بجروح، واحتمال إصابة عدد من المارة بشظايا.",
        found: &["event: القصف = ASSAULT actual"],
        never: &["event: إصابة = ASSAULT actual"],
    },
    Case {
        trap: "trap_48_dead_and_hurt_without_a_number",
        day: "",
        text: "شنت تركيا غارات على دهوك أوقعت قتلى وجرحى.",
        found: &["event: غارات = ASSAULT actual", "actor: غارات = TR"],
        never: &["number:"],
    },
    Case {
        trap: "trap_48_one_dead_no_number",
        day: "",
        text: "أدى انفجار في أربيل إلى مقتل جندي عراقي وإصابة آخرين.",
        found: &["event: انفجار = ASSAULT actual", "recipient: انفجار = IQ"],
        never: &["number:"],
    },
    Case {
        trap: "trap_49_numerals_of_both_genders",
        day: "",
        text: "قتل ثلاثة عمال وثلاث ممرضات و5 صيادين وإحدى عشرة طالبة واثنا عشر طالبا.",
        found: &[
            "number: ثلاثة عمال = 3..3 عامل",
            "number: ثلاث ممرضات = 3..3 ممرضة",
            "number: 5 صيادين = 5..5 صياد",
            "number: إحدى عشرة طالبة = 11..11 طالبة",
            "number: اثنا عشر طالبا = 12..12 طالب",
        ],
        never: &[],
    },
    Case {
        trap: "trap_49_victims_of_different_events",
        day: "2024-05-15",
        text: "أدى هجوم في كينيا إلى مقتل 4 جنود كينيين. وأسفرت غارة في الصومال عن مقتل 16 عنصرا من حركة الشباب.",
        found: &["count: هجوم = 4 جنود killed", "count: غارة = 16 عنصرا killed"],
        never: &["count: هجوم = 16", "count: غارة = 4 "],
    },
    Case {
        trap: "trap_49_numerals_again",
        day: "",
        text: "أفرج الجيش عن سبع رهائن وسبعة جنود و7 نساء.",
        found: &["number: سبع رهائن = 7..7 رهينة", "number: سبعة جنود = 7..7 جندي"],
        never: &[],
    },
];

#[test]
fn the_numbers() {
    check(&CASES.iter().collect::<Vec<_>>());
}

//! Traps 33 to 43: when.

use super::{Case, check};

pub(super) const CASES: &[Case] = &[
    Case {
        trap: "trap_33_yesterday_with_its_weekday",
        day: "",
        text: "قالت وزارة الخارجية الأردنية مساء البارحة الأحد إن المعبر أعيد فتحه أمام الشاحنات القادمة من سوريا.",
        found: &["published: -", "weekday: 1"],
        never: &["when:"],
    },
    Case {
        trap: "trap_33_yesterday_before_its_weekday",
        day: "",
        text: "قالت وزارة الخارجية الأردنية أمس الخميس إن المعبر أعيد فتحه أمام الشاحنات القادمة من سوريا.",
        found: &["published: -", "weekday: 5"],
        never: &["when:"],
    },
    Case {
        trap: "trap_33_yesterday_with_a_date",
        day: "2024-02-14",
        text: "قالت وزارة الخارجية الأردنية مساء البارحة الثلاثاء إن المعبر أعيد فتحه أمام الشاحنات.",
        found: &["published: 2024-02-14", "time: مساء البارحة الثلاثاء = 2024-02-13TEV"],
        never: &[],
    },
    Case {
        trap: "trap_34_weekdays_without_a_date",
        day: "",
        text: "قصفت تركيا مواقع في العراق يوم الجمعة، وزار وفد عراقي أنقرة يوم الأحد لبحث أوضاع الحدود.",
        found: &["published: -", "time: يوم الجمعة = XXXX-WXX-5", "time: يوم الأحد = XXXX-WXX-7"],
        never: &["when:", "weekday:"],
    },
    Case {
        trap: "trap_34_tonight_without_a_date",
        day: "",
        text: "وصل الوزير إلى بغداد مساء الاثنين وغادر صباح الأربعاء.",
        found: &["published: -"],
        never: &["when:", "weekday:"],
    },
    Case {
        trap: "trap_35_two_names_of_a_month",
        day: "2024-05-15",
        text: "بدأ الحوار في مطلع أغسطس/ آب 2023 وتوقف في نوفمبر/تشرين الثاني، ثم عاد في 12 آذار / مارس الماضي.",
        found: &[
            "time: مطلع أغسطس/ آب 2023 = 2023-08 START",
            "time: نوفمبر/تشرين الثاني = 2023-11",
            "time: 12 آذار / مارس الماضي = 2024-03-12",
        ],
        never: &["time: آب", "time: تشرين", "number:"],
    },
    Case {
        trap: "trap_35_pairs_in_other_orders",
        day: "2024-05-15",
        text: "اندلع القتال في حزيران/ يونيو 2022، ثم توقف في كانون الثاني/ يناير 2023.",
        found: &["time: حزيران/ يونيو 2022 = 2022-06", "time: كانون الثاني/ يناير 2023 = 2023-01"],
        never: &["number:"],
    },
    Case {
        trap: "trap_36_an_english_date_line",
        day: "",
        text: "افتتاح سوق في مراكش\n\
            تاريخ النشر: 3rd, March 2024 GMT\n\
            افتتحت بلدية مراكش الأحد سوقا جديدة للصناعات التقليدية بحضور آلاف الزوار من المدينة وخارجها.",
        found: &[
            "published: 2024-03-03",
            "byline_date: تاريخ النشر: 3rd, March 2024 GMT",
            "time: الأحد = 2024-03-03",
        ],
        never: &[],
    },
    Case {
        trap: "trap_36_another_english_date_line",
        day: "",
        text: "افتتاح سوق في مراكش\n\
            تاريخ النشر: 22nd, November 2023 GMT\n\
            افتتحت بلدية مراكش الأحد سوقا جديدة للصناعات التقليدية بحضور آلاف الزوار من المدينة وخارجها.",
        found: &["published: 2023-11-22", "time: الأحد = 2023-11-19"],
        never: &[],
    },
    Case {
        trap: "trap_38_a_month_in_an_appended_article",
        day: "2024-05-15",
        text: "كينيا ترسل شرطة إلى هايتي\n\
            وصلت إلى هايتي دفعة من الشرطة الكينية لمساندة قوات الأمن في مواجهة العصابات المسلحة.\n\
            وقالت نيروبي إن الدفعة تضم 200 شرطي من وحدات خاصة، وإن دفعة أخرى تصل قريبا إلى هايتي.\n\
            المصدر: وكالات\n\
            اقرأ أيضا:\n\
            هدنة هشة في الجنوب\n\
            انتهت أمس المهلة التي بدأت في 9 كانون الأول الماضي، ويجتمع المراقبون الإثنين المقبل في المقر الجنوبي.\n\
            وكان الاجتماع مقررا في الرابع من الشهر الجاري ثم تأجل بطلب من أحد الأطراف المعنية.",
        found: &["published: 2024-05-15"],
        never: &["time: 9 كانون", "time: أمس", "time: الإثنين", "time: الرابع"],
    },
    Case {
        trap: "trap_39_a_date_between_commas",
        day: "2024-05-15",
        text: "أعلن الجيش الأردني، الأحد، إسقاط طائرة مسيرة قرب الحدود مع سوريا.",
        found: &[
            "time: الأحد = 2024-05-12",
            "claim: أعلن = jordan-armed-forces | إسقاط طائرة مسيرة قرب الحدود مع سوريا",
        ],
        never: &[],
    },
    Case {
        trap: "trap_39_the_date_of_the_announcement",
        day: "2024-05-15",
        text: "وتأتي الزيارة التي أعلنت عنها أنقرة وبغداد، السبت، فيما تتواصل العمليات في الشمال.",
        found: &["time: السبت = 2024-05-11", "event: الزيارة = CONSULT actual"],
        never: &["when: الزيارة"],
    },
    Case {
        trap: "trap_39_a_weekday_behind_the_subject",
        day: "2024-05-15",
        text: "قصفت القوات الروسية، فجر الاثنين، محطة كهرباء في خاركيف.",
        found: &["when: قصفت = 2024-05-13"],
        never: &[],
    },
    Case {
        trap: "trap_40_the_time_of_the_statement",
        day: "2024-05-15",
        text: "وقالت البحرية البريطانية، مساء الأحد، في بيان إن مسلحين أطلقوا صواريخ على سفينة في خليج عدن.",
        found: &["time: مساء الأحد = 2024-05-12TEV", "event: أطلقوا = ASSAULT actual"],
        never: &[],
    },
    Case {
        trap: "trap_40_weekday_before_publication",
        day: "2024-05-13",
        text: "وقالت الشرطة، مساء السبت، في بيان إنها اعتقلت خمسة أشخاص في صفاقس.",
        found: &["time: مساء السبت = 2024-05-11TEV"],
        never: &[],
    },
    Case {
        trap: "trap_41_a_duration_between_two_events",
        day: "2024-05-15",
        text: "وقع الهجوم بعد أقل من 48 ساعة من زيارة الوزير. وجاء البيان بعد أقل من ثلاثة أيام على الضربات.",
        found: &["time: أقل من 48 ساعة = PT48H LESS_THAN", "time: أقل من ثلاثة أيام = P3D LESS_THAN"],
        never: &["when:"],
    },
    Case {
        trap: "trap_41_hours_after",
        day: "2024-05-15",
        text: "قتل ثلاثة بعد أقل من أسبوع على الهدنة. ووصل الوفد بعد أكثر من شهرين من الدعوة.",
        found: &["time: أقل من أسبوع = P1W LESS_THAN", "time: أكثر من شهرين = P2M MORE_THAN"],
        never: &[],
    },
    Case {
        trap: "trap_42_last_year_and_dated_by_an_event",
        day: "2024-05-15",
        text: "بدأت المفاوضات بين إثيوبيا والصومال في العام الماضي، لكنها توقفت مع اندلاع حرب السودان.",
        found: &[
            "time: العام الماضي = 2023",
            "event: المفاوضات = CONSULT actual",
            "when: المفاوضات = 2023-01-01..2023-12-31",
        ],
        never: &["when: توقفت = 2023-01-01"],
    },
    Case {
        trap: "trap_42_dated_by_a_war",
        day: "2024-05-15",
        text: "بدأ الحوار قبل عامين، لكنه توقف مع بداية حرب أوكرانيا.",
        found: &[],
        never: &["when: توقف"],
    },
    Case {
        trap: "trap_43_a_day_of_last_month_name",
        day: "2024-09-18",
        text: "عقدت الجولة الأولى في 9 مارس الماضي، والثانية في 30 أغسطس الماضي، والثالثة في ديسمبر الماضي.",
        found: &[
            "time: 9 مارس الماضي = 2024-03-09",
            "time: 30 أغسطس الماضي = 2024-08-30",
            "time: ديسمبر الماضي = 2023-12",
        ],
        never: &[],
    },
];

#[test]
fn the_times() {
    check(&CASES.iter().collect::<Vec<_>>());
}

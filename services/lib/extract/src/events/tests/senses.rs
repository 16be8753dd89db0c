//! Which sense a word has, and how real it is, by what stands around it.

use super::{check, told};

#[test]
fn conditions_of_senses() {
    check(&[
        // A name or a pronoun where a class of heads is asked for.
        (
            "عين الرئيس المصري عبد الفتاح السيسي مصطفى مدبولي رئيسا للوزراء.",
            &["عين PERSONNEL_CHANGE abdel-fattah-el-sisi > mostafa-madbouly @ -"],
        ),
        ("ألقي القبض عليه في بغداد.", &["ألقي COERCE - > - @ gn-98182"]),
        ("حكم عليه بالسجن في تونس.", &["حكم ADJUDICATE - > - @ TN"]),
        // The passive and the masdar fulfil the condition on the object.
        ("أقيل وزير الدفاع الروسي سيرغي شويغو.", &["أقيل PERSONNEL_CHANGE - > sergei-shoigu @ -"]),
        ("تمت إقالة وزير الدفاع الروسي سيرغي شويغو.", &["إقالة PERSONNEL_CHANGE - > sergei-shoigu @ -"]),
        ("نشرت تركيا وحدات من الشرطة في إزمير.", &["نشرت MOBILIZE TR > - @ gn-311046"]),
        ("تم نشر وحدات من الشرطة في إزمير.", &["نشر MOBILIZE - > - @ gn-311046"]),
        // What is no event.
        ("يقال إن القمح وفير.", &[]),
        ("تهدف الخطة إلى ضبط الأسعار في تونس.", &[]),
        ("سنعود لاحقا إلى مواقع التواصل الاجتماعي في مصر.", &[]),
        ("عدل البرلمان المصري قانون العقوبات.", &["عدل LEGISLATE egypt-parliament > - @ -"]),
        // An object that looks like an adjective of the subject, a genitive that looks like one of the noun.
        ("قطع المتظاهرون الطريق في بيروت.", &["قطع PROTEST - > - @ gn-276781"]),
        ("تم تفكيك خلية في تونس.", &["تفكيك COERCE - > - @ TN"]),
        ("وقع هجوم انتحاري في بغداد.", &["هجوم ASSAULT - > - @ gn-98182"]),
        ("قال شهود إن انتحاريا فجر نفسه في كابول.", &["فجر ASSAULT - > - @ gn-1138958"]),
        // The subject of the verb before.
        ("تظاهر العمال في تونس وأحرقوا السيارات.", &["تظاهر PROTEST - > - @ TN", "أحرقوا PROTEST - > - @ -"]),
        // A death by accident, and the accident.
        ("قتل ثلاثة أشخاص في حادث سير في الأردن.", &["قتل DEATH - > - @ -", "حادث ACCIDENT - > - @ JO"]),
    ]);
}

#[test]
fn senses_by_their_arguments() {
    check(&[
        ("وثمن وزير الخارجية المصري جهود السعودية.", &["ثمن SUPPORT sameh-shoukry > - @ -"]),
        ("أثنى الرئيس الفرنسي على جهود مصر.", &["أثنى SUPPORT emmanuel-macron > EG @ -"]),
        ("فرضت الصين رسوما على أستراليا.", &["فرضت ECONOMIC_POLICY CN > AU @ -"]),
        ("وحصل الحزب على 12 مقعدا في البرلمان.", &["حصل ELECTION - > - @ -"]),
        ("صاغت تونس دستورا جديدا.", &["صاغت LEGISLATE TN > - @ -"]),
        ("خرج المنتخب من البطولة الآسيوية.", &["خرج CULTURE_SPORT - > - @ -"]),
        ("أخرج رجال الإطفاء ثلاثة عمال من تحت الأنقاض.", &["أخرج AID - > - @ -"]),
        ("أصدر الكاتب رواية جديدة.", &["أصدر CULTURE_SPORT - > - @ -"]),
        ("وانتقل المهاجم إلى نادي الزمالك.", &["انتقل CULTURE_SPORT - > zamalek @ -"]),
        ("حضر وزير الخارجية الأردني اجتماعا في القاهرة.", &["اجتماعا CONSULT ayman-safadi > - @ gn-360630"]),
        ("وتجاوز سعر النفط 80 دولارا.", &["تجاوز ECONOMIC_INDICATOR - > - @ -"]),
    ]);
}

#[test]
fn words_that_only_look_like_an_event() {
    for text in [
        "وفي روسيا مواقع للتواصل الاجتماعي.",
        "وهنا يأتي دور فرنسا في أوروبا.",
        "ويعد العراق من أكبر المنتجين بحسب خبير في بغداد.",
        "يشعر العراق بالقلق.",
        "وكانت روسيا أشد خصوم فرنسا.",
        "وتستقبل مصر طلبات السفر.",
        "ويوجد في مصر متحف خال من الزوار.",
    ] {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn cues_of_reality() {
    check(&[
        ("ذكرت شرطة كابل أن رجالا هاجموا بغداد.", &["هاجموا ASSAULT - > IQ @ -"]),
        ("وقال إنه كان قد زار العراق.", &["زار CONSULT IQ > - @ -"]),
        ("وبعد أن تم قصف العراق.", &["قصف ASSAULT - > IQ @ -"]),
        ("رجح أن تكون إسرائيل قد قصفت العراق.", &["قصفت ASSAULT IL > IQ @ - possible"]),
        ("ومن المرتقب أن تقصف إسرائيل العراق.", &["تقصف ASSAULT IL > IQ @ - planned"]),
        ("يطمح العراق إلى استضافة قمة مع إيران.", &["استضافة CONSULT IR > - @ - planned"]),
        ("وتعذر على روسيا قصف العراق.", &["قصف ASSAULT - > IQ @ - possible"]),
        ("وتستعد فرنسا وألمانيا لطرد السفير الروسي.", &["طرد SANCTION FR DE > RU @ FR DE planned"]),
    ]);
}

#[test]
fn what_demonstrators_do() {
    check(&[
        ("تجمع نحو مئة متظاهر في العراق.", &["تجمع PROTEST - > - @ IQ"]),
        ("إلى ذلك سارت حشود من المتظاهرين في العراق.", &["سارت PROTEST - > - @ IQ"]),
        ("حطم المتظاهرون نوافذ في العراق.", &["حطم PROTEST - > - @ IQ"]),
        ("لم تتوقف الاحتجاجات في العراق.", &["الاحتجاجات PROTEST - > - @ IQ"]),
    ]);
}

#[test]
fn the_accused_of_an_attack_are_no_victims_of_it() {
    let found = told("قتلت فرقة خاصة أربعة من المتهمين بالهجوم على قاعدة في العراق.");
    assert!(found.iter().any(|line| line.starts_with("قتلت ASSAULT")), "{found:?}");
}

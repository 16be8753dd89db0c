//! Words split in their sentences. The sentences are made up for this table.

use marsad_arabic::clitics::Splitter;
use marsad_arabic::token::{TokenKind, tokenize};

/// The sentence with `+` where its words are split.
fn split(sentence: &str) -> String {
    let splitter = Splitter::built_in();
    let tokens = tokenize(sentence);
    let near = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text(sentence));
    let word = |(at, token): (usize, &marsad_arabic::token::Token)| {
        let word = token.text(sentence);
        if token.kind != TokenKind::Word {
            return word.to_owned();
        }
        splitter.split(near(at.checked_sub(1)), word, near(Some(at + 1))).pieces(word).join("+")
    };
    tokens.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn words_in_context() {
    for expected in [
        "دخل الزوار من بوابة المدينة القديمة",
        "عاد الوفد إلى بغداد مساء أمس",
        "وصل المبعوث إلى واشنطن",
        "لا جديد في الموقف ، و+ل+واشنطن رأي آخر",
        "التقى الوزير بلينكن في القاهرة",
        "قال فؤاد حسين إن اللقاء كان مثمرا",
        "أصيب جنديان في قاعدة كونيكو",
        "بيان ل+لجنة الأمن في البرلمان",
        "قدم الاقتراح ل+لحكومة الجديدة",
        "مقر ل+لامم المتحدة",
        "الأوضاع ب+العراق مستقرة",
        "ذكرت وكالة الأنباء أن الطريق مفتوح",
        "زار لبنان ثم عاد إلى بيروت",
        "قتل عشرة ب+من في+هم طفلان",
        "صادرت الشرطة الأسلحة و+سلمت+ها إلى الجيش",
        "عثر على كميات كبيرة من السلاح",
        "القرية التي مر ب+ها الموكب",
        "قدم ل+هم المساعدة و+ل+ه الشكر",
        "طلب من+ه أن يعود و+علي+ه أن يجيب",
        "أ+ف+لا تنظرون",
        "س+يتم افتتاح المعرض غدا",
        "س+نرى ما س+يحدث",
        "ب+سبب المطر تأخر القطار",
        "ف+إن+ه يعلم ل+أن+هم أخبرو+ه",
        "و+أضاف المتحدث أن الوضع هادئ",
        "كتاب جديد عن سوريا و+كوريا",
        "سلمان و+فلسطين و+ليبيا و+بولندا",
        "وفد من وزارة الخارجية",
    ] {
        let sentence = expected.replace('+', "").replace(" ،", "،");
        assert_eq!(split(&sentence), expected);
    }
}

/// Vowel signs, tatweel and hamzas left out do not move a cut.
#[test]
fn spelling_does_not_matter() {
    for (written, expected) in [
        ("مقيم بِالعِرَاقِ", "مقيم بِ+العِرَاقِ"),
        ("مقيم بـالعراق", "مقيم بـ+العراق"),
        ("لأنهم هنا", "ل+أن+هم هنا"),
        ("لانهم هنا", "ل+ان+هم هنا"),
        ("كتابًا جديدا", "كتابًا جديدا"),
    ] {
        assert_eq!(split(written), expected);
    }
}

#[test]
fn what_is_no_word_stays_whole() {
    let splitter = Splitter::built_in();
    for text in
        ["", " ", "5", "و", "أ.ف.ب", "ـ", "F-16", "\u{64B}", "وووووووووووووووووووووووووووووووووووووووو"]
    {
        let pieces = splitter.split("", text, "").pieces(text).concat();
        assert_eq!(pieces, text);
    }
    assert_eq!(splitter.split("وكالة", "أ.ف.ب", "").pieces("أ.ف.ب"), ["أ.ف.ب"]);
}

/// What stands for the split of a name: its stem, article and pronoun.
#[test]
fn stems_by_themselves() {
    let splitter = Splitter::built_in();
    for (word, stem, article, pronoun) in [
        ("حكومته", "حكومة", false, "ه"),
        ("وبحكومتها", "حكومة", false, "ها"),
        ("للحكومة", "حكومة", true, ""),
        ("السفيرة", "سفيرة", true, ""),
        ("الأميركية", "أميركية", true, ""),
        ("بالعراق", "عراق", true, ""),
        ("للبنان", "لبنان", false, ""),
        ("التقى", "التقى", false, ""),
        ("عليها", "على", false, "ها"),
        ("بها", "", false, "ها"),
    ] {
        let split = splitter.split("", word, "");
        let found = split.enclitic.map_or("", |(pronoun, _)| pronoun);
        assert_eq!((split.stem.as_str(), split.article, found), (stem, article, pronoun), "{word}");
    }
}

//! What holds for every input: no panic, an analysis that is consistent with its text, time linear in the length.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::time::Duration;

use marsad_extract::{Document, analyze};
use marsad_model::ontology::SegmentKind;
use marsad_model::{Analysis, ArticleFields};
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

fn analysed(text: &str) -> Analysis {
    let fields = ArticleFields { text: text.to_owned(), ..Default::default() };
    analyze(&Document::new(fields.article_id(), fields.content_hash(), &fields))
}

/// Checks what must hold for any text.
fn check(text: &str) -> Result<(), String> {
    let analysis = analysed(text);
    analysis.check(text)?;
    let mut end = 0;
    for segment in &analysis.segments {
        if segment.span.start < end {
            return Err(format!("segment at {} overlaps the one before", segment.span.start));
        }
        let gap = text.get(end..segment.span.start).unwrap_or("?");
        if !gap.trim().is_empty() {
            return Err(format!("`{gap}` is in no segment"));
        }
        end = segment.span.end;
    }
    if !text.get(end..).unwrap_or("?").trim().is_empty() {
        return Err("the end of the text is in no segment".into());
    }
    let boilerplate: Vec<_> =
        analysis.segments.iter().filter(|s| s.kind == SegmentKind::Boilerplate).map(|s| s.span).collect();
    for mention in &analysis.mentions {
        if boilerplate.iter().any(|span| span.overlaps(mention.span)) {
            return Err(format!("a mention in boilerplate at {}", mention.span.start));
        }
        for other in &analysis.mentions {
            let nested = mention.span.contains(other.span) || other.span.contains(mention.span);
            if mention.span.overlaps(other.span) && !nested {
                return Err(format!("mentions cross at {}", mention.span.start));
            }
        }
    }
    Ok(())
}

/// Words that many rules look at.
const WORDS: [&str; 44] = [
    "قال",
    "رئيس",
    "الوزراء",
    "وزير",
    "الخارجية",
    "العراقي",
    "العراقية",
    "بغداد",
    "واشنطن",
    "محمد",
    "علي",
    "في",
    "إن",
    "أن",
    "بين",
    "الولايات",
    "المتحدة",
    "وكالة",
    "رويترز",
    "تنظيم",
    "داعش",
    "القوات",
    "الحكومة",
    "أمس",
    "الأربعاء",
    "24 يناير 2024",
    "12",
    "جنديا",
    "قتل",
    "هجوم",
    "محادثات",
    "لم",
    "اقرأ أيضا",
    "ملخص",
    "المصدر:",
    "\"",
    "«",
    "»",
    "(",
    ")",
    "،",
    ".",
    "\n",
    "- ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text(text in any::<String>()) {
        prop_assert_eq!(check(&text), Ok(()));
    }

    #[test]
    fn any_arabic_text(text in "[ء-ي\u{64B}-\u{652}ـ0-9٠-٩ \n.،:؟\"«»()/|–-]{0,200}") {
        prop_assert_eq!(check(&text), Ok(()));
    }

    #[test]
    fn any_words(words in prop::collection::vec(prop::sample::select(WORDS.as_slice()), 0..60)) {
        prop_assert_eq!(check(&words.join(" ")), Ok(()));
    }
}

#[test]
fn names_end_with_their_line() {
    let said = "قال ".repeat(8);
    assert_eq!(check(&format!("الخارجية\n24 يناير 2024\nالعراقية {said}")), Ok(()));
}

#[test]
fn the_same_document_gives_the_same_analysis() {
    let text =
        "لقاء في عمان\n\nالتقى وزير الخارجية الأردني أيمن الصفدي نظيره العراقي فؤاد حسين في عمان أمس الثلاثاء.";
    assert_eq!(analysed(text), analysed(text));
}

/// What this thread has computed so far, whatever else the machine does.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// How much time an analysis takes, at best.
fn time_of(text: &str, tries: usize) -> Duration {
    let run = || {
        let start = processor_time();
        let analysis = analysed(text);
        let taken = processor_time() - start;
        assert_eq!(analysis.check(text), Ok(()));
        taken
    };
    (1..tries).map(|_| run()).fold(run(), Duration::min)
}

/// Ten times the text may take fifteen times as long at most. Other work on the machine can still make a run longer, by the caches that
/// both use, so the best of several counts, and runs of a few milliseconds tell little.
fn assert_linear_text(name: &str, text: impl Fn(usize) -> String) {
    const LARGE: usize = 100_000;
    let (small, large) = (text(LARGE / 10), text(LARGE));
    analysed(&text(100));
    let mut measured = Vec::new();
    for tries in [1, 2, 4] {
        let (small, large) = (time_of(&small, 1 + tries), time_of(&large, tries));
        if large < 15 * small.max(Duration::from_millis(5)) {
            return;
        }
        measured.push((small, large));
    }
    panic!("{name}: 10 KB and 100 KB took {measured:?}");
}

fn assert_linear(name: &str, part: &str) {
    assert_linear_text(name, |bytes| part.repeat(bytes.div_ceil(part.len())));
}

/// A text of different parts, each made from its number.
fn numbered(part: impl Fn(usize) -> String) -> impl Fn(usize) -> String {
    move |bytes| {
        let mut text = String::new();
        for at in 0.. {
            if text.len() >= bytes {
                break;
            }
            text.push_str(&part(at));
        }
        text
    }
}

#[test]
fn letters_and_marks() {
    assert_linear("one letter", "و");
    assert_linear("digits", "7");
    assert_linear("vowel signs", "\u{64E}");
    assert_linear("blank lines", "\n");
    assert_linear("quotation marks", "«");
    assert_linear("quotation marks and words", "\"قال ");
}

#[test]
fn one_word() {
    assert_linear("a particle", "و ");
    assert_linear("a name", "بغداد ");
    assert_linear("a person", "السيد كريم الساعدي، ");
    assert_linear("an event", "قصف ");
    assert_linear("talks", "محادثات. ");
    assert_linear("demands", "طالب بانسحاب. ");
    assert_linear("withdrawals", "انسحاب القوات. ");
    assert_linear("a reporting verb", "قال إن ");
    assert_linear("a title", "وزير ");
    assert_linear("a weekday", "الاثنين ");
    assert_linear("numbers", "مئة وعشرون ");
}

#[test]
fn lines() {
    assert_linear("short lines", "خبر\n");
    assert_linear("read also", "اقرأ أيضا\n");
    assert_linear("one line", "قال وزير الدفاع العراقي في بغداد إن 12 جنديا قتلوا أمس.\n");
    assert_linear("one paragraph", "قال وزير الدفاع العراقي في بغداد إن 12 جنديا قتلوا أمس.\n\n");
}

#[test]
fn sentences() {
    assert_linear("no full stop", "قال وزير الدفاع العراقي في بغداد إن 12 جنديا قتلوا أمس، ");
    assert_linear("no comma", "قال وزير الدفاع العراقي في بغداد إن 12 جنديا قتلوا أمس ");
    assert_linear("offices", "قال رئيس الوزراء ووزير الدفاع إن الهجوم فشل. ");
    let letters: Vec<char> = "بتثجحخدذرزسشصضطظ".chars().collect();
    let name = |at: usize| (0..5).map(|i| letters[at >> (4 * i) & 15]).collect::<String>();
    assert_linear_text(
        "persons",
        numbered(|at| format!("التقى الوزير محمد {} رئيس البلدية أمس. ", name(at))),
    );
    assert_linear_text("words", numbered(|at| format!("{} ", name(at * 7919))));
}

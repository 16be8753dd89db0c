//! What is made of an article for joining takes time linear in its text, whatever the text.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::time::Duration;

use jiff::civil::Date;
use marsad_extract::{Document, analyze};
use marsad_graph::{Digest, Graph, Source};
use marsad_model::{Analysis, ArticleFields, ArticleId};
use rustix::time::{ClockId, clock_gettime};

const SMALL: usize = 20_000;
const LARGE: usize = 10 * SMALL;

/// What this thread has computed so far, whatever else the machine does.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// A text made of a part again and again, each time with its number, and its analysis.
struct Article {
    fields: ArticleFields,
    analysis: Analysis,
}

impl Article {
    fn new(part: &str, bytes: usize, published: Option<Date>) -> Self {
        let mut text = String::new();
        for at in 0.. {
            if text.len() >= bytes {
                break;
            }
            text.push_str(&part.replace('#', &at.to_string()));
        }
        let published_at = published.map(|day| day.to_string().parse().unwrap());
        let fields = ArticleFields { text, published_at, ..Default::default() };
        let document = Document::new(fields.article_id(), fields.content_hash(), &fields);
        let analysis = analyze(&document);
        Self { fields, analysis }
    }

    fn id(&self) -> ArticleId {
        self.fields.article_id()
    }

    fn digest(&self) -> Digest {
        Digest::of(&Source {
            article: self.id(),
            title: None,
            text: &self.fields.text,
            analysis: &self.analysis,
        })
    }
}

/// Ten times the text may take fifteen times as long at most. The best of several runs counts, and a few milliseconds tell little.
fn assert_linear(name: &str, small: &Article, large: &Article, run: impl Fn(&Article)) {
    let time_of = |article: &Article, tries: usize| {
        let once = || {
            let started = processor_time();
            run(article);
            processor_time() - started
        };
        (1..tries).map(|_| once()).fold(once(), Duration::min)
    };
    let mut measured = Vec::new();
    for tries in [1, 2, 4] {
        let (small, large) = (time_of(small, 1 + tries), time_of(large, tries));
        if large < 15 * small.max(Duration::from_millis(5)) {
            return;
        }
        measured.push((small, large));
    }
    panic!("{name}: 20 KB and 200 KB took {measured:?}");
}

fn assert_linear_article(name: &str, part: &str) {
    for published in [None, Some(jiff::civil::date(2024, 3, 5))] {
        let (small, large) = (Article::new(part, SMALL, published), Article::new(part, LARGE, published));
        assert_linear(&format!("digest of {name}"), &small, &large, |article| drop(article.digest()));
        assert_linear(&format!("linking {name}"), &small, &large, |article| {
            let mut graph = Graph::new();
            graph.put(article.digest());
            graph.settle(&mut |_, _| None);
        });
    }
}

#[test]
fn months_and_weekdays() {
    assert_linear_article(
        "months",
        "# قتل خمسة جنود في يناير الماضي وقال الوزير أمس إن الهجوم وقع يوم الأربعاء في مارس الماضي.\n",
    );
    assert_linear_article("a month in one sentence", "في يناير الماضي ثم في مارس الماضي، ");
}

#[test]
fn events() {
    assert_linear_article(
        "lines",
        "# التقى وزير الخارجية العراقي نظيره التركي في بغداد يوم 5 آذار 2024، وقال الوزير إن الجانبين وقعا اتفاقا جديدا حول المياه.\n",
    );
    assert_linear_article(
        "one sentence",
        "# قصفت القوات العراقية مواقع داعش وقال الوزير إن الهجوم وقع أمس، ",
    );
    assert_linear_article("events without words between", "قصف،");
    assert_linear_article("denials", "لم تقصف القوات بغداد، ونفى الوزير أن تكون القوات قصفت الموصل، ");
    assert_linear_article("numbers of times", "قصفت القوات المدينة 150 مرة، ");
    assert_linear_article("people", "# قتل الوزير كريم الساعدي والسيد أحمد العبيدي، ");
}

#[test]
fn words() {
    assert_linear_article("one word", "بغداد ");
    assert_linear_article("short lines", "خبر #\n");
    assert_linear_article("letters", "و");
}

use jiff::civil::{Date, date};
use uuid::Uuid;

use super::*;

const WEDNESDAY: Date = date(2020, 4, 15);

fn article(number: u128) -> ArticleId {
    ArticleId(Uuid::from_u128(number))
}

/// A time with the words of one topic or another.
fn telling(when: When, topic: u32) -> Telling {
    let words = (0..8).map(|word| topic * 100 + word).collect();
    Telling { when, late: false, words, entities: [topic * 10, topic * 10 + 1].into() }
}

fn dated(stated: Date, tellings: &[(Date, u32)]) -> DateClues {
    let tellings = tellings.iter().map(|(day, topic)| telling(When::Days(*day, *day), *topic));
    DateClues { stated: Some(stated), weekday: None, tellings: tellings.collect() }
}

/// A weekday, 1 to 7, that is past or today, as seen from each weekday.
fn on(weekday: i8) -> When {
    When::Relative([1, 2, 3, 4, 5, 6, 7].map(|today: i8| -(today - weekday).rem_euclid(7)))
}

fn undated(weekday: Option<u8>, tellings: &[(When, u32)]) -> DateClues {
    DateClues {
        stated: None,
        weekday,
        tellings: tellings.iter().map(|(when, topic)| telling(*when, *topic)).collect(),
    }
}

fn given(undated: &DateClues, dated: &[(&DateClues, f32)]) -> Option<(Date, Vec<ArticleId>)> {
    let candidates: Vec<Candidate> = (dated.iter().zip(1..))
        .map(|((clues, similarity), number)| Candidate {
            article: article(number),
            clues,
            similarity: *similarity,
        })
        .collect();
    let forth = infer(undated, &candidates);
    let back: Vec<Candidate> = candidates.into_iter().rev().collect();
    assert_eq!(infer(undated, &back), forth, "the order of the candidates counts");
    let mut strongest = back.clone();
    strongest.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    let from = infer_from(undated, || strongest.iter().copied());
    assert_eq!(from, forth, "a candidate that was not looked at counts");
    forth
}

#[test]
fn two_days_told_alike_give_the_day_of_the_dated_article() {
    let tuesday = date(2020, 4, 14);
    let other = dated(WEDNESDAY, &[(WEDNESDAY, 1), (tuesday, 2)]);
    let news = undated(None, &[(on(3), 1), (on(2), 2)]);
    assert_eq!(given(&news, &[(&other, 0.3)]), Some((WEDNESDAY, vec![article(1)])));
    assert_eq!(given(&undated(None, &[(on(3), 1)]), &[(&other, 0.3)]), None, "one day is too little");
    assert_eq!(
        given(&undated(None, &[(on(3), 1), (on(2), 5)]), &[(&other, 0.3)]),
        None,
        "other news of Tuesday"
    );
    assert_eq!(
        given(&undated(None, &[(on(2), 2), (on(3), 1)]), &[(&other, 0.3)]),
        None,
        "Tuesday's news first"
    );
    assert_eq!(given(&news, &[(&other, 0.05)]), None, "articles that are not alike");
}

#[test]
fn a_like_article_of_the_next_day_leaves_it_open() {
    let tuesday = date(2020, 4, 14);
    let same = dated(WEDNESDAY, &[(WEDNESDAY, 1), (tuesday, 2)]);
    let next = dated(date(2020, 4, 16), &[]);
    let news = undated(None, &[(on(3), 1), (on(2), 2)]);
    assert_eq!(given(&news, &[(&same, 0.3), (&next, 0.29)]), None);
    assert_eq!(given(&news, &[(&same, 0.3), (&next, 0.1)]), Some((WEDNESDAY, vec![article(1)])));
}

#[test]
fn the_weekday_that_it_calls_today_is_taken_up_to_a_day_away() {
    let other = dated(date(2020, 4, 16), &[(WEDNESDAY, 1)]);
    assert_eq!(
        given(&undated(Some(3), &[(on(3), 1)]), &[(&other, 0.3)]),
        Some((WEDNESDAY, vec![article(1)]))
    );
    assert_eq!(given(&undated(Some(1), &[(on(1), 1)]), &[(&other, 0.3)]), None, "Monday is no day away");
    assert_eq!(given(&undated(Some(3), &[(on(3), 2)]), &[(&other, 0.3)]), None, "nothing is told alike");
}

#[test]
fn it_is_not_written_in_a_month_that_it_calls_the_last() {
    let other = dated(WEDNESDAY, &[(WEDNESDAY, 1)]);
    assert_eq!(given(&undated(Some(3), &[(on(3), 1), (When::Month(4), 3)]), &[(&other, 0.3)]), None);
}

#[test]
fn the_weekday_after_a_month_wants_a_like_article_shortly_before() {
    let looks_back = dated(date(2020, 9, 1), &[(date(2020, 3, 29), 4)]);
    let fresh = dated(date(2020, 3, 30), &[]);
    let news = undated(Some(5), &[(When::Month(3), 4)]);
    let both = [(&looks_back, 0.3), (&fresh, 0.2)];
    assert_eq!(given(&news, &both), Some((date(2020, 4, 3), vec![article(1)])));
    assert_eq!(given(&news, &both[..1]), None, "nothing alike came out then");
    assert_eq!(given(&undated(None, &[(When::Month(3), 4)]), &both), None, "no weekday");
}

#[test]
fn readings_that_differ_and_articles_without_a_day_give_nothing() {
    let week = dated(date(2020, 4, 22), &[(date(2020, 4, 22), 1)]);
    let other = dated(WEDNESDAY, &[(WEDNESDAY, 1)]);
    let news = undated(Some(3), &[(on(3), 1)]);
    assert_eq!(given(&news, &[(&week, 0.3), (&other, 0.3)]), None);
    assert_eq!(given(&news, &[(&news, 0.9)]), None);
}

mod reading {
    use marsad_arabic::time::times;
    use marsad_arabic::token::tokenize;
    use marsad_model::analysis::{
        Analysis, AnalysisVersion, Published, Segment, TimeExpression, TimeInterval,
    };
    use marsad_model::ontology::{PublishedBasis, SegmentKind, TimeKind};
    use marsad_model::span::Span;

    use super::*;

    fn clues(text: &str, stated: Option<Date>) -> DateClues {
        let times = times(text, &tokenize(text), stated).into_iter().map(|time| TimeExpression {
            span: Span::new(time.span.start, time.span.end),
            kind: TimeKind::Date,
            value: time.value,
            modifier: None,
            interval: time.interval.map(|(earliest, latest)| TimeInterval { earliest, latest }),
        });
        let body =
            Segment { span: Span::new(0, text.len()), kind: SegmentKind::Body, reason: None, warning: None };
        let analysis = Analysis {
            version: AnalysisVersion { analyzer: 1, knowledge: 1, ontology: 1, overlay: 0 },
            language: "ar".to_owned(),
            published: Published { date: stated, basis: PublishedBasis::None, weekday: None },
            outlet: None,
            segments: vec![body],
            entities: Vec::new(),
            mentions: Vec::new(),
            roles: Vec::new(),
            times: times.collect(),
            quantities: Vec::new(),
            events: Vec::new(),
            claims: Vec::new(),
        };
        DateClues::of(text, &analysis)
    }

    fn whens(text: &str) -> Vec<When> {
        clues(text, None).tellings.iter().map(|telling| telling.when).collect()
    }

    #[test]
    fn relative_days_are_known_from_every_weekday() {
        assert_eq!(whens("وصل الوفد يوم الثلاثاء"), [on(2)]);
        assert_eq!(whens("وصل الوفد أمس"), [When::Relative([-1; 7])]);
        assert_eq!(whens("وصل الوفد الثلاثاء الماضي"), [When::Relative([-6, -7, -1, -2, -3, -4, -5])]);
    }

    #[test]
    fn a_month_counts_only_as_the_last_of_its_name() {
        assert_eq!(whens("وقع الهجوم في يناير الماضي"), [When::Month(1)]);
        assert_eq!(whens("وقع الهجوم في 12 يناير"), [When::Other]);
    }

    #[test]
    fn a_dated_article_tells_its_days() {
        let clues = clues("وصل الوفد يوم الثلاثاء", Some(WEDNESDAY));
        let tuesday = date(2020, 4, 14);
        assert_eq!(
            clues.tellings.iter().map(|telling| telling.when).collect::<Vec<_>>(),
            [When::Days(tuesday, tuesday)]
        );
    }

    #[test]
    fn evenings_are_told_apart() {
        let late =
            |text: &str| clues(text, None).tellings.iter().map(|telling| telling.late).collect::<Vec<_>>();
        assert_eq!(late("وصل مساء الثلاثاء وغادر الأربعاء"), [true, false]);
    }
}

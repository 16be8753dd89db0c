//! Times and quantities: `marsad_arabic` over the words of the article, in the model's terms.

use marsad_arabic::number::quantities_beside;
use marsad_arabic::span;
use marsad_arabic::time::{Timex, TimexKind, times};
use marsad_arabic::token::Token;
use marsad_model::ontology::{MentionKind, TimeKind};
use marsad_model::{Mention, Quantity, Span, TimeExpression, TimeInterval};

use jiff::civil::Date;

use crate::reading::Reading;

/// The time expressions and quantities of an article. Relative expressions count from the publication date; without one
/// they keep `X` for what is unknown.
pub(crate) fn find(reading: &Reading<'_>, published: Option<Date>) -> (Vec<TimeExpression>, Vec<Quantity>) {
    let tokens: Vec<Token> = reading
        .words
        .iter()
        .map(|word| Token { span: span::Span::new(word.span.start, word.span.end), kind: word.kind })
        .collect();
    let found = times(reading.text, &tokens, published);
    let quantities = quantities_beside(reading.text, &tokens, &found).into_iter().map(quantity).collect();
    (found.into_iter().map(time).collect(), quantities)
}

/// Drops the numbers that are part of a name: اللواء 444, البرج 22.
pub(crate) fn outside_of_names(quantities: Vec<Quantity>, mentions: &[Mention]) -> Vec<Quantity> {
    let in_name = |quantity: &Quantity| {
        let start = quantity.span.start;
        // Mentions stand in order; the name that holds the number begins before it.
        let before = mentions.partition_point(|mention| mention.span.start < start);
        let near = mentions.get(before.saturating_sub(NESTED)..before).unwrap_or_default();
        near.iter().any(|mention| mention.kind == MentionKind::Name && start < mention.span.end)
    };
    quantities.into_iter().filter(|quantity| !in_name(quantity)).collect()
}

/// Mentions before a number among which the name is looked for that holds it.
const NESTED: usize = 8;

fn span(span: span::Span) -> Span {
    Span::new(span.start, span.end)
}

fn time(time: Timex) -> TimeExpression {
    TimeExpression {
        span: span(time.span),
        kind: match time.kind {
            TimexKind::Date => TimeKind::Date,
            TimexKind::Time => TimeKind::Time,
            TimexKind::Duration => TimeKind::Duration,
            TimexKind::Set => TimeKind::Set,
        },
        value: time.value,
        modifier: time.modifier.map(|modifier| modifier.as_str().to_owned()),
        interval: time.interval.map(|(earliest, latest)| TimeInterval { earliest, latest }),
    }
}

fn quantity(quantity: marsad_arabic::number::Quantity) -> Quantity {
    Quantity {
        span: span(quantity.span),
        low: quantity.low,
        high: quantity.high,
        approximate: quantity.approx,
        unit: quantity.unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use marsad_model::Segment;
    use marsad_model::ontology::SegmentKind;

    #[test]
    fn in_the_words_of_the_article_only() {
        let text = "زار الوفد المدينة أمس والتقى 12 جنديا\nاقرأ أيضا 40 خبرا";
        let at = text.find('\n').unwrap();
        let segment =
            |start, end, kind| Segment { span: Span::new(start, end), kind, reason: None, warning: None };
        let segments =
            [segment(0, at, SegmentKind::Body), segment(at + 1, text.len(), SegmentKind::Boilerplate)];
        let reading = Reading::new(text, &segments);
        let (times, quantities) = find(&reading, Some(jiff::civil::date(2024, 5, 10)));
        assert_eq!(times.iter().map(|t| t.value.as_str()).collect::<Vec<_>>(), ["2024-05-09"]);
        assert_eq!(times[0].span.of(text), Some("أمس"));
        assert_eq!(quantities.len(), 1);
        assert_eq!((quantities[0].low, quantities[0].unit.as_deref()), (Some(12.0), Some("جندي")));
        let (times, _) = find(&reading, None);
        assert_eq!(times[0].interval, None);
    }
}

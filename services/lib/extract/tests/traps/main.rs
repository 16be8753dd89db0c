//! Seventy things in Arabic news that mislead an analyzer, each with cases of our own through the public interface.
//!
//! A case names its trap by number. Of the seventy, those without a case are in the architecture page with the reason.

mod entities;
mod events;
mod numbers;
mod page;
mod times;
mod words;

use std::collections::BTreeSet;

use marsad_extract::{Document, analyze};
use marsad_model::ontology::{MentionKind, Polarity};
use marsad_model::{Analysis, ArticleFields, Claim, EntityId, Event, PublishedAt, Span, TimeInterval};

/// An article and what is to be found in it.
struct Case {
    /// `trap_NN_what`.
    trap: &'static str,
    /// The day of publication from the metadata, or empty.
    day: &'static str,
    text: &'static str,
    /// Lines of [`findings`].
    found: &'static [&'static str],
    /// Beginnings that no line of [`findings`] has.
    never: &'static [&'static str],
}

/// Checks a table; all that is wrong is told at once.
fn check(cases: &[&Case]) {
    let mut wrong = String::new();
    for case in cases {
        let published_at = case.day.parse::<PublishedAt>().ok();
        assert_eq!(published_at.is_none(), case.day.is_empty(), "{}", case.trap);
        let fields = ArticleFields { text: case.text.to_owned(), published_at, ..Default::default() };
        let analysis = analyze(&Document::new(fields.article_id(), fields.content_hash(), &fields));
        assert_eq!(analysis.check(case.text), Ok(()), "{}", case.trap);
        let findings = findings(&analysis, case.text);
        let missing = case.found.iter().filter(|line| !findings.iter().any(|found| found == *line));
        let banned = case.never.iter().filter(|line| findings.iter().any(|found| found.starts_with(*line)));
        let problems: Vec<String> = missing
            .map(|line| format!("  - {line}"))
            .chain(banned.map(|line| format!("  + {line}")))
            .collect();
        if !problems.is_empty() {
            let all = findings.iter().map(|line| format!("      {line}\n")).collect::<String>();
            wrong += &format!("{}\n    {}\n{}\n{all}", case.trap, case.text, problems.join("\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// An analysis in lines:
/// `body: text`, `caption: text`, `warning: text` · `published: day`, `weekday: n` · `name: text = id`, `nominal: …`,
/// `demonym: …`, `*` after a capital that stands for its state, `[name]` for an entity that is not in the knowledge ·
/// `role: text = person of body` · `time: text = value MOD` · `number: text = low..high unit` · `event: trigger = TYPE modality`,
/// then one line each for its `actor`, `recipient`, `place`, `when`, `count` · `claim: cue = source | content`, then `quote`,
/// `via`, `within`.
fn findings(analysis: &Analysis, text: &str) -> Vec<String> {
    let of = |span: Span| span.of(text).unwrap_or("?");
    let id = |id: &EntityId| match analysis.entities.iter().find(|entity| entity.id == *id) {
        Some(entity) if id.as_str().contains(':') => format!("[{}]", entity.name),
        _ => id.as_str().to_owned(),
    };
    let mut lines = Vec::new();
    for segment in &analysis.segments {
        let kind = segment.reason.as_deref().unwrap_or(segment.kind.as_str());
        lines.push(format!("{kind}: {}", of(segment.span)));
        lines.extend(segment.warning.as_ref().map(|warning| format!("warning: {warning}")));
    }
    let published = analysis.published;
    lines.push(format!("published: {}", published.date.map_or("-".to_owned(), |day| day.to_string())));
    lines.extend(published.weekday.map(|day| format!("weekday: {day}")));
    for mention in &analysis.mentions {
        let kind = match mention.kind {
            MentionKind::Name => "name",
            MentionKind::Nominal => "nominal",
            MentionKind::Adjectival => "demonym",
        };
        let star = if mention.metonymy { "*" } else { "" };
        lines.push(format!("{kind}: {} = {}{star}", of(mention.span), id(&mention.entity)));
    }
    for role in &analysis.roles {
        let named = |entity: &Option<EntityId>| entity.as_ref().map_or("-".to_owned(), id);
        lines.push(format!("role: {} = {} of {}", of(role.span), named(&role.entity), named(&role.body)));
    }
    for time in &analysis.times {
        let modifier = time.modifier.as_ref().map(|modifier| format!(" {modifier}")).unwrap_or_default();
        lines.push(format!("time: {} = {}{modifier}", of(time.span), time.value));
    }
    for number in &analysis.quantities {
        let bound = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let unit = number.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
        lines.push(format!(
            "number: {} = {}..{}{unit}",
            of(number.span),
            bound(number.low),
            bound(number.high)
        ));
    }
    for event in &analysis.events {
        lines.extend(event_lines(analysis, event, &of, &id));
    }
    for claim in &analysis.claims {
        lines.extend(claim_lines(analysis, claim, &of, &id));
    }
    lines
}

fn event_lines<'t>(
    analysis: &Analysis,
    event: &Event,
    of: &impl Fn(Span) -> &'t str,
    id: &impl Fn(&EntityId) -> String,
) -> Vec<String> {
    let trigger = of(event.trigger);
    let negated = if event.polarity == Polarity::Negated { "negated " } else { "" };
    let mut lines = vec![format!("event: {trigger} = {} {negated}{}", event.event_type, event.modality)];
    let parts = [("actor", &event.actors), ("recipient", &event.recipients), ("place", &event.places)];
    for (part, ids) in parts.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        let ids: Vec<String> = ids.iter().map(id).collect();
        lines.push(format!("{part}: {trigger} = {}", ids.join(" ")));
    }
    lines.extend(event.time.map(|time| format!("when: {trigger} = {}", days(time))));
    for link in &event.quantities {
        lines.push(format!("count: {trigger} = {} {}", of(analysis.quantities[link.index].span), link.role));
    }
    lines
}

fn claim_lines<'t>(
    analysis: &Analysis,
    claim: &Claim,
    of: &impl Fn(Span) -> &'t str,
    id: &impl Fn(&EntityId) -> String,
) -> Vec<String> {
    let cue = of(claim.cue);
    let source = match (&claim.source.entity, claim.source.descriptor) {
        (Some(entity), _) => id(entity),
        (None, Some(words)) => format!("?{}", of(words)),
        (None, None) => "-".to_owned(),
    };
    let count = claim.source.count.map(|count| format!(" ×{count}")).unwrap_or_default();
    let mut lines = vec![
        format!("claim: {cue} = {source}{count} | {}", of(claim.content)),
        format!("quote: {cue} = {}", claim.quote),
    ];
    lines.extend(claim.via.iter().map(|outlet| format!("via: {cue} = {}", id(outlet))));
    let parent = claim.parent.and_then(|parent| analysis.claims.iter().find(|claim| claim.id == parent));
    lines.extend(parent.map(|parent| format!("within: {cue} = {}", of(parent.cue))));
    lines
}

fn days(time: TimeInterval) -> String {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let (earliest, latest) = (day(time.earliest), day(time.latest));
    if earliest == latest { earliest } else { format!("{earliest}..{latest}") }
}

/// The numbers of the traps with a case.
fn handled() -> BTreeSet<u32> {
    let tables = [page::CASES, words::CASES, entities::CASES, times::CASES, numbers::CASES, events::CASES];
    let number = |case: &Case| case.trap.split('_').nth(1)?.parse().ok();
    tables.into_iter().flatten().filter_map(number).collect()
}

#[test]
fn every_trap_has_a_case_or_a_reason() {
    let page = include_str!("../../../../README.md");
    let (_, section) = page.split_once("## Traps of the seed articles that are not handled\n").unwrap();
    let rows = section.lines().take_while(|line| !line.starts_with("##"));
    let rows = rows.filter_map(|line| line.strip_prefix("* ")?.split_once(' ')?.0.parse().ok());
    let left: BTreeSet<u32> = rows.collect();
    let handled = handled();
    assert!(left.is_disjoint(&handled), "both: {:?}", left.intersection(&handled));
    assert_eq!(left.union(&handled).copied().collect::<Vec<_>>(), (1..=70).collect::<Vec<_>>());
    assert!(handled.len() >= 55);
}

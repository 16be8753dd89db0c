//! The JSON of one article: offsets in code points, enum values in lower case but for entity and event types.

use marsad_model::explanation::{EventExplanation, Explanations};
use marsad_model::ontology::PublishedBasis;
use marsad_model::{Analysis, Offsets, Published, Span, SpanUnit, TimeInterval};
use serde_json::{Map, Value, json};

use super::Analysed;

/// The object of an article.
pub(crate) fn article(analysed: &Analysed) -> Value {
    let Analysed { article, analysis, why, .. } = analysed;
    let text = article.fields.text.as_str();
    let spans = Spans { text, offsets: Offsets::new(text, SpanUnit::CodePoints) };
    let mut object = json!({
        "article_id": article.name,
        "language": analysis.language,
        "published": stated(&analysis.published),
        "outlet": analysis.outlet,
        "segments": segments(analysis, &spans),
        "mentions": mentions(analysis, &spans),
        "roles": roles(analysis, &spans),
        "times": times(analysis, &spans),
        "quantities": quantities(analysis, &spans),
        "events": events(analysis, &spans),
        "claims": claims(analysis, &spans),
    });
    if let Some(why) = why {
        object["explanations"] = explanations(why, &spans);
    }
    object
}

struct Spans<'t> {
    text: &'t str,
    offsets: Offsets<'t>,
}

impl Spans<'_> {
    /// `{start, end, text}` and the other fields.
    fn object(&self, span: Span, fields: Value) -> Value {
        let mut object = match fields {
            Value::Object(object) => object,
            _ => Map::new(),
        };
        let shown = self.offsets.span(span);
        object.insert("start".into(), shown.start.into());
        object.insert("end".into(), shown.end.into());
        object.insert("text".into(), span.of(self.text).unwrap_or_default().into());
        Value::Object(object)
    }
}

/// What the page or its metadata states; a day that other articles give is in the object over all articles.
fn stated(published: &Published) -> Value {
    match published.basis {
        PublishedBasis::Linked => json!({"date": null, "basis": PublishedBasis::None}),
        basis => json!({"date": published.date, "basis": basis}),
    }
}

fn segments(analysis: &Analysis, spans: &Spans<'_>) -> Vec<Value> {
    let rows = analysis.segments.iter().map(|segment| {
        let shown = spans.offsets.span(segment.span);
        json!({
            "start": shown.start, "end": shown.end, "kind": segment.kind,
            "reason": segment.reason, "warning": segment.warning,
        })
    });
    rows.collect()
}

fn mentions(analysis: &Analysis, spans: &Spans<'_>) -> Vec<Value> {
    let rows = analysis.mentions.iter().map(|mention| {
        let fields = json!({
            "type": mention.entity_type, "entity_id": mention.entity, "kind": mention.kind,
            "metonymy": mention.metonymy, "confidence": mention.confidence,
        });
        spans.object(mention.span, fields)
    });
    rows.collect()
}

fn roles(analysis: &Analysis, spans: &Spans<'_>) -> Vec<Value> {
    let rows = analysis.roles.iter();
    rows.map(|role| spans.object(role.span, json!({"entity_id": role.entity, "body_id": role.body})))
        .collect()
}

fn times(analysis: &Analysis, spans: &Spans<'_>) -> Vec<Value> {
    let rows = analysis.times.iter().map(|time| {
        let fields = json!({"type": time.kind, "value": time.value, "mod": time.modifier, "interval": interval(time.interval.as_ref())});
        spans.object(time.span, fields)
    });
    rows.collect()
}

fn quantities(analysis: &Analysis, spans: &Spans<'_>) -> Vec<Value> {
    let rows = analysis.quantities.iter().map(|quantity| {
        let fields = json!({
            "low": quantity.low, "high": quantity.high, "approx": quantity.approximate, "unit": quantity.unit,
        });
        spans.object(quantity.span, fields)
    });
    rows.collect()
}

fn events(analysis: &Analysis, spans: &Spans<'_>) -> Vec<Value> {
    let rows = analysis.events.iter().map(|event| {
        let quantities: Vec<Value> =
            event.quantities.iter().map(|link| json!({"index": link.index, "role": link.role})).collect();
        json!({
            "id": event.id, "trigger": spans.object(event.trigger, Value::Null), "lemma": event.lemma,
            "type": event.event_type, "mode": event.mode, "actors": event.actors, "recipients": event.recipients,
            "places": event.places, "time": interval(event.time.as_ref()), "polarity": event.polarity,
            "modality": event.modality, "tense": event.tense, "quantities": quantities,
            "background": event.background, "claim": event.claim, "repeats": event.repeats, "confidence": event.confidence,
        })
    });
    rows.collect()
}

fn claims(analysis: &Analysis, spans: &Spans<'_>) -> Vec<Value> {
    let rows = analysis.claims.iter().map(|claim| {
        let source = &claim.source;
        let descriptor = source.descriptor.and_then(|span| span.of(spans.text));
        json!({
            "id": claim.id,
            "source": {
                "entity_id": source.entity, "descriptor": descriptor, "anonymous": source.anonymous,
                "count": source.count,
            },
            "via": claim.via, "cue": spans.object(claim.cue, Value::Null),
            "content": spans.object(claim.content, Value::Null), "quote": claim.quote, "parent": claim.parent,
            "confidence": claim.confidence,
        })
    });
    rows.collect()
}

fn explanations(why: &Explanations, spans: &Spans<'_>) -> Value {
    let claims = why.claims.iter().map(|claim| {
        let opener = claim.opener.map(|span| spans.object(span, Value::Null));
        json!({"claim": claim.claim, "lemma": claim.lemma, "opener": opener, "source": claim.source})
    });
    let events: Vec<Value> = why.events.iter().map(|event| event_explanation(event, spans)).collect();
    json!({"events": events, "claims": claims.collect::<Vec<_>>()})
}

fn event_explanation(why: &EventExplanation, spans: &Spans<'_>) -> Value {
    let words = |span: Span| spans.object(span, Value::Null);
    let trigger = &why.trigger;
    let conditions: Vec<Value> =
        trigger.conditions.iter().map(|met| json!({"slot": met.slot, "words": words(met.span)})).collect();
    let arguments = why.arguments.iter().map(
        |a| json!({"entity_id": a.entity, "role": a.role, "basis": a.basis, "words": a.span.map(words)}),
    );
    let reality =
        why.reality.iter().map(|c| json!({"kind": c.kind, "basis": c.basis, "words": words(c.span)}));
    json!({
        "event": why.event,
        "trigger": {
            "form": trigger.form, "passive": trigger.passive, "pattern": trigger.pattern, "conditions": conditions,
            "light_verb": trigger.light_verb.map(words),
        },
        "arguments": arguments.collect::<Vec<_>>(),
        "time": why.time.map(|time| json!({"basis": time.basis, "words": words(time.span)})),
        "reality": reality.collect::<Vec<_>>(),
        "joined": why.joined.iter().map(|span| words(*span)).collect::<Vec<_>>(),
    })
}

/// The interval as JSON; null where there is none.
pub(super) fn interval(interval: Option<&TimeInterval>) -> Value {
    interval.map_or(Value::Null, |i| json!({"earliest": i.earliest, "latest": i.latest}))
}

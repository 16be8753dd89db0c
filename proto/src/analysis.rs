//! What was found: domain to wire, with spans in the unit that the caller asked for.

use jiff::civil::Date;
use marsad_model as model;
use marsad_model::{ArticleId, ContentHash, Offsets, Passage, SpanUnit};

use crate::v1;

/// Turns the parts of one article's analysis into messages: it holds the article's text or a passage of it, because messages
/// carry the words beside the spans, and spans are in the caller's unit.
#[derive(Debug)]
pub struct ToWire<'t> {
    text: &'t str,
    /// Where `text` begins in the article's, in bytes.
    start: usize,
    /// The same in the caller's unit.
    start_units: usize,
    offsets: Offsets<'t>,
}

impl<'t> ToWire<'t> {
    /// For an analysis of `text`.
    pub fn new(text: &'t str, unit: SpanUnit) -> Self {
        Self { text, start: 0, start_units: 0, offsets: Offsets::new(text, unit) }
    }

    /// For what stands in a passage of an article's text.
    pub fn of_passage(passage: &'t Passage, unit: SpanUnit) -> Self {
        let offsets = Offsets::new(&passage.text, unit);
        Self { text: &passage.text, start: passage.start, start_units: passage.start_in(unit), offsets }
    }

    /// A whole analysis.
    pub fn analysis(
        &self,
        article: ArticleId,
        hash: ContentHash,
        analysis: &model::Analysis,
    ) -> v1::Analysis {
        v1::Analysis {
            article_id: article.to_string(),
            content_hash: hash.to_string(),
            version: Some(v1::AnalysisVersion {
                analyzer: analysis.version.analyzer,
                knowledge: analysis.version.knowledge,
                ontology: analysis.version.ontology,
                overlay: analysis.version.overlay,
            }),
            language: analysis.language.clone(),
            published: Some(published(&analysis.published)),
            outlet_id: analysis.outlet.as_ref().map(id),
            segments: analysis.segments.iter().map(|s| self.segment(s)).collect(),
            entities: analysis.entities.iter().map(entity).collect(),
            mentions: analysis.mentions.iter().map(|m| self.mention(m)).collect(),
            roles: analysis.roles.iter().map(|r| self.role(r)).collect(),
            times: analysis.times.iter().map(|t| self.time(t)).collect(),
            quantities: analysis.quantities.iter().map(|q| self.quantity(q)).collect(),
            events: analysis.events.iter().map(|e| self.event(e)).collect(),
            claims: analysis.claims.iter().map(|c| self.claim(c)).collect(),
        }
    }

    /// An event.
    pub fn event(&self, event: &model::Event) -> v1::Event {
        v1::Event {
            id: event.id.to_string(),
            trigger: Some(self.span(event.trigger)),
            trigger_text: self.words(event.trigger),
            lemma: event.lemma.clone(),
            r#type: v1::EventType::from(event.event_type).into(),
            mode: event.mode.clone(),
            actor_ids: event.actors.iter().map(id).collect(),
            recipient_ids: event.recipients.iter().map(id).collect(),
            place_ids: event.places.iter().map(id).collect(),
            time: event.time.as_ref().map(interval),
            polarity: v1::Polarity::from(event.polarity).into(),
            modality: v1::Modality::from(event.modality).into(),
            tense: v1::Tense::from(event.tense).into(),
            quantities: event
                .quantities
                .iter()
                .map(|link| v1::QuantityLink {
                    index: narrow(link.index),
                    role: v1::QuantityRole::from(link.role).into(),
                })
                .collect(),
            background: event.background,
            claim_id: event.claim.map(|c| c.to_string()),
            repeats_id: event.repeats.map(|e| e.to_string()),
            confidence: event.confidence,
        }
    }

    /// A claim.
    pub fn claim(&self, claim: &model::Claim) -> v1::Claim {
        v1::Claim {
            id: claim.id.to_string(),
            source: Some(self.claim_source(&claim.source)),
            via_ids: claim.via.iter().map(id).collect(),
            cue: Some(self.span(claim.cue)),
            cue_text: self.words(claim.cue),
            content: Some(self.span(claim.content)),
            content_text: self.words(claim.content),
            quote: v1::QuoteKind::from(claim.quote).into(),
            parent_id: claim.parent.map(|c| c.to_string()),
            confidence: claim.confidence,
        }
    }

    /// The source of a claim.
    pub fn claim_source(&self, source: &model::ClaimSource) -> v1::ClaimSource {
        v1::ClaimSource {
            entity_id: source.entity.as_ref().map(id),
            descriptor: source.descriptor.map(|d| self.span(d)),
            descriptor_text: source.descriptor.map(|d| self.words(d)),
            anonymous: source.anonymous,
            count: source.count,
        }
    }

    fn segment(&self, segment: &model::Segment) -> v1::Segment {
        v1::Segment {
            span: Some(self.span(segment.span)),
            kind: v1::SegmentKind::from(segment.kind).into(),
            reason: segment.reason.clone(),
            warning: segment.warning.clone(),
        }
    }

    fn mention(&self, mention: &model::Mention) -> v1::Mention {
        v1::Mention {
            span: Some(self.span(mention.span)),
            text: self.words(mention.span),
            r#type: v1::EntityType::from(mention.entity_type).into(),
            entity_id: id(&mention.entity),
            kind: v1::MentionKind::from(mention.kind).into(),
            metonymy: mention.metonymy,
            confidence: mention.confidence,
        }
    }

    fn role(&self, role: &model::Role) -> v1::Role {
        v1::Role {
            span: Some(self.span(role.span)),
            text: self.words(role.span),
            entity_id: role.entity.as_ref().map(id),
            body_id: role.body.as_ref().map(id),
        }
    }

    fn time(&self, time: &model::TimeExpression) -> v1::TimeExpression {
        v1::TimeExpression {
            span: Some(self.span(time.span)),
            text: self.words(time.span),
            kind: v1::TimeKind::from(time.kind).into(),
            value: time.value.clone(),
            modifier: time.modifier.clone(),
            interval: time.interval.as_ref().map(interval),
        }
    }

    /// A number with what it counts.
    pub fn quantity(&self, quantity: &model::Quantity) -> v1::Quantity {
        v1::Quantity {
            span: Some(self.span(quantity.span)),
            text: self.words(quantity.span),
            low: quantity.low,
            high: quantity.high,
            approximate: quantity.approximate,
            unit: quantity.unit.clone(),
        }
    }

    /// A span.
    pub fn span(&self, span: model::Span) -> v1::Span {
        let span = self.offsets.span(self.inside(span));
        v1::Span { start: narrow(self.start_units + span.start), end: narrow(self.start_units + span.end) }
    }

    pub(crate) fn words(&self, span: model::Span) -> String {
        self.inside(span).of(self.text).unwrap_or_default().to_owned()
    }

    /// The span in what is held of the text.
    fn inside(&self, span: model::Span) -> model::Span {
        model::Span::new(span.start.saturating_sub(self.start), span.end.saturating_sub(self.start))
    }
}

/// An entity.
pub fn entity(entity: &model::Entity) -> v1::Entity {
    v1::Entity {
        id: id(&entity.id),
        r#type: v1::EntityType::from(entity.entity_type).into(),
        name: entity.name.clone(),
        name_en: entity.name_en.clone(),
        wikidata_id: entity.wikidata.clone(),
        rollup_id: entity.rollup.as_ref().map(id),
    }
}

/// A publication date.
pub fn published(published: &model::Published) -> v1::PublicationDate {
    v1::PublicationDate {
        date: published.date.as_ref().map(Date::to_string),
        basis: v1::PublicationBasis::from(published.basis).into(),
        weekday: published.weekday.map(u32::from),
    }
}

pub(crate) fn interval(interval: &model::TimeInterval) -> v1::TimeInterval {
    v1::TimeInterval {
        earliest: interval.earliest.as_ref().map(Date::to_string),
        latest: interval.latest.as_ref().map(Date::to_string),
    }
}

fn id(id: &model::EntityId) -> String {
    id.as_str().to_owned()
}

/// Offsets fit 32 bits: a text has at most 1 MiB.
pub(crate) fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_gives_the_same_spans_as_the_whole_text() {
        let text = "😀 قال الوزير: إنها زيارة. 😀";
        let start = text.find("زيارة").unwrap_or_default();
        let span = model::Span::new(start, start + "زيارة".len());
        let passage = Passage::holding(text, [span, model::Span::new(5, 11)]);
        for unit in [SpanUnit::Utf8Bytes, SpanUnit::Utf16Units, SpanUnit::CodePoints] {
            let (whole, part) = (ToWire::new(text, unit), ToWire::of_passage(&passage, unit));
            assert_eq!(part.span(span), whole.span(span), "{unit:?}");
            assert_eq!((part.words(span), whole.words(span)), ("زيارة".into(), "زيارة".into()));
        }
    }
}

//! What was found in an article and why, as an outline for people.

use std::fmt::Write;

use marsad_model::explanation::{
    ArgumentBasis, ArgumentOrigin, ClaimExplanation, EventExplanation, Explanations, RealityBasis,
    SourceBasis, TimeBasis, TriggerForm,
};
use marsad_model::ontology::{Modality, Polarity};
use marsad_model::{Analysis, Claim, EntityId, Event, Span, TimeInterval};

use super::Analysed;
use crate::table::{cell, shorten};

/// The longest words that are quoted, in characters.
const LONGEST: usize = 60;

/// The outline of an article.
pub(super) fn article(analysed: &Analysed, why: &Explanations) -> String {
    let outline = Outline { text: &analysed.article.fields.text, analysis: &analysed.analysis };
    let mut out = format!("{}\n", cell(&analysed.article.name));
    for (event, why) in analysed.analysis.events.iter().zip(&why.events) {
        outline.event(&mut out, event, why);
    }
    for (claim, why) in analysed.analysis.claims.iter().zip(&why.claims) {
        outline.claim(&mut out, claim, why);
    }
    out
}

struct Outline<'a> {
    text: &'a str,
    analysis: &'a Analysis,
}

impl Outline<'_> {
    fn event(&self, out: &mut String, event: &Event, why: &EventExplanation) {
        let action = event.mode.as_deref().unwrap_or(event.event_type.as_str());
        let mut heading = format!("event {} {action}, {}", self.quote(event.trigger), reality(event));
        if event.background {
            heading += ", background";
        }
        let _ = writeln!(out, "\n{heading}, confidence {:.2}", event.confidence);
        line(out, "word", &self.trigger(event, why));
        for argument in &why.arguments {
            line(out, argument.role.as_str(), &self.argument(argument));
        }
        if let (Some(time), Some(origin)) = (&event.time, &why.time) {
            let place = match origin.basis {
                TimeBasis::Clause => "in its clause",
                TimeBasis::Sentence => "in its sentence",
                TimeBasis::OtherEvent => "tells it by another event",
                TimeBasis::Story => "is the day that the story goes on from",
            };
            line(out, "when", &format!("{}: {} {place}", days(time), self.quote(origin.span)));
        }
        for cue in &why.reality {
            let basis = match cue.basis {
                RealityBasis::Phrase => "says so",
                RealityBasis::VerbForm => "is a form for what is to come",
                RealityBasis::Purpose => "is a purpose",
                RealityBasis::Event => "has it as its topic",
                RealityBasis::Condition => "consists in it",
                RealityBasis::Denial => "denies it",
            };
            line(out, cue.kind.as_str(), &format!("{} {basis}", self.quote(cue.span)));
        }
        if let Some(claim) = event.claim.and_then(|id| self.analysis.claims.iter().find(|c| c.id == id)) {
            line(out, "according to", &self.source(claim));
        }
        if let Some(first) = event.repeats.and_then(|id| self.analysis.event(id)) {
            line(out, "repeats", &self.quote(first.trigger));
        }
        if !why.joined.is_empty() {
            let words: Vec<String> = why.joined.iter().map(|span| self.quote(*span)).collect();
            line(out, "told again", &words.join(", "));
        }
    }

    fn trigger(&self, event: &Event, why: &EventExplanation) -> String {
        let form = match why.trigger.form {
            TriggerForm::Past => "past",
            TriggerForm::Imperfect => "imperfect",
            TriggerForm::Masdar => "verbal noun",
            TriggerForm::ActiveParticiple => "active participle",
            TriggerForm::PassiveParticiple => "passive participle",
            TriggerForm::Noun => "noun",
        };
        let passive = if why.trigger.passive { " passive" } else { "" };
        let mut said = match why.trigger.form {
            TriggerForm::Noun => format!("{form} {}", cell(&event.lemma)),
            _ => format!("{form}{passive} of {}", cell(&event.lemma)),
        };
        let _ = write!(said, ", pattern {}", cell(&why.trigger.pattern));
        for met in &why.trigger.conditions {
            let _ = write!(said, ", {} is {}", cell(&met.slot), self.quote(met.span));
        }
        if let Some(verb) = why.trigger.light_verb {
            let _ = write!(said, ", carried by {}", self.quote(verb));
        }
        said
    }

    fn argument(&self, argument: &ArgumentOrigin) -> String {
        let basis = match argument.basis {
            ArgumentBasis::Subject => "subject",
            ArgumentBasis::Object => "object",
            ArgumentBasis::Genitive => "genitive",
            ArgumentBasis::Preposition => "after a preposition",
            ArgumentBasis::Agent => "agent of the passive",
            ArgumentBasis::Adjective => "adjective",
            ArgumentBasis::Owner => "owner of what stands there",
            ArgumentBasis::Antecedent => "noun before the relative clause",
            ArgumentBasis::LightVerb => "argument of the verb that carries the noun",
            ArgumentBasis::GoverningVerb => "argument of the verb that governs the noun",
            ArgumentBasis::Intention => "whose intention it is",
            ArgumentBasis::ClauseTopic => "topic of the clause",
            ArgumentBasis::VerbBefore => "subject of the verb before",
            ArgumentBasis::SentenceBefore => "topic of the sentence before",
            ArgumentBasis::NameBefore => "last name before that agrees",
            ArgumentBasis::Speaker => "the speaker",
            ArgumentBasis::Reference => "description of whom the article named before",
            ArgumentBasis::Pronoun => "whom the pronoun stands for",
            ArgumentBasis::OtherEvent => "from another event that tells of it",
            ArgumentBasis::Scene => "where the sentence is set",
        };
        let words = argument.span.map(|span| format!(" {}", self.quote(span))).unwrap_or_default();
        format!("{}: {basis}{words}", self.name(&argument.entity))
    }

    fn claim(&self, out: &mut String, claim: &Claim, why: &ClaimExplanation) {
        let _ = writeln!(out, "\nclaim {}, confidence {:.2}", self.quote(claim.cue), claim.confidence);
        let lemma = why
            .lemma
            .as_deref()
            .map_or("cue without a verb".to_owned(), |lemma| format!("verb {}", cell(lemma)));
        let opener = why.opener.map(|span| format!(", opens with {}", self.quote(span))).unwrap_or_default();
        line(out, "word", &format!("{lemma}{opener}"));
        let basis = match why.source {
            SourceBasis::Subject => "subject",
            SourceBasis::Preposition => "after a preposition or cue",
            SourceBasis::Before => "before the cue",
            SourceBasis::VerbBefore => "subject of the verb before",
            SourceBasis::ClaimBefore => "source of the claim before",
            SourceBasis::None => "nobody is named",
        };
        line(out, "source", &format!("{}: {basis}", self.source(claim)));
        for outlet in &claim.via {
            line(out, "through", &self.name(outlet));
        }
        line(out, "says", &self.quote(claim.content));
    }

    /// Who is behind a claim.
    fn source(&self, claim: &Claim) -> String {
        let source = &claim.source;
        let described = || source.descriptor.map(|span| self.quote(span));
        let named = source.entity.as_ref().map(|id| self.name(id));
        let said = named.or_else(described).unwrap_or_else(|| "somebody".to_owned());
        match (source.anonymous, source.count) {
            (true, Some(count)) => format!("{said} (unnamed, {count})"),
            (true, None) => format!("{said} (unnamed)"),
            (false, _) => said,
        }
    }

    fn name(&self, id: &EntityId) -> String {
        let entity = self.analysis.entities.iter().find(|entity| entity.id == *id);
        entity.map_or_else(|| id.to_string(), |entity| cell(&entity.name))
    }

    fn quote(&self, span: Span) -> String {
        cell(format!("«{}»", shorten(span.of(self.text).unwrap_or_default(), LONGEST)))
    }
}

fn line(out: &mut String, what: &str, said: &str) {
    let _ = writeln!(out, "  {what:<12} {said}");
}

/// How real an event is, with its polarity where that is not the usual.
fn reality(event: &Event) -> String {
    match (event.polarity, event.modality) {
        (Polarity::Affirmed, modality) => modality.to_string(),
        (Polarity::Negated, Modality::Actual) => "did not happen".to_owned(),
        (Polarity::Negated, modality) => format!("not {modality}"),
    }
}

fn days(time: &TimeInterval) -> String {
    let end = |day: Option<jiff::civil::Date>| day.map_or("…".to_owned(), |day| day.to_string());
    if time.earliest == time.latest {
        return end(time.earliest);
    }
    format!("{} – {}", end(time.earliest), end(time.latest))
}

#[cfg(test)]
mod tests {
    use marsad_extract::Document;
    use marsad_model::{ArticleFields, PublishedAt};

    use super::super::Article;
    use super::*;

    #[test]
    fn an_outline_says_why() {
        let text = "شنت طائرات أميركية غارات على مواقع لتنظيم داعش في الأنبار فجر الأربعاء، بعد أن طالبت بغداد بوقف الهجمات.\n\
                    وقال وزير الخارجية العراقي فؤاد حسين إن الحكومة لم توقع الاتفاق، مضيفا أنها سترسل وفدا إلى واشنطن.\n\
                    ونقلت وكالة رويترز عن مصدرين أمنيين قولهما إن الجيش قتل عشرة مسلحين.\n";
        let published_at = "2024-05-15".parse::<PublishedAt>().ok();
        let fields = ArticleFields { text: text.to_owned(), published_at, ..ArticleFields::default() };
        let document = Document::new(fields.article_id(), fields.content_hash(), &fields);
        let (mut analysis, mut why) = marsad_extract::explain(&document);
        // Numbers and patterns are the analyzer's and the lexicon's.
        why.events.iter_mut().for_each(|event| event.trigger.pattern = "actor:subj".to_owned());
        analysis.events.iter_mut().for_each(|event| event.confidence = 0.75);
        analysis.claims.iter_mut().for_each(|claim| claim.confidence = 0.75);
        let read = Article { name: "example".to_owned(), id: fields.article_id(), fields };
        let analysed = Analysed { article: read, analysis, why: None, digest: None };
        let shown = article(&analysed, &why).replace(['\u{2068}', '\u{2069}'], "");
        insta::assert_snapshot!(shown);
    }
}

//! Who says what: claims from reporting verbs, their participles, and cues without a verb.
//!
//! A claim has a cue (the reporting word), a source, a content and, where it came through an outlet, a `via`. The content of indirect
//! speech starts after أن and ends with the sentence, before the next claim of the same level, or before an attribution that
//! trails it; that of direct speech is what stands in the quotation marks, or after the colon.
//!
//! Confidence is how probable it is that there is such a claim, as [`crate::judge`] says.

mod attribution;
mod content;
mod cue;
mod nominal;
mod source;
mod speaker;
#[cfg(test)]
mod tests;

use marsad_label::Feature;
use marsad_model::explanation::{ClaimExplanation, SourceBasis};
use marsad_model::ontology::QuoteKind;
use marsad_model::{Claim, ClaimId, ClaimSource, EntityId, Span};

use crate::Document;
use crate::judge::Judge;
use crate::lexicon::WordReading;
use crate::reading::Reading;
use crate::syntax::{Syntax, readings_of};

/// A claim as it is found, before it has an id.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// The word of the cue.
    pub(crate) at: usize,
    pub(crate) cue: Span,
    pub(crate) content: Span,
    pub(crate) quote: QuoteKind,
    pub(crate) source: ClaimSource,
    pub(crate) via: Vec<EntityId>,
    /// The noun that describes the source, where one stands here.
    pub(crate) noun: String,
    /// أن, a colon or quotation marks open the content.
    pub(crate) marked: bool,
    /// The source is taken over from the claim before.
    pub(crate) inherited: bool,
    /// The word that opens the content.
    pub(crate) opener: Option<usize>,
    /// Where the source comes from.
    pub(crate) basis: SourceBasis,
}

impl Draft {
    /// What the judge sees of it.
    pub(crate) fn seen(&self, reading: &Reading<'_>) -> Vec<Feature> {
        let named = self.source.entity.is_some();
        let described = self.source.descriptor.is_some();
        let direct = self.quote == QuoteKind::Direct;
        let kind = u64::from(self.marked) | u64::from(direct) << 1 | u64::from(self.inherited) << 2;
        let source = u64::from(named) | u64::from(described) << 1 | u64::from(self.source.anonymous) << 2;
        let cue = reading.words.get(self.at);
        let content = reading.words_in(self.content).len().min(40) as u64 / 4;
        vec![
            Feature::of(0, &[]),
            Feature::of(1, &[u64::from(self.marked)]),
            Feature::of(2, &[u64::from(direct)]),
            Feature::of(3, &[u64::from(self.inherited)]),
            Feature::of(4, &[kind]),
            Feature::of(5, &[u64::from(named)]),
            Feature::of(6, &[source]),
            Feature::of(7, &[kind, source]),
            Feature::of(8, &[u64::from(self.via.is_empty())]),
            Feature::of(9, &[content]),
            Feature::of(10, &[cue.map_or(0, |word| Feature::hash(&word.stem))]),
            Feature::of(
                11,
                &[cue.map_or(0, |word| u64::from(word.article) | u64::from(word.has_preposition()) << 1)],
            ),
        ]
    }
}

/// All claims of the article, in order of their cues, and why, where that is asked for.
pub(crate) fn find(
    doc: &Document<'_>,
    syntax: &Syntax<'_>,
    judge: &Judge,
    explain: bool,
) -> (Vec<Claim>, Vec<ClaimExplanation>) {
    let drafts = drafts(syntax);
    let ids: Vec<ClaimId> =
        drafts.iter().map(|d| ClaimId::new(doc.article, doc.content_hash, d.cue, d.content)).collect();
    let parents: Vec<Option<ClaimId>> =
        (0..drafts.len()).map(|at| parent(&drafts, at).map(|p| ids[p])).collect();
    let why = drafts.iter().zip(&ids).take(if explain { drafts.len() } else { 0 });
    let why = why.map(|(draft, id)| explanation(syntax, draft, *id)).collect();
    let claims = drafts
        .into_iter()
        .zip(ids)
        .zip(parents)
        .map(|((draft, id), parent)| Claim {
            id,
            confidence: judge.claim(&draft.seen(syntax.reading)),
            source: draft.source,
            via: draft.via,
            cue: draft.cue,
            content: draft.content,
            quote: draft.quote,
            parent,
        })
        .collect();
    (claims, why)
}

/// Why there is a claim, and whose it is.
fn explanation(syntax: &Syntax<'_>, draft: &Draft, claim: ClaimId) -> ClaimExplanation {
    let reports = |r: &WordReading| r.lexeme().reporting.is_some();
    let verb = syntax.info[draft.at].verbs.iter().copied().find(reports);
    let lemma = verb
        .or_else(|| readings_of(syntax.word(draft.at)).find(|r| reports(r) && !r.form.is_finite()))
        .map(|r| r.lexeme().lemma);
    let opener = draft.opener.map(|at| syntax.word(at).span);
    ClaimExplanation { claim, lemma: lemma.map(str::to_owned), opener, source: draft.basis }
}

/// All claims of the article before they have ids, in order of their cues.
pub(crate) fn drafts(syntax: &Syntax<'_>) -> Vec<Draft> {
    let mut drafts = cue::find(syntax);
    drafts.sort_by_key(|draft| (draft.cue.start, draft.content.start));
    drafts.dedup_by(|b, a| a.cue == b.cue);
    drafts
}

/// Claims before and after one among which its parent is looked for.
const NEAR: usize = 40;

/// The claim with the shortest content around this one's cue.
fn parent(drafts: &[Draft], at: usize) -> Option<usize> {
    let inner = &drafts[at];
    let near = at.saturating_sub(NEAR)..drafts.len().min(at + NEAR);
    (drafts.iter().enumerate().skip(near.start).take(near.len()))
        .filter(|(other, outer)| {
            *other != at && outer.content.contains(inner.cue) && outer.content != inner.content
        })
        .filter(|(_, outer)| !inner.content.contains(outer.cue))
        .min_by_key(|(_, outer)| outer.content.end - outer.content.start)
        .map(|(other, _)| other)
}

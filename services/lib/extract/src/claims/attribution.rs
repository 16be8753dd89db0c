//! Cues that attribute without a verb: بحسب، وفقا ل، نقلا عن.

use marsad_model::Span;
use marsad_model::explanation::SourceBasis;
use marsad_model::ontology::QuoteKind;

use super::Draft;
use super::content;
use super::cue::{Finder, anonymous};
use super::source::{self, Found};
use crate::lexicon::{self, ClaimCue, Preposition, SourceSlot};
use crate::syntax::{Class, Syntax, bare, readings_of};

impl Finder<'_, '_> {
    /// بحسب، وفقا ل، نقلا عن before or after what they attribute.
    pub(super) fn attributions(&mut self, start: usize, end: usize, first: usize) {
        let syntax = self.syntax;
        let mut at = start;
        while at < end {
            let leads = bare(syntax.word(at)) == "كما" && at <= start + 1;
            let Some((length, cue)) = phrase_cue(syntax, at).filter(|_| !leads) else {
                at += 1;
                continue;
            };
            let mut after = at + length;
            // حسبما + verb, وفق ما + verb
            while after < end && matches!(syntax.class(after), Class::Verb | Class::Relative) {
                after += 1;
            }
            let phrase = match cue.source {
                SourceSlot::After => syntax.noun_phrase(after, end),
                SourceSlot::None | SourceSlot::Before | SourceSlot::Subject => None,
            };
            if cue.source == SourceSlot::Subject {
                self.pretext(at, after, end);
                at = after;
                continue;
            }
            let found = phrase.as_ref().map(|p| source::of_phrase(syntax, p, end));
            // وفق الخطة, طبقا للقانون: nobody says it.
            if let (Some(phrase), Some(found)) = (&phrase, &found)
                && !source::can_tell(syntax, phrase, found)
            {
                at = after;
                continue;
            }
            let past = phrase.as_ref().map_or(after, |p| p.words.end);
            self.attribution(at, (start, end), past, found, first);
            at = past.max(at + 1);
        }
    }

    /// بذريعة حماية السكان: what the subject of the clause gives as its reason.
    fn pretext(&mut self, at: usize, after: usize, end: usize) {
        let syntax = self.syntax;
        let stop =
            (after..end).find(|i| matches!(syntax.class(*i), Class::Comma | Class::Stop)).unwrap_or(end);
        let (Some(content), Some(found)) = (content::span(syntax, after, stop), self.subject_before(at))
        else {
            return;
        };
        self.push(Draft {
            at,
            cue: syntax.word(at).span,
            content,
            quote: QuoteKind::Indirect,
            source: found.source,
            via: Vec::new(),
            noun: String::new(),
            marked: false,
            inherited: true,
            opener: None,
            basis: SourceBasis::VerbBefore,
        });
    }

    fn attribution(
        &mut self,
        at: usize,
        (start, end): (usize, usize),
        past: usize,
        found: Option<Found>,
        first: usize,
    ) {
        let syntax = self.syntax;
        let basis = if found.is_some() { SourceBasis::Preposition } else { SourceBasis::None };
        let Found { source, mut via, noun, back } =
            found.unwrap_or_else(|| Found { source: anonymous(), ..Found::default() });
        // وفق المصدر: who was described so before.
        let source = back
            .filter(|_| source.entity.is_none())
            .and_then(|_| self.described.get(&noun))
            .map_or(source, Clone::clone);
        // وفق القناة التي ذكرت أن: that أن is of the verb.
        let opener = (past..end.min(past + 4))
            .take_while(|i| !matches!(syntax.class(*i), Class::Relative | Class::Verb))
            .find(|i| syntax.class(*i) == Class::That);
        let leading =
            (start..at).all(|i| !matches!(syntax.class(i), Class::Verb | Class::Nominal | Class::That));
        // The outlet after a claim is the way it came.
        let covered = self
            .drafts
            .get_mut(first..)
            .unwrap_or_default()
            .iter_mut()
            .rev()
            .find(|d| !leading && d.at < at && opener.is_none());
        let outlet = source.entity.clone().filter(|id| syntax.is_outlet(id));
        if let Some(draft) = covered {
            // يذكر أن …, بحسب الوكالة: nobody else says it.
            if draft.source.entity.is_none() && draft.source.descriptor.is_none() {
                (draft.source, draft.noun) = (source, noun);
                return;
            }
            if let Some(outlet) = outlet.filter(|o| draft.source.entity.as_ref() != Some(o)) {
                draft.via.push(outlet);
                draft.via.dedup();
            }
            // أكد الوزير أن …, بحسب مصدر مطلع: the source says that the minister said so.
            let other = source.anonymous && source.count.is_some() && !draft.source.anonymous;
            if !other {
                return;
            }
        }
        if bare(syntax.word(at)) == "نقلا" && source.entity.is_none() {
            via.extend(self.last.iter().flat_map(|(_, via)| via.clone()));
        }
        let span = match opener {
            Some(that) => {
                let opening = content::opening_after(syntax, that, end);
                self.taken.insert(that);
                content::content(syntax, opening).map(|c| (c.span, c.quote))
            }
            None if leading => {
                let mut from = past;
                while from < end
                    && matches!(syntax.class(from), Class::Comma | Class::That | Class::Mark)
                    && from < past + 3
                {
                    from += 1;
                }
                let inner = self.drafts.get(first..).unwrap_or_default().iter().any(|d| d.at < past + 3);
                content::span(syntax, from, end).filter(|_| !inner).map(|s| (s, QuoteKind::Indirect))
            }
            None => {
                // In what an outlet writes, the source is that of what it writes.
                let written = self.drafts.get(first..).unwrap_or_default().iter().find(|d| {
                    d.source.entity.as_ref().is_some_and(|id| syntax.is_outlet(id))
                        && d.content.start < syntax.word(at).span.start
                });
                via.extend(written.and_then(|d| d.source.entity.clone()));
                let start = written.map_or(start, |d| syntax.reading.word_at(d.content.start));
                // اتفق الطرفان، وفق بلاغ، على …: it stands in the middle of what it attributes.
                let set_off = at > start && syntax.class(at - 1) == Class::Comma;
                let comma = (past..end).find(|i| syntax.class(*i) == Class::Comma).filter(|_| set_off);
                let ends = comma.map_or(past, |comma| comma + 1);
                let middle = at < start + 5 && end > ends + (at - start);
                let (from, to) = if middle { (ends, end) } else { (start, at) };
                content::span(syntax, from, to).map(|s| (s, QuoteKind::Indirect))
            }
        };
        let Some((content, quote)) = span else { return };
        let mut cue = syntax.word(at).host_span;
        cue.start = cue.start.max(syntax.word(at).span.start);
        if !syntax.word(at).has_conjunction() {
            cue = syntax.word(at).span;
        }
        self.push(Draft {
            at,
            cue: Span::new(cue.start, cue.end),
            content,
            quote,
            source,
            via,
            noun,
            marked: opener.is_some(),
            inherited: false,
            opener,
            basis,
        });
    }
}

/// A cue that attributes by itself, and how many words it takes. Phrases that only say where somebody spoke (في بيان, لوكالة) and
/// nouns that need a verb are none.
pub(super) fn phrase_cue(syntax: &Syntax<'_>, at: usize) -> Option<(usize, ClaimCue)> {
    let word = syntax.reading.words.get(at)?;
    let first = bare(word);
    let attached_to = word.has_preposition() && first.starts_with('ل');
    let spoken_at = matches!(first, "في" | "عبر" | "عن" | "علي")
        && !matches!(next_folded(syntax, at), "حد" | "ذمه" | "لسان");
    if attached_to || spoken_at || syntax.class(at) == Class::Verb {
        return None;
    }
    if readings_of(word).any(|r| r.form.is_event_noun()) && !word.has_preposition() {
        return None;
    }
    let words = &syntax.reading.words;
    let sentence_end = syntax.sentence(at).end;
    let lexicon = lexicon::get();
    // An attribution of its own stands at the head or after a comma, or is one of those that are nothing else.
    let found: Vec<(usize, ClaimCue)> = lexicon
        .claim_cues
        .matches(
            first,
            |n| words.get(at + n).filter(|_| at + n < sentence_end).map(|w| w.folded.as_str()),
            |n, particle| {
                words
                    .get(at + n)
                    .filter(|_| at + n < sentence_end)
                    .is_some_and(|w| w.proclitics.contains(&particle))
            },
        )
        .map(|(length, cue)| (length, *cue))
        .collect();
    // بحسب تعبيره points to a claim that is there already.
    if found.iter().any(|(_, cue)| cue.source == SourceSlot::Before) {
        return None;
    }
    // The shortest cue leaves the whole description of the source: بحسب | مصادر أمنية.
    let shortest = found.iter().rev().find(|(_, cue)| cue.source == SourceSlot::After);
    shortest.or(found.first()).copied().filter(|_| Preposition::of(first).is_none() || first == "علي")
}

fn next_folded<'s>(syntax: &'s Syntax<'_>, at: usize) -> &'s str {
    syntax.reading.folded(at + 1)
}

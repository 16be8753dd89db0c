//! What is said without أن: أعلنت الوزارة استهداف …, تعهد بدعم …, تساءل عما ….

use marsad_arabic::clitics::Proclitic;

use super::content::{Opening, REACH, continues_by_participle, reports};
use crate::lexicon::{self, Opener, Preposition, Reporting, WordForm};
use crate::syntax::{Class, Marker, Syntax, bare, readings_of};

/// Whether a noun can open what is said without أن: an event noun, or one such as عدم, استعداد, مسؤولية.
pub(super) fn tells(syntax: &Syntax<'_>, at: usize) -> bool {
    let word = syntax.word(at);
    syntax.event_nouns(at).next().is_some()
        || readings_of(word).any(|r| r.form.is_event_noun())
        || lexicon::get().is_in_class("proposition", &word.stem)
}

/// تساءل عما إذا: what a verb with عن is about.
pub(super) fn about_what(syntax: &Syntax<'_>, cue: usize, preposition: Preposition) -> Option<usize> {
    let end = syntax.sentence(cue).end.min(cue + 8);
    (cue + 1..end)
        .take_while(|at| !matches!(syntax.class(*at), Class::Comma | Class::Stop | Class::That | Class::Verb))
        .find(|at| preposition == Preposition::About && bare(syntax.word(*at)) == "عما")
}

/// A content that is a noun phrase: أعلنت الوزارة استهداف …, دعا إلى انسحاب ….
pub(super) fn nominal_opening(
    syntax: &Syntax<'_>,
    cue: usize,
    reporting: &Reporting,
    demands: bool,
) -> Option<Opening> {
    let arguments = syntax.arguments(cue);
    let open = |head: usize, at: usize| Some(Opening { at, start: head, marked: false, direct: false });
    let sentence = syntax.sentence(cue);
    if let Some(needed) = &reporting.needs {
        let near = cue + 1..sentence.end.min(cue + REACH / 2);
        if !near.into_iter().any(|at| syntax.word(at).stem == *needed) {
            return None;
        }
    }
    for opener in &reporting.openers {
        match opener {
            Opener::After(p) | Opener::That(Some(p)) => {
                if let Some(what) = about_what(syntax, cue, *p) {
                    return open(what, what);
                }
                if matches!(opener, Opener::That(_)) && !demands {
                    continue;
                }
                let found = arguments.prepositional.iter().find(|pp| pp.marker == Marker::Plain(*p));
                if let Some(pp) = found
                    && (demands && *p != Preposition::For
                        || tells(syntax, pp.phrase.head)
                        || matches!(opener, Opener::After(Preposition::About)))
                    && !syntax.info[pp.phrase.head].time
                {
                    return open(pp.phrase.first.start, pp.at);
                }
                if found.is_none()
                    && let Some(opening) = far_phrase(syntax, cue, *p, demands)
                {
                    return Some(opening);
                }
            }
            Opener::Object => {
                // يعتبر القرار باطلا can be passive.
                let judges = reporting.judges
                    && (syntax.info[cue].verbs.iter()).any(|reading| reading.form != WordForm::Imperfect);
                let object = if arguments.subject_first { &arguments.subject } else { &arguments.object };
                for phrase in [&arguments.object, object].into_iter().flatten() {
                    let said = tells(syntax, phrase.head) && !syntax.word(phrase.head).article;
                    if phrase.first.start > cue && (said || judges) {
                        return open(phrase.first.start, phrase.first.start);
                    }
                }
                // أعلنت استهداف …: the subject is known from before.
                if let Some(subject) = arguments.subject.as_ref().filter(|s| s.first.start == cue + 1)
                    && arguments.object.is_none()
                    && tells(syntax, subject.head)
                    && !syntax.word(subject.head).article
                {
                    return open(subject.first.start, subject.first.start);
                }
                if let Some(at) = far_object(syntax, cue) {
                    return open(at, at);
                }
            }
            Opener::That(None) | Opener::Colon | Opener::Saying(_) => {}
        }
    }
    None
}

/// تعهد في خطاب ألقاه بمحاربة …, كشف، خلال مؤتمر عقده، عن …: a phrase of the verb behind another clause.
fn far_phrase(syntax: &Syntax<'_>, cue: usize, preposition: Preposition, demands: bool) -> Option<Opening> {
    let end = syntax.sentence(cue).end.min(cue + REACH / 2);
    let ends = |at: usize| {
        matches!(syntax.class(at), Class::Stop | Class::That)
            || preposition == Preposition::By && syntax.class(at) == Class::Comma
            || continues_by_participle(syntax, at)
            || reports(syntax, at)
    };
    let start = (cue + 1..end).take_while(|at| !ends(*at)).find_map(|at| {
        let by = preposition == Preposition::By
            && syntax.class(at) == Class::Nominal
            && syntax.word(at).proclitics.contains(&Proclitic::By)
            && syntax.info[at].mention.is_none()
            && demands;
        // قررت الدار التوقف عن الصدور is about stopping.
        let about = preposition == Preposition::About
            && !tells(syntax, at - 1)
            && syntax.class(at) == Class::Preposition(Some(Preposition::About))
            && syntax.class(at + 1) == Class::Nominal;
        if about { Some(at + 1) } else { by.then_some(at) }
    })?;
    let time = syntax.info[start].time;
    Some(Opening { at: start, start, marked: false, direct: false }).filter(|_| !time)
}

/// أعلنت الجماعة، وهي …، مسؤوليتها: an object behind words between commas.
fn far_object(syntax: &Syntax<'_>, cue: usize) -> Option<usize> {
    let end = syntax.sentence(cue).end.min(cue + REACH / 2);
    (cue + 1..end)
        .take_while(|at| !matches!(syntax.class(*at), Class::Stop | Class::That | Class::Verb))
        .find(|at| {
            let word = syntax.word(*at);
            syntax.class(at - 1) == Class::Comma
                && syntax.class(*at) == Class::Nominal
                && !word.article
                && !word.has_conjunction()
                && !word.has_preposition()
                && !continues_by_participle(syntax, *at)
                && tells(syntax, *at)
        })
}

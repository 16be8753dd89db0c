//! One event once: a later mention of an event is folded into the first one in the body.

use rustc_hash::{FxHashMap, FxHashSet};

use marsad_model::ontology::{EventType, Modality, Polarity, SegmentKind};
use marsad_model::{EntityId, TimeInterval};

use super::Draft;
use super::arguments::country_around;
use super::earlier;
use super::trigger::Sentence;
use crate::lexicon::{self, Part, Preposition, Slot};
use crate::syntax::{Class, Marker, Syntax, bare};

/// Events of one type among which one that is told again is looked for: more than an article that people read has.
const REMEMBERED: usize = 100;

/// Words from who was killed to who was hurt, at most.
const COORDINATED: usize = 14;

/// Drops mentions that tell again what another one tells. A mention in a heading gives way to one in the body; the title's stays,
/// and says which one it repeats.
pub(super) fn once(drafts: Vec<Draft>) -> Vec<Draft> {
    let (body, headings): (Vec<Draft>, Vec<Draft>) =
        drafts.into_iter().partition(|draft| draft.segment == SegmentKind::Body);
    let mut kept = Kept::default();
    for draft in body {
        match kept.last(&draft, tells_again) {
            Some(known) => absorb(known, &draft),
            None if is_dropped(&draft) => {}
            None => kept.push(draft),
        }
    }
    let mut others = Kept::default();
    for mut draft in headings {
        if is_dropped(&draft) {
            continue;
        }
        let title = draft.segment == SegmentKind::Title;
        if let Some(known) = others.last(&draft, tells_again) {
            known.join(&draft);
        } else if let Some(known) = kept.first(&draft, is_in_body_too) {
            known.join(&draft);
            if title {
                // What the body says of it holds of it.
                absorb(&mut draft, known);
                draft.repeats = Some(known.span);
                others.push(draft);
            }
        } else {
            others.push(draft);
        }
    }
    let mut all = kept.drafts;
    all.extend(others.drafts);
    all.sort_by_key(|draft| draft.span);
    all
}

/// Events told so far, by their type.
#[derive(Default)]
struct Kept {
    drafts: Vec<Draft>,
    by_type: FxHashMap<EventType, Vec<usize>>,
}

impl Kept {
    fn push(&mut self, draft: Draft) {
        self.by_type.entry(draft.trigger.sense.event_type).or_default().push(self.drafts.len());
        self.drafts.push(draft);
    }

    fn of_type(&self, draft: &Draft) -> &[usize] {
        self.by_type.get(&draft.trigger.sense.event_type).map_or(&[], Vec::as_slice)
    }

    /// The last event of the same type that fits.
    fn last(&mut self, draft: &Draft, fits: impl Fn(&Draft, &Draft) -> bool) -> Option<&mut Draft> {
        let near = self.of_type(draft).iter().rev().take(REMEMBERED);
        let found = near.copied().find(|at| self.drafts.get(*at).is_some_and(|known| fits(known, draft)))?;
        self.drafts.get_mut(found)
    }

    /// The first event of the same type that fits.
    fn first(&mut self, draft: &Draft, fits: impl Fn(&Draft, &Draft) -> bool) -> Option<&mut Draft> {
        let near = self.of_type(draft).iter().take(REMEMBERED);
        let found = near.copied().find(|at| self.drafts.get(*at).is_some_and(|known| fits(known, draft)))?;
        self.drafts.get_mut(found)
    }
}

/// The dead and wounded of an attack are part of it: هجوم أوقع 3 قتلى is one event. Takes the events of one sentence.
pub(super) fn fold_casualties(
    syntax: &Syntax<'_>,
    sentence: &Sentence<'_>,
    drafts: Vec<Draft>,
) -> Vec<Draft> {
    let mut kept = drafts;
    // Attacks that say themselves whom they hit; of the others the victims may be of several states.
    let aimed: FxHashSet<usize> =
        kept.iter().filter(|draft| !draft.recipients.is_empty()).map(|draft| draft.trigger.at).collect();
    // مقتل ثلاثة في هجوم: the killing is what the sentence tells, the attack how.
    let mut headed: Vec<(usize, Draft)> = Vec::new();
    let mut at = 0;
    while at < kept.len() {
        let attack = kept
            .iter()
            .enumerate()
            .filter(|(other, attack)| {
                let casualty = &kept[at];
                let within = is_within(sentence, casualty, attack);
                let aimed = aimed.contains(&attack.trigger.at) && !within;
                *other != at
                    && (casualty.actors.is_empty()
                        || (within || goes_on(syntax, casualty, attack))
                            && agree(&casualty.actors, &attack.actors))
                    && takes_casualties(attack, casualty, aimed)
                    && !are_attackers(syntax, casualty, attack)
                    && !is_answered(syntax, sentence, casualty, attack)
            })
            .min_by_key(|(_, attack)| attack.trigger.at.abs_diff(kept[at].trigger.at))
            .map(|(other, _)| other);
        let Some(attack) = attack.filter(|_| kept[at].trigger.sense.is_casualty()) else {
            at += 1;
            continue;
        };
        let casualty = kept.remove(at);
        let attack = &mut kept[if attack > at { attack - 1 } else { attack }];
        let aims = aimed.contains(&attack.trigger.at);
        if aims && !agree(&attack.recipients, &casualty.recipients) {
            // مقتل 50 فلسطينيا في غارات على رفح: whom it befell, and where.
            let (sites, others): (Vec<EntityId>, Vec<EntityId>) =
                attack.recipients.drain(..).partition(|entity| syntax.is_site(entity));
            attack.places.extend(sites);
            attack.recipients = others;
            attack.recipients.extend(casualty.recipients.iter().cloned());
        } else if !aims {
            let victims = casualty.recipients.iter().filter(|e| !attack.actors.contains(e)).cloned();
            let victims: Vec<EntityId> = victims.filter(|e| !attack.recipients.contains(e)).collect();
            attack.recipients.extend(victims);
        }
        // Those who may have been hurt were attacked, but are not counted.
        if !same_reality(attack, &casualty) {
            absorb(attack, &casualty);
            continue;
        }
        attack.quantities.retain(|link| !casualty.quantities.iter().any(|other| other.index == link.index));
        attack.quantities.extend(casualty.quantities.iter().copied());
        attack.quantities.sort_by_key(|link| link.index);
        // قتل ثلاثة وأصيب آخرون في هجوم تبنته جماعة: what the clause says stands in its verb.
        let says = casualty.trigger.form.is_finite();
        let kills = casualty.trigger.sense.mode == Some("ASSAULT_KILL") && !attack.supported;
        let under =
            casualty.trigger.at < attack.trigger.at && !attack.trigger.form.is_finite() && (says || kills);
        // Who names its victims tells an attack.
        attack.supported = true;
        absorb(attack, &casualty);
        if under && headed.iter().all(|(of, _)| *of != attack.trigger.at) {
            headed.push((attack.trigger.at, casualty));
        }
    }
    for (attack, killing) in headed {
        if let Some(attack) = kept.iter_mut().find(|draft| draft.trigger.at == attack) {
            let Draft { trigger, span, definite, tense, .. } = killing;
            *attack = Draft { trigger, span, definite, tense, ..attack.clone() };
        }
    }
    kept.sort_by_key(|draft| draft.trigger.at);
    fold_wounded(syntax, kept)
}

/// قتل ثلاثة في هجوم, مقتل قيادي بغارة, أوقع القصف ثلاثة: the attack stands in a phrase of the killing's own, or is its subject.
fn is_within(sentence: &Sentence<'_>, casualty: &Draft, attack: &Draft) -> bool {
    let at = casualty.trigger.at;
    let mut links = sentence.governors.get(&attack.trigger.at).into_iter().flatten();
    let causes = casualty.trigger.sense.frame.part(Slot::Subject) == Some(Part::Instrument);
    if causes && links.any(|(verb, slot)| *verb == at && *slot == Slot::Subject) {
        return true;
    }
    let phrases = match (sentence.verbs.get(&at), sentence.nouns.get(&at)) {
        (Some(verb), _) => &verb.prepositional,
        (None, Some(noun)) => &noun.prepositional,
        (None, None) => return false,
    };
    phrases.iter().any(|pp| {
        let how = matches!(pp.marker, Marker::Plain(Preposition::In | Preposition::By) | Marker::Other);
        how && pp.phrase.head == attack.trigger.at
    })
}

/// قصفت البلدة فقتلت 16: who attacked killed so many by it.
fn goes_on(syntax: &Syntax<'_>, casualty: &Draft, attack: &Draft) -> bool {
    // شنت غارات فقتلت 16: the light verb is the attack's.
    let verbs = casualty.trigger.form.is_finite() && (attack.trigger.form.is_finite() || attack.supported);
    verbs
        && attack.trigger.at < casualty.trigger.at
        && syntax.word(casualty.trigger.at).has_conjunction()
        && !casualty.quantities.is_empty()
        && have_common(&casualty.actors, &attack.actors)
}

/// غارات ردا على مقتل ثلاثة, قصف بعد مقتل ثلاثة: what is answered, or went before, is another attack.
fn is_answered(syntax: &Syntax<'_>, sentence: &Sentence<'_>, casualty: &Draft, attack: &Draft) -> bool {
    let counted = !casualty.recipients.is_empty() || !casualty.quantities.is_empty();
    let (casualty, attack) = (casualty.trigger.at, attack.trigger.at);
    let later = casualty.max(attack);
    if earlier::opening(syntax, sentence.words.start, later).is_some_and(|at| casualty.min(attack) < at) {
        return true;
    }
    let before = later.checked_sub(1).map(|before| if syntax.class(before) == Class::That { 2 } else { 1 });
    let word = before.and_then(|back| later.checked_sub(back)).map_or("", |at| bare(syntax.word(at)));
    counted && casualty == later && matches!(word, "بعد" | "عقب" | "غداه" | "منذ" | "قبيل" | "بعيد")
}

/// قتل أربعة وأصيب ستة, مقتل أربعة وإصابة ستة: who was killed and who was hurt in one attack that nothing else tells.
fn fold_wounded(syntax: &Syntax<'_>, drafts: Vec<Draft>) -> Vec<Draft> {
    let mut kept: Vec<Draft> = Vec::new();
    for draft in drafts {
        let wounds =
            draft.trigger.sense.mode == Some("ASSAULT_WOUND") && syntax.reading.is_and(draft.trigger.at);
        let killing = kept.last_mut().filter(|known| {
            wounds
                && known.trigger.sense.mode == Some("ASSAULT_KILL")
                && known.trigger.form.is_finite() == draft.trigger.form.is_finite()
                && draft.trigger.at - known.trigger.at <= COORDINATED
                && !known.quantities.is_empty()
                && agree(&known.actors, &draft.actors)
                && agree(&known.recipients, &draft.recipients)
                && same_reality(known, &draft)
        });
        match killing {
            Some(known) => {
                known.quantities.extend(draft.quantities.iter().copied());
                absorb(known, &draft);
            }
            None => kept.push(draft),
        }
    }
    kept
}

/// قتل المسلحين الذين شاركوا في الهجوم: a relative clause says what those who were killed had to do with the attack; قتل أربعة من
/// المتهمين بالهجوم: so does what they are called.
fn are_attackers(syntax: &Syntax<'_>, casualty: &Draft, attack: &Draft) -> bool {
    let before = (casualty.trigger.at + 1..attack.trigger.at).rev().take(2);
    let accused = |at: usize| lexicon::get().is_in_class("accused", &syntax.word(at).stem);
    if before.into_iter().any(accused) {
        return true;
    }
    let between = casualty.trigger.at + 1..attack.trigger.at;
    let clause = between
        .rev()
        .take_while(|at| !matches!(syntax.class(*at), Class::Comma | Class::Stop | Class::That))
        .find(|at| syntax.class(*at) == Class::Relative);
    clause.is_some_and(|relative| {
        syntax.after_measure(relative).is_none()
            && syntax.class(relative + 1) == Class::Verb
            && (relative + 2..attack.trigger.at).all(|at| syntax.class(at) != Class::Verb)
            && syntax.class(attack.trigger.at - 1) != Class::Relative
    })
}

fn takes_casualties(attack: &Draft, casualty: &Draft, aimed: bool) -> bool {
    attack.trigger.sense.event_type == EventType::Assault
        && !attack.trigger.sense.is_casualty()
        && attack.trigger.at.abs_diff(casualty.trigger.at) <= 25
        && attack.polarity == casualty.polarity
        // مقتل 16 … نافيا العلم بالضربات: those are dead.
        && (same_reality(attack, casualty) || casualty.modality != Modality::Actual)
        && (!aimed || are_of_one_land(&attack.recipients, &casualty.recipients))
}

/// Whether those who were hit may be those who were hurt: people of a state and a town in it are.
fn are_of_one_land(hit: &[EntityId], hurt: &[EntityId]) -> bool {
    let within = |place: &EntityId, land: &EntityId| country_around(place).is_some_and(|id| id == land.0);
    agree(hit, hurt) || hit.iter().any(|a| hurt.iter().any(|b| within(a, b) || within(b, a)))
}

/// A noun that nothing speaks for: no participant, place, number, time or light verb.
fn is_dropped(draft: &Draft) -> bool {
    let asserted = draft.modality == Modality::Generic
        || draft.modality == Modality::Actual && draft.polarity == Polarity::Affirmed;
    let bare = !draft.trigger.form.is_finite()
        && !draft.supported
        && !draft.told
        && draft.bare
        && draft.time.is_none();
    bare && asserted && !draft.judged || is_unhurt(draft)
}

/// لم يصب بأذى: that nobody was hurt is no event.
fn is_unhurt(draft: &Draft) -> bool {
    draft.polarity == Polarity::Negated && draft.trigger.sense.is_casualty()
}

/// Whether one set of participants leaves room for the other.
fn agree(a: &[EntityId], b: &[EntityId]) -> bool {
    a.is_empty() || b.is_empty() || have_common(a, b)
}

fn have_common(a: &[EntityId], b: &[EntityId]) -> bool {
    a.iter().any(|entity| b.contains(entity))
}

/// Whether both happened, or neither; what has not happened so far is not what never will.
fn same_reality(a: &Draft, b: &Draft) -> bool {
    let is_actual = |d: &Draft| d.modality == Modality::Actual && d.polarity == Polarity::Affirmed;
    let refused = |d: &Draft| d.polarity == Polarity::Negated && d.modality != Modality::Actual;
    is_actual(a) == is_actual(b) && refused(a) == refused(b)
}

fn compatible(known: &Draft, draft: &Draft) -> bool {
    let times = match (known.time, draft.time) {
        (Some(a), Some(b)) => {
            let before = a.latest.zip(b.earliest).is_some_and(|(x, y)| x < y);
            let after = b.latest.zip(a.earliest).is_some_and(|(x, y)| x < y);
            !before && !after
        }
        _ => true,
    };
    known.trigger.sense.event_type == draft.trigger.sense.event_type
        && agree(&known.actors, &draft.actors)
        && agree(&known.recipients, &draft.recipients)
        && agree(&known.places, &draft.places)
        && times
}

/// A definite noun that adds nothing refers back; otherwise the same word with the same participants tells the same.
fn tells_again(known: &Draft, draft: &Draft) -> bool {
    if !compatible(known, draft) {
        return false;
    }
    let refers_back = draft.definite && !draft.trigger.form.is_finite() && draft.bare;
    let same_word = known.trigger.lexeme.lemma == draft.trigger.lexeme.lemma
        || known.trigger.sense.mode.is_some() && known.trigger.sense.mode == draft.trigger.sense.mode;
    let shares = known.actors.iter().any(|e| draft.actors.contains(e))
        || known.recipients.iter().any(|e| draft.recipients.contains(e))
        || draft.bare && !tells_another_time(known, draft) && !draft.anew;
    refers_back || same_word && shares && same_reality(known, draft)
}

/// A verb with a time of its own, where the event had none, tells another one (ونوقش ذلك العام الماضي).
fn tells_another_time(known: &Draft, draft: &Draft) -> bool {
    draft.trigger.form.is_finite() && draft.time.is_some() && known.time.is_none()
}

/// A heading's event is told in the body where both have a participant in common, or the heading names none but the place.
fn is_in_body_too(known: &Draft, draft: &Draft) -> bool {
    let shared = (known.actors.iter().chain(&known.recipients))
        .any(|entity| draft.actors.contains(entity) || draft.recipients.contains(entity));
    // A heading inside: قصف قرية في أرمينيا, nobody but the place, and the body tells of shelling there.
    let same_there = draft.segment == SegmentKind::Heading
        && draft.actors.is_empty()
        && draft.recipients.is_empty()
        && known.trigger.sense.mode == draft.trigger.sense.mode
        && known.places.iter().any(|place| draft.places.contains(place));
    compatible(known, draft) && (shared || draft.bare || same_there)
}

/// Whether both ends of a time lie within another one.
fn contains(outer: TimeInterval, inner: TimeInterval) -> bool {
    let from = outer.earliest.zip(inner.earliest).is_some_and(|(a, b)| a <= b);
    let until = outer.latest.zip(inner.latest).is_some_and(|(a, b)| a >= b);
    from && until
}

/// What the later mention knows and the first does not.
fn absorb(known: &mut Draft, draft: &Draft) {
    known.join(draft);
    known.probability = known.probability.max(draft.probability);
    let finer = known.time.zip(draft.time).is_some_and(|(a, b)| contains(a, b));
    if (known.time.is_none() || finer) && same_reality(known, draft) {
        known.time = draft.time;
        known.time_origin = draft.time_origin;
    }
    // في الهجوم: an attack that the text takes for known was before.
    let new = known.supported || !known.definite;
    if known.scene.is_none() && new && same_reality(known, draft) {
        known.scene = draft.scene;
    }
    if known.actors.is_empty() {
        known.actors.clone_from(&draft.actors);
    }
    if known.recipients.is_empty() {
        known.recipients = draft.recipients.iter().filter(|e| !known.actors.contains(e)).cloned().collect();
    }
    if known.places.is_empty() {
        known.places.clone_from(&draft.places);
    }
}

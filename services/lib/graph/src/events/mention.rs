//! What one article says of its events, as small as joining and describing need it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use marsad_arabic::orthography::fold;
use marsad_model::analysis::{self, Analysis, TimeInterval};
use marsad_model::id::{ArticleId, ClaimId, EntityId, EventId, EventKey};
use marsad_model::ontology::{EntityType, EventType, QuantityRole, SegmentKind, Standing, Tense};
use marsad_model::{Amount, EventKeys, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::context::{Context, Setting, settings};
use super::denial::{Denial, denial};
use super::kinds::{is_counted, sets_of};
use crate::hash::fnv;
use crate::words::Reading;

/// The events of one article, with the tables that they point into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArticleEvents {
    /// The article.
    pub article: ArticleId,
    /// Its publication day, stated or linked.
    pub published: Option<Date>,
    /// Its outlet, where known.
    pub outlet: Option<EntityId>,
    /// Whom and what the events and claims refer to.
    pub parties: Box<[Party]>,
    /// The claims that events stand in.
    pub claims: Box<[Source]>,
    /// The modes of the events.
    pub modes: Box<[Box<str>]>,
    /// The events, in order of their triggers.
    pub mentions: Box<[Mention]>,
}

/// A participant or place as events are compared by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its id in the analysis.
    pub id: EntityId,
    /// What it is.
    pub entity_type: EntityType,
    /// Hash of who it is; one word that is local to its article counts by the word.
    pub own: u64,
    /// Hash of whom it acts for: its state or organization, by its roll-up or the office that the article gives it; itself otherwise.
    pub side: u64,
    /// Hash of a person's last name.
    pub surname: u64,
    /// Known by one word only, so that a longer name may be the same.
    pub local: bool,
}

/// A claim that an event stands in, and who makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The claim.
    pub claim: ClaimId,
    /// Position in [`ArticleEvents::parties`] of its source, where named.
    pub source: Option<u16>,
}

/// A party's part in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    /// It did it.
    Actor,
    /// It was done to it.
    Recipient,
    /// It was there.
    Place,
    /// A person that its sentence names, whatever for.
    Beside,
}

/// A number of an event and the words that give it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The number.
    pub amount: Amount,
    /// The words.
    pub start: u32,
    /// Their end.
    pub end: u32,
}

impl Figure {
    /// The words that give it, in bytes of the article's text.
    pub fn span(&self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }
}

/// One event of one article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Its id.
    pub event: EventId,
    /// What it is known by in every analysis of its article; none where its trigger slices no text.
    pub key: Option<EventKey>,
    /// For an event of the title: position in [`ArticleEvents::mentions`] of the event of the body that is the same.
    pub repeats: Option<u16>,
    /// An analyst says that it is no event, or that what it repeats is none.
    #[serde(skip)]
    pub rejected: bool,
    /// What it is.
    pub event_type: EventType,
    /// Position of its mode in [`ArticleEvents::modes`].
    pub mode: Option<u16>,
    /// Which modes may be one event with it (see [`super::kinds::sets_of`]).
    pub mode_sets: u64,
    /// Hash of the root-like letters of its lemma: هجوم and هجمة, طرد and يطرد have one.
    pub word: u32,
    /// First byte of the trigger.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// Who did what to whom, where: positions in [`ArticleEvents::parties`].
    pub parts: Box<[(Part, u16)]>,
    /// When.
    pub time: Option<TimeInterval>,
    /// Where it has no time: from the first to the last day that its sentence names.
    pub beside: Option<TimeInterval>,
    /// How real.
    pub standing: Standing,
    /// How the event itself is denied. Of other events in a negated sentence the negation says little.
    pub denial: Option<Denial>,
    /// Grammatical time of the trigger.
    pub tense: Tense,
    /// Told as background to the news.
    pub background: bool,
    /// Told in the title.
    pub title: bool,
    /// Told in the title or the first two sentences: most likely the news itself.
    pub lead: bool,
    /// Several attacks, arrests or protests told as one.
    pub series: bool,
    /// Its numbers.
    pub figures: Box<[Figure]>,
    /// Position in [`ArticleEvents::claims`] of the claim that it stands in.
    pub claim: Option<u16>,
    /// Which sentence of the article it stands in.
    pub sentence: u16,
    /// The words around it, as [`Context`] holds them.
    pub context: Context,
}

/// An event with the article that tells it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Told<'a> {
    /// The article.
    pub article: &'a ArticleEvents,
    /// The event.
    pub mention: &'a Mention,
}

impl<'a> Told<'a> {
    /// Whether it is joined with others: it is an event, and no title that repeats one.
    pub fn is_joined(self) -> bool {
        self.mention.repeats.is_none() && !self.mention.rejected
    }

    /// The parties that have that part in the event.
    pub fn parties(self, part: Part) -> impl Iterator<Item = &'a Party> + Clone {
        let all = &self.article.parties;
        (self.mention.parts.iter())
            .filter(move |(given, _)| *given == part)
            .filter_map(move |(_, at)| all.get(usize::from(*at)))
    }

    /// Actors and recipients, for what both sides do to each other.
    pub fn sides(self) -> impl Iterator<Item = &'a Party> + Clone {
        self.parties(Part::Actor).chain(self.parties(Part::Recipient))
    }

    /// The finer class.
    pub fn mode(self) -> Option<&'a str> {
        self.article.modes.get(usize::from(self.mention.mode?)).map(|mode| &**mode)
    }

    /// The claim that it stands in, and the source of that claim.
    pub fn claim(self) -> Option<(ClaimId, Option<&'a EntityId>)> {
        let source = self.article.claims.get(usize::from(self.mention.claim?))?;
        let party = source.source.and_then(|at| self.article.parties.get(usize::from(at)));
        Some((source.claim, party.map(|party| &party.id)))
    }

    /// Its trigger, in bytes of the article's text.
    pub fn trigger(self) -> Span {
        Span::new(self.mention.start as usize, self.mention.end as usize)
    }

    /// Whether its time is more than the day of the article, which a mention in passing gets from the sentence around it.
    pub fn is_dated_on_purpose(self) -> bool {
        let own = |day| self.mention.time == Some(TimeInterval { earliest: Some(day), latest: Some(day) });
        let in_passing = self.mention.tense == Tense::None && !self.mention.title;
        self.mention.time.is_some() && !(in_passing && self.article.published.is_some_and(own))
    }

    /// Article and event: the canonical order of mentions.
    pub fn key(self) -> (ArticleId, EventId) {
        (self.article.article, self.mention.event)
    }
}

impl ArticleEvents {
    /// What an article says of its events. `published` is the day that it states or that other articles gave it; `text` is the one that
    /// the analysis was made of.
    pub fn of(article: ArticleId, published: Option<Date>, analysis: &Analysis, text: &str) -> Self {
        Self::of_reading(article, published, analysis, &Reading::new(text, analysis))
    }

    pub(crate) fn of_reading(
        article: ArticleId,
        published: Option<Date>,
        analysis: &Analysis,
        reading: &Reading<'_>,
    ) -> Self {
        let text = reading.text;
        let mut tables = Tables::new(analysis);
        let settings = settings(reading, analysis);
        let positions: FxHashMap<EventId, u16> = analysis
            .events
            .iter()
            .enumerate()
            .filter_map(|(at, e)| Some((e.id, u16::try_from(at).ok()?)))
            .collect();
        let keys = EventKeys::new(article, text);
        let mut occasions: FxHashMap<EventId, Vec<usize>> = FxHashMap::default();
        for (event, at) in self::occasions(analysis, &settings) {
            occasions.entry(event).or_default().push(at);
        }
        let events = analysis.events.iter().take(usize::from(u16::MAX)).zip(settings);
        let mentions = events
            .map(|(event, setting)| {
                let Setting { sentence, opening, context, entities, days, .. } = setting;
                let linked = event.quantities.iter().map(|link| (link.role, link.index));
                let repeated = occasions.get(&event.id).into_iter().flatten();
                let repeated = repeated.map(|at| (QuantityRole::Attacks, *at));
                let figures = (linked.chain(repeated))
                    .filter_map(|(role, at)| Some(figure(role, analysis.quantities.get(at)?)))
                    .collect();
                let word = event.trigger.of(text).unwrap_or_default();
                let claim = event.claim.and_then(|id| tables.given.get(&id).copied());
                let in_title =
                    reading.part(event.trigger.start, event.trigger.end) == Some(SegmentKind::Title);
                let mut mention = Mention {
                    event: event.id,
                    key: keys.key(event.trigger, event.event_type),
                    repeats: event.repeats.and_then(|id| positions.get(&id).copied()),
                    rejected: false,
                    event_type: event.event_type,
                    mode: event.mode.as_deref().and_then(|mode| tables.mode(mode)),
                    mode_sets: event.mode.as_deref().map_or(0, |mode| sets_of(event.event_type, mode)),
                    word: fnv(root_letters(&event.lemma).as_bytes()) as u32,
                    start: event.trigger.start as u32,
                    end: event.trigger.end as u32,
                    parts: tables.parts(event, analysis.mentions.get(entities).unwrap_or_default()),
                    time: event.time,
                    beside: if event.time.is_none() { days } else { None },
                    standing: Standing::of(event.polarity, event.modality),
                    denial: denial(event, claim, text),
                    tense: event.tense,
                    background: event.background,
                    title: in_title,
                    lead: false,
                    series: false,
                    figures,
                    claim: claim.and_then(|claim| tables.claim(claim)),
                    sentence,
                    context,
                };
                mention.lead = mention.title || opening;
                mention.series = is_series(&mention, word, &event.lemma);
                mention
            })
            .collect();
        Self {
            article,
            published,
            outlet: analysis.outlet.clone(),
            parties: tables.parties.into(),
            claims: tables.claims.into(),
            modes: tables.modes.into(),
            mentions,
        }
    }

    /// The event of the body that a mention stands for: itself, but for one of a title that repeats another.
    pub fn body<'a>(&'a self, mention: &'a Mention) -> &'a Mention {
        mention.repeats.and_then(|at| self.mentions.get(usize::from(at))).unwrap_or(mention)
    }

    /// The events, each with the article.
    pub fn told(&self) -> impl Iterator<Item = Told<'_>> {
        self.mentions.iter().map(|mention| Told { article: self, mention })
    }
}

/// Most persons beside an event that are kept.
const BESIDE: usize = 6;

/// The tables of an article, filled as its events need them.
struct Tables<'a> {
    entities: FxHashMap<&'a EntityId, &'a analysis::Entity>,
    offices: BTreeMap<&'a EntityId, &'a EntityId>,
    parties: Vec<Party>,
    places: FxHashMap<&'a EntityId, u16>,
    /// The claims of the analysis.
    given: FxHashMap<ClaimId, &'a analysis::Claim>,
    claims: Vec<Source>,
    claim_places: FxHashMap<ClaimId, u16>,
    modes: Vec<Box<str>>,
}

impl<'a> Tables<'a> {
    fn new(analysis: &'a Analysis) -> Self {
        let entities = analysis.entities.iter().map(|entity| (&entity.id, entity)).collect();
        let mut offices = BTreeMap::new();
        for role in &analysis.roles {
            if let (Some(holder), Some(body)) = (&role.entity, &role.body) {
                offices.entry(holder).or_insert(body);
            }
        }
        let given = analysis.claims.iter().map(|claim| (claim.id, claim)).collect();
        let (parties, places, claims, claim_places, modes) = Default::default();
        Self { entities, offices, parties, places, given, claims, claim_places, modes }
    }

    fn parts(&mut self, event: &'a analysis::Event, beside: &'a [analysis::Mention]) -> Box<[(Part, u16)]> {
        let lists = [
            (Part::Actor, &event.actors),
            (Part::Recipient, &event.recipients),
            (Part::Place, &event.places),
        ];
        let mut parts: Vec<(Part, u16)> = Vec::new();
        for (part, id) in lists.into_iter().flat_map(|(part, ids)| ids.iter().map(move |id| (part, id))) {
            parts.extend(self.party(id).map(|party| (part, party)));
        }
        let mut persons: Vec<&EntityId> =
            beside.iter().filter(|m| m.entity_type == EntityType::Person).map(|m| &m.entity).collect();
        persons.sort_unstable();
        persons.dedup();
        for id in persons.into_iter().take(BESIDE) {
            parts.extend(self.party(id).map(|party| (Part::Beside, party)));
        }
        parts.into()
    }

    fn party(&mut self, id: &'a EntityId) -> Option<u16> {
        if let Some(at) = self.places.get(id) {
            return Some(*at);
        }
        let entity = self.entities.get(id)?;
        let at = u16::try_from(self.parties.len()).ok()?;
        let name = fold(&entity.name);
        let local = id.as_str().starts_with("local:");
        let own = if local { fnv(name.as_bytes()) } else { fnv(id.as_str().as_bytes()) };
        let side = self.side(id);
        self.parties.push(Party {
            id: id.clone(),
            entity_type: entity.entity_type,
            own,
            side: if side == id { own } else { fnv(side.as_str().as_bytes()) },
            surname: name.split_whitespace().next_back().map_or(0, |word| fnv(word.as_bytes())),
            local,
        });
        self.places.insert(id, at);
        Some(at)
    }

    /// Whom an entity acts for in the end.
    fn side(&self, id: &'a EntityId) -> &'a EntityId {
        let mut side = id;
        // An office, its institution, its state: no chain is longer.
        for _ in 0..4 {
            let above = self.entities.get(side).and_then(|entity| entity.rollup.as_ref());
            match above.or_else(|| self.offices.get(side).copied()) {
                Some(above) if above != side => side = above,
                _ => break,
            }
        }
        side
    }

    fn claim(&mut self, claim: &'a analysis::Claim) -> Option<u16> {
        if let Some(at) = self.claim_places.get(&claim.id) {
            return Some(*at);
        }
        let at = u16::try_from(self.claims.len()).ok()?;
        let source = claim.source.entity.as_ref().and_then(|entity| self.party(entity));
        self.claims.push(Source { claim: claim.id, source });
        self.claim_places.insert(claim.id, at);
        Some(at)
    }

    fn mode(&mut self, mode: &str) -> Option<u16> {
        let at = self.modes.iter().position(|known| &**known == mode).unwrap_or_else(|| {
            self.modes.push(mode.into());
            self.modes.len() - 1
        });
        u16::try_from(at).ok()
    }
}

fn figure(role: QuantityRole, quantity: &analysis::Quantity) -> Figure {
    let analysis::Quantity { span, low, high, approximate, unit } = quantity;
    let amount = Amount { role, low: *low, high: *high, approximate: *approximate, unit: unit.clone() };
    Figure { amount, start: span.start as u32, end: span.end as u32 }
}

/// The letters of a lemma that its verb and its nouns share, nearly its root: without weak letters, the endings of nouns, and the
/// letters that make derived stems at the beginning.
fn root_letters(lemma: &str) -> String {
    let folded = fold(lemma);
    let stem = folded.strip_suffix("ات").or_else(|| folded.strip_suffix('ه')).unwrap_or(&folded);
    let strong = |text: &str| -> String { text.chars().filter(|c| !"اويىءئؤ".contains(*c)).collect() };
    let stem = ["است", "ان", "ا", "ت", "م"]
        .iter()
        .find_map(|p| stem.strip_prefix(p).filter(|s| strong(s).chars().count() >= 3));
    let letters = strong(stem.unwrap_or(folded.strip_suffix('ه').unwrap_or(&folded)));
    if letters.chars().count() >= 2 { letters } else { folded }
}

/// The longest time, in days, of several attacks that are one event: a night, a day and its morning.
const ONE_EVENT: i32 = 3;

/// From how many attacks on they are a series whatever else is said.
const MANY: f64 = 10.0;

fn is_series(mention: &Mention, trigger: &str, lemma: &str) -> bool {
    if !is_counted(mention.event_type) {
        return false;
    }
    let many = |figure: &Figure| {
        let amount = &figure.amount;
        amount.role == QuantityRole::Attacks && amount.low.or(amount.high).is_some_and(|n| n >= MANY)
    };
    let long = days(mention.time).is_some_and(|days| days > 7);
    let at_once = days(mention.time).is_some_and(|days| days <= ONE_EVENT);
    let plural = fold(trigger).ends_with("ات") && !fold(lemma).ends_with("ات");
    mention.figures.iter().any(many) || !at_once && (plural || long && mention.background)
}

/// The unit of how often something happened.
const OCCASION: &str = "مرة";

/// How often something happened ("some 150 times"): the event whose trigger is the last before the number in its sentence, where its
/// type is one that is counted, and the position of the number in [`Analysis::quantities`].
fn occasions(analysis: &Analysis, settings: &[Setting]) -> Vec<(EventId, usize)> {
    let linked: FxHashSet<usize> =
        analysis.events.iter().flat_map(|event| &event.quantities).map(|link| link.index).collect();
    let unlinked = analysis
        .quantities
        .iter()
        .enumerate()
        .filter(|(at, quantity)| quantity.unit.as_deref() == Some(OCCASION) && !linked.contains(at));
    let event_of = |quantity: &analysis::Quantity| {
        let before = analysis.events.partition_point(|event| event.trigger.end <= quantity.span.start);
        let mut counted =
            (0..before).rev().take(OCCASION_REACH).filter(|at| is_counted(analysis.events[*at].event_type));
        let at = counted.next()?;
        let setting = settings.get(at)?;
        setting.bytes.contains(&quantity.span.start).then(|| analysis.events[at].id)
    };
    unlinked.filter_map(|(at, quantity)| Some((event_of(quantity)?, at))).collect()
}

/// How many events back the one that a number of times is about may be.
const OCCASION_REACH: usize = 4;

/// How many days an interval has; `None` where it is open.
pub(super) fn days(time: Option<TimeInterval>) -> Option<i32> {
    let time = time?;
    Some((time.latest? - time.earliest?).get_days() + 1)
}

#[cfg(test)]
mod tests {
    use super::root_letters;

    #[test]
    fn a_verb_and_its_nouns_have_one_root() {
        for (a, b) in
            [("هجوم", "هجمة"), ("طالب", "مطالبة"), ("اغتال", "اغتيال"), ("أدان", "دان"), ("اتهم", "اتهام")]
        {
            assert_eq!(root_letters(a), root_letters(b), "{a} {b}");
        }
        assert_ne!(root_letters("قتل"), root_letters("قصف"));
        for short in ["", "رد", "ى"] {
            let _ = root_letters(short);
        }
    }
}

//! Which pairs of mentions are worth a score. Of the many pairs of two articles nearly none can reach it, whatever their participants,
//! and a few bytes of each mention and the words around both say so.

use jiff::civil::{Date, date};
use marsad_model::ontology::{EventType, Standing};

use super::context::Context;
use super::kinds::{is_mutual, modes_fit, recurs, types_fit};
use super::mention::{ArticleEvents, Part, Told};
use super::similarity::{BIAS, NEWS, OLD, PRECISE, WEIGHTS, precise, standing_against};
use crate::hash::fnv;
use crate::terms::Term;

/// The weight of a feature. That there is one of this name is checked when this is compiled.
const fn weight(name: &str) -> f32 {
    let mut at = 0;
    while at < WEIGHTS.len() {
        let (known, wanted) = (WEIGHTS[at].0.as_bytes(), name.as_bytes());
        let mut same = 0;
        while same < known.len() && same < wanted.len() && known[same] == wanted[same] {
            same += 1;
        }
        if same == known.len() && same == wanted.len() {
            return WEIGHTS[at].1;
        }
        at += 1;
    }
    panic!("no feature of this name");
}

const APART: f32 = weight("apart");
const TIME: f32 = weight("time");
const TIME_VAGUE: f32 = weight("time_vague");
const TIME_AGAINST: f32 = weight("time_against");
const MODE: f32 = weight("mode");
const MODE_AGAINST: f32 = weight("mode_against");
const LEAD_BOTH: f32 = weight("lead_both");
const LEAD_APART: f32 = weight("lead_apart");
const LEAD_ONE: f32 = weight("lead_one");
const WORD: f32 = weight("word");
const TYPE_AGAINST: f32 = weight("type_against");
const PLACES: f32 = weight("places");
const SAME_ARTICLE: f32 = weight("same_article");
const ARTICLES: f32 = weight("articles");
const STANDING_AGAINST: f32 = weight("standing_against");
const ACTORS: f32 = weight("actors");
const RECIPIENTS: f32 = weight("recipients");
const SERIES: f32 = weight("series");
const FIGURES: f32 = weight("figures");
const CONTEXT: f32 = weight("context");
const CONTEXT_NEAR: f32 = weight("context_near");

/// How far sums of the same numbers can be apart, and more.
const ROUNDING: f32 = 0.001;

/// What of a mention is looked at first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glance {
    /// Bits of the places, some for each.
    places: u64,
    mode_sets: u64,
    word: u32,
    /// Hash of the mode, 0 where it has none.
    mode: u32,
    /// First and last day; those of its article where it has none.
    days: (i32, i32),
    /// Position in [`ArticleEvents::mentions`].
    at: u16,
    bits: u16,
    event_type: EventType,
    standing: Standing,
}

const IS_LEAD: u16 = 1;
const IS_SERIES: u16 = 1 << 1;
const HAS_TIME: u16 = 1 << 2;
const IS_PRECISE: u16 = 1 << 3;
const HAS_ACTORS: u16 = 1 << 4;
const HAS_RECIPIENTS: u16 = 1 << 5;
const HAS_FIGURES: u16 = 1 << 6;
/// Of a type that is done to each other, or again.
const IS_MUTUAL: u16 = 1 << 7;
const RECURS: u16 = 1 << 8;

/// Two articles whose mentions are compared.
#[derive(Debug, Clone, Copy)]
struct Articles {
    alike: f32,
    same: bool,
    /// Published within some days.
    near: bool,
}

impl Glance {
    fn of(told: Told<'_>, at: usize) -> Option<Self> {
        let mention = told.mention;
        if mention.standing == Standing::Generic {
            return None;
        }
        let has = |part: Part| mention.parts.iter().any(|(given, _)| *given == part);
        let bits = [
            (IS_LEAD, mention.lead),
            (IS_SERIES, mention.series),
            (HAS_TIME, mention.time.is_some()),
            (IS_PRECISE, precise(mention.time)),
            (HAS_ACTORS, has(Part::Actor)),
            (HAS_RECIPIENTS, has(Part::Recipient)),
            (HAS_FIGURES, !mention.figures.is_empty()),
            (IS_MUTUAL, is_mutual(mention.event_type)),
            (RECURS, recurs(mention.event_type)),
        ];
        let own = told.article.published;
        let (first, last) = mention.time.map_or((own, own), |time| (time.earliest, time.latest));
        Some(Self {
            places: told.parties(Part::Place).fold(0, |places, place| places | 1 << (place.own % 64)),
            mode_sets: mention.mode_sets,
            word: mention.word,
            mode: told.mode().map_or(0, |mode| fnv(mode.as_bytes()) as u32 | 1),
            days: (first.map_or(i32::MIN, number), last.map_or(i32::MAX, number)),
            at: u16::try_from(at).ok()?,
            bits: bits.into_iter().filter(|(_, is)| *is).fold(0, |bits, (bit, _)| bits | bit),
            event_type: mention.event_type,
            standing: mention.standing,
        })
    }

    /// The most that the score of two mentions can be, but for the words around them; `None` where they can never be one event.
    fn most(&self, other: &Self, articles: Articles) -> Option<f32> {
        let both = |bits: u16| self.bits & bits != 0 && other.bits & bits != 0;
        let one = |bit: u16| (self.bits ^ other.bits) & bit != 0;
        let some = |is: bool, weight: f32| if is { weight } else { 0.0 };
        if one(IS_SERIES) && (self.bits | other.bits) & IS_PRECISE != 0 {
            return None;
        }
        let ((a, z), (from, to)) = (self.days, other.days);
        let gap = from.saturating_sub(z).max(a.saturating_sub(to)).max(0);
        let time = match gap {
            _ if !both(HAS_TIME) => {
                let apart = gap.saturating_sub(NEWS).max(0) as f32 / OLD;
                if apart >= 1.0 {
                    return None;
                }
                APART * apart
            }
            0 if both(IS_PRECISE) => TIME,
            0 => TIME_VAGUE,
            1 => TIME_AGAINST * 0.4,
            _ if both(RECURS) => return None,
            _ => TIME_AGAINST,
        };
        let same_type = self.event_type == other.event_type;
        let mode = match (self.mode, other.mode) {
            (0, _) | (_, 0) => 0.0,
            (a, b) if a == b => MODE,
            _ => some(same_type && !modes_fit(self.mode_sets, other.mode_sets), MODE_AGAINST),
        };
        let lead = match (both(IS_LEAD), articles.near) {
            (true, true) => LEAD_BOTH,
            (true, false) => LEAD_APART,
            (false, _) => some(one(IS_LEAD), LEAD_ONE),
        };
        let sides = if both(IS_MUTUAL) {
            some(both(HAS_ACTORS | HAS_RECIPIENTS), ACTORS)
        } else {
            some(both(HAS_ACTORS), ACTORS) + some(both(HAS_RECIPIENTS), RECIPIENTS)
        };
        Some(
            BIAS + time
                + mode
                + lead
                + sides
                + some(self.word == other.word, WORD)
                + some(!same_type, TYPE_AGAINST)
                + some(self.places & other.places != 0, PLACES)
                + some(both(IS_SERIES), SERIES)
                + some(both(HAS_FIGURES), FIGURES)
                + some(articles.same, SAME_ARTICLE)
                + ARTICLES * articles.alike
                + STANDING_AGAINST * standing_against(self.standing, other.standing)
                + ROUNDING,
        )
    }

    /// Whether the one may be a single event of the series that the other is.
    fn may_be_part(&self, other: &Self) -> bool {
        let single = if self.bits & IS_SERIES == 0 { self } else { other };
        (self.bits ^ other.bits) & IS_SERIES != 0
            && single.bits & IS_PRECISE != 0
            && self.event_type == other.event_type
            && [self.standing, other.standing] == [Standing::Happened; 2]
    }
}

/// A day as a number.
fn number(day: Date) -> i32 {
    (day - date(2000, 1, 1)).get_days()
}

/// The mentions of an article that are compared with others, but for those that tell of what is in general, which are one with none.
pub(super) fn glances<'a>(mentions: impl Iterator<Item = (usize, Told<'a>)>) -> Box<[Glance]> {
    mentions.filter_map(|(at, told)| Glance::of(told, at)).collect()
}

/// A pair that is worth a closer look: the positions of the mentions in their articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) own: usize,
    pub(super) other: usize,
    /// They may be one event.
    pub(super) one: bool,
    /// The one may be a single event of the series that the other is.
    pub(super) part: bool,
}

/// The mentions of an article, laid out to find those of others that may be one event with them.
pub(super) struct Probe<'a> {
    article: &'a ArticleEvents,
    glances: &'a [Glance],
    /// By type the glances of fitting types, and where each type begins among them.
    fitting: Vec<u16>,
    begins: Vec<u16>,
    /// The words around the mentions, in chains that begin in `chains` at the place of the word.
    words: Vec<Around>,
    chains: Vec<u16>,
    /// What a mention of another article has in common with the words around each: of all, and of the near ones.
    shared: Vec<(f32, f32)>,
}

/// A word around a mention.
struct Around {
    term: Term,
    weight: u8,
    /// Which glance.
    of: u16,
    /// The next of the chain.
    next: u16,
}

/// Chains of words: more than an article mostly has words.
const CHAINS: usize = 1024;

/// No word.
const END: u16 = u16::MAX;

impl<'a> Probe<'a> {
    pub(super) fn new(article: &'a ArticleEvents, glances: &'a [Glance]) -> Self {
        let (mut fitting, mut begins) = (Vec::new(), vec![0]);
        for event_type in EventType::ALL {
            let fit = |(_, glance): &(u16, &Glance)| types_fit(*event_type, glance.event_type);
            fitting.extend((0..).zip(glances).filter(fit).map(|(of, _)| of));
            begins.push(u16::try_from(fitting.len()).unwrap_or(u16::MAX));
        }
        let (mut words, mut chains) = (Vec::new(), vec![END; CHAINS]);
        for (of, glance) in (0..).zip(glances) {
            let Some(mention) = article.mentions.get(usize::from(glance.at)) else { continue };
            for (term, weight) in mention.context.words() {
                let first = &mut chains[place(term)];
                words.push(Around { term, weight, of, next: *first });
                *first = u16::try_from(words.len() - 1).unwrap_or(END);
            }
        }
        Self { article, glances, fitting, begins, words, chains, shared: vec![(0.0, 0.0); glances.len()] }
    }

    /// The pairs with mentions of another article, `alike` how alike the two are, whose score may be `least` or more, or of which one may
    /// be part of the other.
    pub(super) fn pairs_with(
        &mut self,
        least: f32,
        (other, glances): (&ArticleEvents, &[Glance]),
        alike: f32,
        found: &mut Vec<Pair>,
    ) {
        let published = self.article.published.zip(other.published);
        let near = published.is_none_or(|(x, y)| (x - y).get_days().abs() <= PRECISE);
        let articles = Articles { alike, same: false, near };
        for glance in glances {
            self.pairs_of(least, other, glance, articles, usize::MAX, found);
        }
    }

    /// The same of the article's own mentions.
    pub(super) fn pairs_within(&mut self, least: f32, found: &mut Vec<Pair>) {
        let articles = Articles { alike: 1.0, same: true, near: true };
        for (at, glance) in self.glances.iter().enumerate() {
            self.pairs_of(least, self.article, glance, articles, at, found);
        }
    }

    /// The pairs of one mention with the first ones of this article.
    fn pairs_of(
        &mut self,
        least: f32,
        other: &ArticleEvents,
        glance: &Glance,
        articles: Articles,
        first: usize,
        found: &mut Vec<Pair>,
    ) {
        let at = glance.event_type as usize;
        let (Some(&from), Some(&to)) = (self.begins.get(at), self.begins.get(at + 1)) else { return };
        if from == to {
            return;
        }
        let Some(mention) = other.mentions.get(usize::from(glance.at)) else { return };
        let mut compared = false;
        for of in usize::from(from)..usize::from(to) {
            let of = usize::from(self.fitting[of]);
            if of >= first {
                break;
            }
            let own = &self.glances[of];
            let part = own.may_be_part(glance);
            let mut one = false;
            if let Some(most) = own.most(glance, articles)
                && most + CONTEXT + CONTEXT_NEAR >= least
            {
                let near_words = self.article.mentions.get(usize::from(own.at)).map(|own| {
                    // Two events of one sentence share its words without being one.
                    if articles.same && own.sentence == mention.sentence {
                        return (0.0, 0.0);
                    }
                    if !std::mem::replace(&mut compared, true) {
                        share(&self.words, &self.chains, &mut self.shared, &mention.context);
                    }
                    own.context.likeness(&mention.context, self.shared[of])
                });
                one =
                    near_words.is_some_and(|(all, near)| most + CONTEXT * all + CONTEXT_NEAR * near >= least);
            }
            if one || part {
                found.push(Pair { own: usize::from(own.at), other: usize::from(glance.at), one, part });
            }
        }
    }
}

/// Sums up what the words around a mention have in common with those around each of others.
fn share(words: &[Around], chains: &[u16], shared: &mut [(f32, f32)], context: &Context) {
    shared.fill((0.0, 0.0));
    for (term, weight) in context.words() {
        let mut at = chains[place(term)];
        while let Some(around) = words.get(usize::from(at)) {
            if around.term == term {
                let (all, near) = Context::common(around.weight, weight);
                let shared = &mut shared[usize::from(around.of)];
                shared.0 += all;
                shared.1 += near;
            }
            at = around.next;
        }
    }
}

fn place(term: Term) -> usize {
    term.0 as usize % CHAINS
}

//! How likely two mentions are one event: a function of the two and of how alike their articles are.

use jiff::civil::Date;
use marsad_model::Amount;
use marsad_model::analysis::TimeInterval;
use marsad_model::ontology::{EntityType, EventType, Standing};

use super::kinds::{is_mutual, is_said, modes_fit, recurs, types_fit};
use super::mention::{Figure, Mention, Part, Party, Told, days};

/// What is compared, each from 0 to 1, and its weight in log-odds. What one of the two does not say counts neither way.
///
/// A logistic regression over the pairs of two annotated sets, drawn towards what one would expect without them: the sets are small, and
/// whatever is common to all pairs of one story says nothing there (README.md).
pub const WEIGHTS: [(&str, f32); 28] = [
    // Their triggers have one root.
    ("word", 0.98),
    ("mode", 1.52),
    ("mode_against", -3.30),
    ("type_against", -2.28),
    // The words of their sentences, all and those near the triggers.
    ("context", 2.13),
    ("context_near", 2.63),
    ("articles", 2.66),
    ("same_article", -1.01),
    // Both are what their articles begin with, within some days or not; or one of them.
    ("lead_both", 1.25),
    ("lead_apart", -1.56),
    ("lead_one", 0.68),
    ("standing_against", -0.72),
    // Who did it to whom, for what is done to each other both sides together.
    ("actors", 0.64),
    ("actors_against", -0.79),
    ("recipients", 0.66),
    ("recipients_against", -0.61),
    // Both were done to people, and to different ones.
    ("persons_against", -3.00),
    // The one was done to people, and the other's sentence names none of them but others.
    ("persons_beside", -1.89),
    ("places", 1.43),
    ("places_against", -0.85),
    ("time", 0.34),
    ("time_vague", -0.61),
    ("time_against", -2.00),
    // Days between, where one has none and is taken for news of its article's day.
    ("apart", -1.59),
    // The one has no time, and its sentence names days, none of which is the other's.
    ("time_beside", -0.87),
    // Both are series.
    ("series", 1.04),
    ("figures", 1.10),
    ("figures_against", -0.34),
];

/// Log-odds of two mentions that have nothing in common and nothing against each other.
pub const BIAS: f32 = -2.95;

/// The greatest log-odds either way: no pair alone joins or parts two groups.
const FIRM: f32 = 5.0;

/// The longest time, in days, that tells one event from the next.
pub(super) const PRECISE: i32 = 3;

/// Days by which what has no time of its own may be older than the article, or younger.
pub(super) const NEWS: i32 = 2;

/// Days, beyond [`NEWS`], from which nothing without a time of its own is told again as news.
pub(super) const OLD: f32 = 14.0;

/// What two mentions have in common and where they contradict each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Features {
    /// The values, in the order of [`WEIGHTS`].
    pub values: [f32; WEIGHTS.len()],
    /// They can never be one event.
    pub contradict: bool,
}

/// The log-odds that the two are one event; `articles` is how alike their articles are, from 0 to 1 (1 for one article). `None` where they
/// never are. The same whichever comes first.
pub fn score(a: Told<'_>, b: Told<'_>, articles: f32) -> Option<f32> {
    // Most pairs that contradict each other do so by their times, which is soon seen.
    if may_be_one(a, b) && contradict_in_time(a.mention, b.mention, &times(a, b)) {
        return None;
    }
    let Features { values, contradict } = compare(a, b, articles)?;
    let sum = WEIGHTS.iter().zip(values).map(|((_, weight), value)| weight * value).sum::<f32>();
    (!contradict).then(|| (BIAS + sum).clamp(-FIRM, FIRM))
}

/// What the two have in common; `None` where their types never tell of one event.
pub fn compare(a: Told<'_>, b: Told<'_>, articles: f32) -> Option<Features> {
    if !may_be_one(a, b) {
        return None;
    }
    let mut values = [0.0; WEIGHTS.len()];
    values[..FIRST].copy_from_slice(&at_a_glance(a, b, articles));
    let (closely, contradict) = closely(a, b);
    values[FIRST..].copy_from_slice(&closely);
    Some(Features { values, contradict })
}

fn may_be_one(a: Told<'_>, b: Told<'_>) -> bool {
    let (m, n) = (a.mention, b.mention);
    types_fit(m.event_type, n.event_type) && ![m.standing, n.standing].contains(&Standing::Generic)
}

/// How many of [`WEIGHTS`] are not of participants, times and numbers.
const FIRST: usize = 12;

/// The values of the first weights.
fn at_a_glance(a: Told<'_>, b: Told<'_>, articles: f32) -> [f32; FIRST] {
    let (m, n) = (a.mention, b.mention);
    let same_article = a.article.article == b.article.article;
    let modes = a.mode().zip(b.mode());
    let modes_against = modes.is_some_and(|(x, y)| x != y && !modes_fit(m.mode_sets, n.mode_sets));
    // Two events of one sentence share its words without being one.
    let one_sentence = same_article && m.sentence == n.sentence;
    let (context, context_near) = if one_sentence { (0.0, 0.0) } else { m.context.alike(&n.context) };
    let published = a.article.published.zip(b.article.published);
    let near = published.is_none_or(|(x, y)| (x - y).get_days().abs() <= PRECISE);
    [
        flag(m.word == n.word),
        flag(modes.is_some_and(|(x, y)| x == y)),
        flag(m.event_type == n.event_type && modes_against),
        flag(m.event_type != n.event_type),
        context,
        context_near,
        articles,
        flag(same_article),
        flag(m.lead && n.lead && near),
        flag(m.lead && n.lead && !near),
        flag(m.lead != n.lead),
        standing_against(m.standing, n.standing),
    ]
}

/// The values of the other weights, and whether the two can never be one.
fn closely(a: Told<'_>, b: Told<'_>) -> ([f32; WEIGHTS.len() - FIRST], bool) {
    let (m, n) = (a.mention, b.mention);
    let both = |is: fn(EventType) -> bool| is(m.event_type) && is(n.event_type);
    let who = participants(a, b, both(is_mutual));
    let (places, places_against) = places(a, b);
    let when = times(a, b);
    let (figures, figures_against) = figures(&m.figures, &n.figures);
    let contradict =
        who.persons_against >= 1.0 || both(is_said) && who.actors.1 >= 1.0 || contradict_in_time(m, n, &when);
    let values = [
        who.actors.0,
        who.actors.1,
        who.recipients.0,
        who.recipients.1,
        who.persons_against,
        who.persons_beside,
        places,
        places_against,
        when.same,
        when.vague,
        when.against,
        when.apart,
        when.beside,
        flag(m.series && n.series),
        figures,
        figures_against,
    ];
    (values, contradict)
}

/// Whether two of these times can never be one event.
fn contradict_in_time(m: &Mention, n: &Mention, when: &When) -> bool {
    when.contradict
        || when.against >= 1.0 && recurs(m.event_type) && recurs(n.event_type)
        // A campaign is none of its attacks.
        || m.series != n.series && (precise(m.time) || precise(n.time))
}

/// Whether the one is a single event of the series that the other is: of its type, within its time, and by or against the same.
pub fn is_part(single: Told<'_>, series: Told<'_>) -> bool {
    let (m, n) = (single.mention, series.mention);
    if !n.series
        || m.series
        || m.event_type != n.event_type
        || [m.standing, n.standing] != [Standing::Happened; 2]
        || !precise(m.time)
    {
        return false;
    }
    let who = participants(single, series, false);
    let within = m.time.zip(n.time).is_none_or(|(x, y)| gap(x, y) == 0);
    within && who.actors.1.max(who.recipients.1) < 0.5 && who.actors.0 + who.recipients.0 >= 0.8
}

fn flag(is: bool) -> f32 {
    if is { 1.0 } else { 0.0 }
}

pub(super) fn precise(time: Option<TimeInterval>) -> bool {
    days(time).is_some_and(|days| days <= PRECISE)
}

/// How far what happened is from what is planned, wanted or denied: they may be one event, told before and after.
pub(super) fn standing_against(a: Standing, b: Standing) -> f32 {
    match (a, b) {
        _ if a == b => 0.0,
        (Standing::Happened, _) | (_, Standing::Happened) => 0.5,
        _ => 0.2,
    }
}

/// Agreement and disagreement of participants.
struct Who {
    actors: (f32, f32),
    recipients: (f32, f32),
    persons_against: f32,
    persons_beside: f32,
}

fn participants(a: Told<'_>, b: Told<'_>, mutual: bool) -> Who {
    let nothing = (0.0, 0.0);
    if mutual {
        let (x, y) = (a.sides(), b.sides());
        let (m, n) = (x.clone().count(), y.clone().count());
        let (agree, against) = sets(x, y);
        // Talks of one side with whomever are not yet those of both.
        let known = (m.min(n) as f32 / m.max(n).max(1) as f32).sqrt();
        return Who {
            actors: (agree * known, against),
            recipients: nothing,
            persons_against: 0.0,
            persons_beside: 0.0,
        };
    }
    let of = |part| sets(a.parties(part), b.parties(part));
    let (x, y) = (persons(a), persons(b));
    let (some_x, some_y) = (x.clone().next().is_some(), y.clone().next().is_some());
    let persons_beside = match (some_x, some_y) {
        (true, false) => sets(x.clone(), b.parties(Part::Beside)).1 > 0.5,
        (false, true) => sets(y.clone(), a.parties(Part::Beside)).1 > 0.5,
        _ => false,
    };
    Who {
        actors: of(Part::Actor),
        recipients: of(Part::Recipient),
        persons_against: if some_x && some_y { sets(x, y).1 } else { 0.0 },
        persons_beside: flag(persons_beside),
    }
}

/// The people to whom it was done.
fn persons(told: Told<'_>) -> impl Iterator<Item = &Party> + Clone {
    told.parties(Part::Recipient).filter(|party| party.entity_type == EntityType::Person)
}

/// How much two sets of parties agree, and how much they disagree: by those of the smaller set.
fn sets<'a>(
    a: impl Iterator<Item = &'a Party> + Clone,
    b: impl Iterator<Item = &'a Party> + Clone,
) -> (f32, f32) {
    let (m, n) = (a.clone().count(), b.clone().count());
    if m == 0 || n == 0 {
        return (0.0, 0.0);
    }
    let agree = match m.cmp(&n) {
        std::cmp::Ordering::Less => covered(a, b) / m as f32,
        std::cmp::Ordering::Equal => (covered(a.clone(), b.clone()) + covered(b, a)) / (m + n) as f32,
        std::cmp::Ordering::Greater => covered(b, a) / n as f32,
    };
    (agree, 1.0 - agree)
}

/// How much of the first set the second has, summed.
fn covered<'a>(few: impl Iterator<Item = &'a Party>, many: impl Iterator<Item = &'a Party> + Clone) -> f32 {
    few.map(|party| many.clone().map(|other| same_party(party, other)).fold(0.0, f32::max)).sum()
}

/// How far two parties are the same in what they do: who they are, or whom they act for.
fn same_party(a: &Party, b: &Party) -> f32 {
    let people = a.entity_type == EntityType::Person && b.entity_type == EntityType::Person;
    if a.own == b.own {
        1.0
    } else if people && a.surname == b.surname && (a.local || b.local) {
        0.9
    } else if a.side != b.side {
        0.0
    } else if a.own == a.side || b.own == b.side {
        0.8
    } else if people {
        0.2
    } else {
        0.5
    }
}

/// A place that is not a country agrees wholly. That two are unlike means the least where one may lie in the other.
fn places(a: Told<'_>, b: Told<'_>) -> (f32, f32) {
    let of = |t: Told<'_>| {
        (t.parties(Part::Place).count(), t.parties(Part::Place).filter(|place| place.id.is_country()).count())
    };
    let ((m, countries_m), (n, countries_n)) = (of(a), of(b));
    if m == 0 || n == 0 {
        return (0.0, 0.0);
    }
    let shared = a.parties(Part::Place).filter(|p| b.parties(Part::Place).any(|q| p.own == q.own));
    let shared = shared.map(|place| if place.id.is_country() { 0.5 } else { 1.0 }).fold(0.0, f32::max);
    if shared > 0.0 {
        return (shared, 0.0);
    }
    let against = match (countries_m, countries_n) {
        (0, 0) => 0.5,
        (x, y) if x == m && y == n => 1.0,
        _ => 0.2,
    };
    (0.0, against)
}

/// Agreement and disagreement of times.
#[derive(Default)]
struct When {
    same: f32,
    vague: f32,
    against: f32,
    apart: f32,
    beside: f32,
    /// Nothing excuses it.
    contradict: bool,
}

fn times(a: Told<'_>, b: Told<'_>) -> When {
    if let Some((x, y)) = a.mention.time.zip(b.mention.time) {
        return match gap(x, y) {
            0 if precise(Some(x)) && precise(Some(y)) => When { same: 1.0, ..When::default() },
            0 => When { vague: 1.0, ..When::default() },
            // The day after in the article's time zone, or the night between.
            1 => When { against: 0.4, ..When::default() },
            _ => {
                let contradict = a.article.article == b.article.article
                    && a.is_dated_on_purpose()
                    && b.is_dated_on_purpose();
                When { against: 1.0, contradict, ..When::default() }
            }
        };
    }
    let around = |t: Told<'_>| t.mention.time.or_else(|| t.article.published.map(on));
    let (x, y) = (around(a), around(b));
    let days = x.zip(y).map_or(0, |(x, y)| gap(x, y));
    let named_other = |t: Told<'_>, other| {
        t.mention.beside.zip(other).is_some_and(|(named, other)| gap(named, other) > NEWS)
    };
    When {
        apart: ((days - NEWS).max(0) as f32 / OLD).min(1.0),
        beside: flag(named_other(a, y) || named_other(b, x)),
        contradict: (days - NEWS) as f32 >= OLD,
        ..When::default()
    }
}

fn on(day: Date) -> TimeInterval {
    TimeInterval { earliest: Some(day), latest: Some(day) }
}

/// Days between two intervals; 0 where they touch.
fn gap(a: TimeInterval, b: TimeInterval) -> i32 {
    let after = |x: TimeInterval, y: TimeInterval| {
        x.latest.zip(y.earliest).map_or(0, |(end, start)| (start - end).get_days())
    };
    after(a, b).max(after(b, a)).max(0)
}

/// Numbers of one role and unit: equal ones agree, ranges that touch a little.
fn figures(a: &[Figure], b: &[Figure]) -> (f32, f32) {
    let comparable = |x: &Amount, y: &Amount| {
        x.role == y.role && (x.unit == y.unit || x.unit.is_none() || y.unit.is_none())
    };
    let range = |x: &Amount| (x.low.unwrap_or(0.0), x.high.unwrap_or(f64::INFINITY));
    let (mut agree, mut against) = (0.0_f32, 0.0);
    for (x, y) in
        a.iter().flat_map(|x| b.iter().map(move |y| (&x.amount, &y.amount))).filter(|(x, y)| comparable(x, y))
    {
        let ((low_x, high_x), (low_y, high_y)) = (range(x), range(y));
        if low_x > high_y || low_y > high_x {
            against = 1.0;
        } else {
            // One or two of a thing are everywhere.
            let telling = (x.low, x.high) == (y.low, y.high) && low_x > 2.0;
            agree = agree.max(if telling { 1.0 } else { 0.4 });
        }
    }
    (agree, if agree > 0.0 { 0.0 } else { against })
}

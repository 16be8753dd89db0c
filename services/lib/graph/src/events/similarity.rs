//! How likely two mentions are one event: a function of the two and of how alike their articles are.

use marsad_model::analysis::TimeInterval;
use marsad_model::ontology::{EntityType, EventType, Standing};

use super::kinds::{modes_fit, types_fit};
use super::mention::{Figure, Part, Party, Told, days};

/// What is compared, each from 0 to 1, and its weight in log-odds. What one of the two does not say counts neither way.
pub const WEIGHTS: [(&str, f32); 26] = [
    ("word", 1.3),
    ("mode", 1.26),
    ("mode_against", -3.13),
    ("type_against", -2.37),
    ("parties", -0.52),
    ("parties_against", -0.61),
    ("actors_against", -0.71),
    ("recipients", 0.78),
    ("places", 0.98),
    ("places_against", -0.75),
    ("time", 0.15),
    ("time_vague", -1.36),
    ("time_against", -1.78),
    ("apart", -1.97),
    ("figures", 0.6),
    ("figures_against", 0.0),
    ("context", 1.92),
    ("articles", 2.58),
    ("same_article", -0.68),
    ("standing_against", -0.36),
    ("series_against", 0.27),
    ("near_context", 3.33),
    ("persons_against", -1.81),
    ("same_sentence", 0.51),
    ("lead_both", 1.12),
    ("lead_one", 0.81),
];

/// Log-odds of two mentions that have nothing in common and nothing against each other.
pub const BIAS: f32 = -3.31;

/// What two mentions have in common and where they contradict each other, in the order of [`WEIGHTS`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Features {
    /// The values.
    pub values: [f32; WEIGHTS.len()],
    /// They can never be one event.
    pub contradict: bool,
}

/// The log-odds that the two are one event; `articles` is how alike their articles are, 1 for one article. `None` where they never are.
pub fn score(a: Told<'_>, b: Told<'_>, articles: f32) -> Option<f32> {
    let features = compare(a, b, articles).filter(|features| !features.contradict)?;
    let sum: f32 = WEIGHTS.iter().zip(features.values).map(|((_, weight), value)| weight * value).sum();
    Some((BIAS + sum).clamp(-FIRM, FIRM))
}

/// The greatest log-odds either way: no pair alone joins or parts two groups.
const FIRM: f32 = 5.0;

/// What the two have in common; `articles` is how alike their articles are, 1 for one article. `None` where they are never one event.
pub fn compare(a: Told<'_>, b: Told<'_>, articles: f32) -> Option<Features> {
    let (m, n) = (a.mention, b.mention);
    if !types_fit(m.event_type, n.event_type) {
        return None;
    }
    let same_article = a.article.article == b.article.article;
    let (parties, parties_against, actors_against, recipients) = participants(a, b);
    let (places, places_against) = places(a, b);
    let (time, time_vague, time_against, apart) = times(a, b);
    let (figures, figures_against) = figures(&m.figures, &n.figures);
    let (context, near_context) =
        if same_article && m.sentence == n.sentence { (0.0, 0.0) } else { context(a, b) };
    let same_mode = matches!((a.mode(), b.mode()), (Some(x), Some(y)) if x == y);
    let other_mode = m.event_type == n.event_type
        && matches!((a.mode(), b.mode()), (Some(x), Some(y)) if !modes_fit(m.event_type, x, y));
    let same_sentence = same_article && m.sentence == n.sentence;
    let persons_against = persons_against(a, b);
    let values = [
        flag(m.word == n.word),
        flag(same_mode),
        flag(other_mode),
        flag(m.event_type != n.event_type),
        parties,
        parties_against,
        actors_against,
        recipients,
        places,
        places_against,
        time,
        time_vague,
        time_against,
        apart,
        figures,
        figures_against,
        context,
        articles,
        flag(same_article),
        standing_against(m.standing, n.standing),
        flag(m.series != n.series && (precise(m.time) || precise(n.time))),
        near_context,
        persons_against,
        flag(same_sentence),
        flag(m.lead && n.lead),
        flag(m.lead != n.lead),
    ];
    let contradict = persons_against >= 1.0
        || is_said(m.event_type) && is_said(n.event_type) && actors_against >= 1.0
        || same_article && time_against >= 1.0
        || apart >= 1.0;
    Some(Features { values, contradict })
}

fn flag(is: bool) -> f32 {
    if is { 1.0 } else { 0.0 }
}

fn precise(time: Option<TimeInterval>) -> bool {
    days(time).is_some_and(|days| days <= 3)
}

/// How far a thing that happened is from one that did not.
fn standing_against(a: Standing, b: Standing) -> f32 {
    let real = |s| matches!(s, Standing::Happened);
    match (a, b) {
        _ if a == b => 0.0,
        (Standing::Generic, _) | (_, Standing::Generic) => 1.0,
        _ if real(a) || real(b) => 0.5,
        _ => 0.2,
    }
}

/// Types of what somebody says: whose words they are makes them one or two.
fn is_said(event_type: EventType) -> bool {
    use EventType::{Accuse, ConveyMessage, Reject, Request, Statement, Support, Threaten};
    matches!(event_type, Accuse | ConveyMessage | Reject | Request | Statement | Support | Threaten)
}

/// Whether the one is a single event of the series that the other is: of its type, within its time, and by or against the same.
pub fn is_part(single: Told<'_>, series: Told<'_>) -> bool {
    let (m, n) = (single.mention, series.mention);
    if !n.series
        || m.series
        || m.event_type != n.event_type
        || m.standing != Standing::Happened
        || !precise(m.time)
    {
        return false;
    }
    let within = match (m.time, n.time) {
        (Some(x), Some(y)) => gap(x, y) == 0,
        _ => true,
    };
    let (actors, actors_against) = sets(&of(single, Part::Actor), &of(series, Part::Actor));
    let (recipients, recipients_against) = sets(&of(single, Part::Recipient), &of(series, Part::Recipient));
    within && actors_against < 0.5 && recipients_against < 0.5 && actors + recipients >= 0.8
}

/// Types in which the two sides do the same to each other.
fn is_mutual(event_type: EventType) -> bool {
    matches!(
        event_type,
        EventType::Consult | EventType::Agree | EventType::Cooperate | EventType::CultureSport
    )
}

fn participants(a: Told<'_>, b: Told<'_>) -> (f32, f32, f32, f32) {
    if is_mutual(a.mention.event_type) && is_mutual(b.mention.event_type) {
        let (x, y) = (
            [Part::Actor, Part::Recipient].map(|part| of(a, part)).concat(),
            [Part::Actor, Part::Recipient].map(|part| of(b, part)).concat(),
        );
        let (agree, against) = sets(&x, &y);
        return (agree, against, 0.0, 0.0);
    }
    let (actors, actors_against) = sets(&of(a, Part::Actor), &of(b, Part::Actor));
    let (recipients, recipients_against) = sets(&of(a, Part::Recipient), &of(b, Part::Recipient));
    (actors, recipients_against, actors_against, recipients)
}

fn of(t: Told<'_>, part: Part) -> Vec<&Party> {
    t.parties(part).collect()
}

/// How much two sets of parties agree, and how much they disagree.
fn sets(a: &[&Party], b: &[&Party]) -> (f32, f32) {
    if a.is_empty() || b.is_empty() {
        return (0.0, 0.0);
    }
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let best = |party: &&Party| many.iter().map(|other| same_party(party, other)).fold(0.0, f32::max);
    let agree = few.iter().map(best).sum::<f32>() / few.len() as f32;
    (agree, 1.0 - agree)
}

/// How far two parties are the same for what they do: who they are, or whom they act for.
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

fn is_country(party: &Party) -> bool {
    matches!(party.id.as_str().as_bytes(), [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase())
}

fn places(a: Told<'_>, b: Told<'_>) -> (f32, f32) {
    let (x, y): (Vec<&Party>, Vec<&Party>) =
        (a.parties(Part::Place).collect(), b.parties(Part::Place).collect());
    if x.is_empty() || y.is_empty() {
        return (0.0, 0.0);
    }
    let shared =
        |country: bool| x.iter().any(|p| is_country(p) == country && y.iter().any(|q| q.own == p.own));
    if shared(false) {
        return (1.0, 0.0);
    }
    if shared(true) {
        return (0.5, 0.0);
    }
    let countries = x.iter().all(|p| is_country(p)) && y.iter().all(|p| is_country(p));
    let none = !x.iter().any(|p| is_country(p)) && !y.iter().any(|p| is_country(p));
    (
        0.0,
        if countries {
            1.0
        } else if none {
            0.5
        } else {
            0.2
        },
    )
}

/// Whether both were done to people, and to different ones.
fn persons_against(a: Told<'_>, b: Told<'_>) -> f32 {
    let people = |t| {
        of(t, Part::Recipient).into_iter().filter(|p| p.entity_type == EntityType::Person).collect::<Vec<_>>()
    };
    sets(&people(a), &people(b)).1
}

/// One precise time, one vague time, days between, and days between the articles where nothing else is known.
fn times(a: Told<'_>, b: Told<'_>) -> (f32, f32, f32, f32) {
    if let (Some(x), Some(y)) = (a.mention.time, b.mention.time) {
        let gap = gap(x, y);
        return match gap {
            0 if precise(Some(x)) && precise(Some(y)) => (1.0, 0.0, 0.0, 0.0),
            0 => (0.0, 1.0, 0.0, 0.0),
            1 => (0.0, 0.0, 0.4, 0.0),
            _ => (0.0, 0.0, 1.0, 0.0),
        };
    }
    // What gives no time is mostly news.
    let around = |t: Told<'_>| {
        t.mention.time.or_else(|| {
            t.article.published.map(|day| TimeInterval { earliest: Some(day), latest: Some(day) })
        })
    };
    let apart = match (around(a), around(b)) {
        (Some(x), Some(y)) => ((gap(x, y) - 2).max(0) as f32 / 14.0).min(1.0),
        _ => 0.0,
    };
    (0.0, 0.0, 0.0, apart)
}

/// Days between two intervals; 0 where they touch.
fn gap(a: TimeInterval, b: TimeInterval) -> i32 {
    let after = |x: TimeInterval, y: TimeInterval| match (x.latest, y.earliest) {
        (Some(end), Some(start)) => (start - end).get_days(),
        _ => 0,
    };
    after(a, b).max(after(b, a)).max(0)
}

fn figures(a: &[Figure], b: &[Figure]) -> (f32, f32) {
    let (mut agree, mut against) = (0.0_f32, 0.0_f32);
    for (x, y) in a.iter().flat_map(|x| b.iter().map(move |y| (&x.amount, &y.amount))) {
        if x.role != y.role || x.unit.is_some() && y.unit.is_some() && x.unit != y.unit {
            continue;
        }
        let (low, high) = (
            |x: &marsad_model::Amount| x.low.unwrap_or(0.0),
            |x: &marsad_model::Amount| x.high.unwrap_or(f64::INFINITY),
        );
        if low(x) <= high(y) && low(y) <= high(x) {
            let exact = x.low == y.low && x.high == y.high;
            agree = agree.max(if exact && x.low.is_some_and(|n| n > 2.0) { 1.0 } else { 0.4 });
        } else {
            against = 1.0;
        }
    }
    (agree, if agree > 0.0 { 0.0 } else { against })
}

fn context(a: Told<'_>, b: Told<'_>) -> (f32, f32) {
    let (x, y) = (&a.mention.context.words, &b.mention.context.words);
    let (mut i, mut j, mut shared, mut near) = (0, 0, 0.0, 0.0);
    while let (Some(p), Some(q)) = (x.get(i), y.get(j)) {
        match p.0.cmp(&q.0) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1.0;
                near += flag(p.1 == 2 && q.1 == 2);
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    let norm = |n: usize| (n as f32).sqrt();
    let nears = |w: &[(u32, u8)]| w.iter().filter(|w| w.1 == 2).count();
    let over = |n: f32, d: f32| if d > 0.0 { n / d } else { 0.0 };
    (over(shared, norm(x.len()) * norm(y.len())), over(near, norm(nears(x)) * norm(nears(y))))
}

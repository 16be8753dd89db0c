//! The order in which events were.

use jiff::civil::Date;
use marsad_model::analysis::TimeInterval;
use marsad_model::graph::{EventCluster, Placed};
use marsad_model::id::ClusterId;
use marsad_model::ontology::Standing;

use crate::events::Told;

/// The longest time that is a vague day (a month, a year) and no stretch of time.
const YEAR: i32 = 366;

/// Reports from which on a plan without a day stands at the day on which it was first told. What one article alone calls the purpose of
/// something is mostly no plan of its own.
const CONFIRMED: u32 = 2;

/// An event as a timeline needs it beside its description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct News {
    /// The first day on which a dated article told as its news that it happened.
    pub told: Option<Date>,
    /// The first day on which a dated article told that it was planned.
    pub planned: Option<Date>,
    /// Whether all tell it as background to their news.
    pub background: bool,
}

impl News {
    /// What the mentions of a cluster make of it.
    pub fn of(members: &[Told<'_>]) -> Self {
        let news = members.iter().filter(|told| {
            let mention = told.mention;
            mention.standing == Standing::Happened && !mention.background && mention.lead
        });
        let plans = members
            .iter()
            .filter(|told| told.mention.standing == Standing::Planned && !told.mention.background);
        Self {
            told: news.filter_map(|told| told.article.published).min(),
            planned: plans.filter_map(|told| told.article.published).min(),
            background: members.iter().all(|told| told.mention.background),
        }
    }
}

/// The places of clusters in a timeline: in order of their days, those of one day from the most precise to the vaguest, then by id.
///
/// What is known to the month or the year alone comes after what is known of that time precisely, but before it if it is told as background
/// only; a stretch of time stands at its beginning. An event without a day of its own stands at the day on which it was first told as
/// news, and so does a plan without one that two reports tell. What has neither has no place, and neither has what is denied or told of
/// in general. A plan stands at its day as long as nobody says that it came true: then the cluster has the day of that.
pub fn place(cluster: &EventCluster, news: News) -> Option<Placed> {
    if matches!(cluster.standing, Standing::Denied | Standing::Generic) {
        return None;
    }
    match cluster.time {
        Some(TimeInterval { earliest: Some(first), latest: Some(last) }) => {
            let days = (last - first).get_days();
            let at_end = !news.background && days < YEAR && is_calendar(first, last);
            let day = if at_end { last } else { first };
            Some(Placed { day, spread: u32::try_from(days).unwrap_or_default() })
        }
        Some(TimeInterval { earliest, latest }) => {
            Some(Placed { day: earliest.or(latest)?, spread: u32::MAX })
        }
        None if cluster.standing == Standing::Planned && cluster.reports >= CONFIRMED => {
            Some(Placed { day: news.planned?, spread: u32::MAX })
        }
        None => Some(Placed { day: news.told?, spread: u32::MAX }),
    }
}

/// The clusters that have a place in a timeline, in its order.
pub fn timeline<'a>(clusters: impl IntoIterator<Item = &'a EventCluster>) -> Vec<ClusterId> {
    let placed = clusters.into_iter().filter_map(|cluster| Some((cluster.placed?, cluster.id)));
    let mut placed: Vec<(Placed, ClusterId)> = placed.collect();
    placed.sort_unstable();
    placed.into_iter().map(|(_, id)| id).collect()
}

/// Whether it is a whole month, quarter or year.
fn is_calendar(first: Date, last: Date) -> bool {
    first == first.first_of_month() && last == last.last_of_month()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use marsad_model::id::EventId;
    use marsad_model::ontology::EventType;
    use uuid::Uuid;

    use super::*;

    fn cluster(number: u128, standing: Standing, time: Option<(Option<Date>, Option<Date>)>) -> EventCluster {
        EventCluster {
            id: ClusterId::new(EventId(Uuid::from_u128(number))),
            event_type: EventType::Consult,
            mode: None,
            standing,
            time: time.map(|(earliest, latest)| TimeInterval { earliest, latest }),
            times: Vec::new(),
            actors: Vec::new(),
            recipients: Vec::new(),
            places: Vec::new(),
            quantities: Vec::new(),
            members: Vec::new(),
            reports: 1,
            relations: Vec::new(),
            placed: None,
        }
    }

    fn between(number: u128, first: Date, last: Date) -> EventCluster {
        cluster(number, Standing::Happened, Some((Some(first), Some(last))))
    }

    fn order(clusters: &[(EventCluster, News)]) -> Vec<usize> {
        let placed: Vec<EventCluster> = (clusters.iter().rev())
            .map(|(cluster, news)| EventCluster { placed: place(cluster, *news), ..cluster.clone() })
            .collect();
        timeline(&placed).iter().map(|id| clusters.iter().position(|(c, _)| c.id == *id).unwrap()).collect()
    }

    #[test]
    fn precise_days_come_before_the_month_they_are_in_and_a_stretch_stands_at_its_beginning() {
        let day = date(2021, 3, 17);
        let clusters = [
            between(1, date(2021, 3, 1), date(2021, 3, 31)),
            between(2, day, day),
            between(3, date(2021, 2, 10), date(2021, 4, 20)),
            between(4, day, date(2021, 3, 19)),
        ];
        assert_eq!(order(&clusters.map(|cluster| (cluster, News::default()))), [2, 1, 3, 0]);
    }

    #[test]
    fn background_known_to_the_month_stands_at_its_beginning() {
        let day = date(2021, 3, 17);
        let background = News { background: true, ..News::default() };
        let month = between(1, date(2021, 3, 1), date(2021, 3, 31));
        assert_eq!(order(&[(between(2, day, day), News::default()), (month, background)]), [1, 0]);
    }

    #[test]
    fn news_without_a_day_stands_where_it_was_told_and_the_rest_is_left_out() {
        let day = date(2021, 3, 17);
        let told = News { told: Some(date(2021, 3, 18)), ..News::default() };
        let clusters = [
            (cluster(1, Standing::Happened, None), told),
            (between(2, day, day), News::default()),
            (cluster(3, Standing::Happened, None), News::default()),
            (cluster(4, Standing::Denied, Some((Some(day), Some(day)))), News::default()),
            (cluster(5, Standing::Planned, Some((None, Some(date(2021, 3, 20))))), News::default()),
        ];
        assert_eq!(order(&clusters), [1, 0, 4]);
    }

    #[test]
    fn a_plan_without_a_day_stands_where_it_was_told_if_two_reports_tell_it() {
        let planned = News { planned: Some(date(2021, 3, 16)), ..News::default() };
        let day = date(2021, 3, 17);
        let plan = |number, reports| EventCluster { reports, ..cluster(number, Standing::Planned, None) };
        let clusters =
            [(between(1, day, day), News::default()), (plan(2, 2), planned), (plan(3, 1), planned)];
        assert_eq!(order(&clusters), [1, 0]);
    }
}

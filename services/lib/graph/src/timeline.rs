//! The order in which events were.

use jiff::civil::Date;
use marsad_model::graph::EventCluster;
use marsad_model::id::ClusterId;
use marsad_model::ontology::Standing;

/// The clusters in order of their days, those of one first day from the most precise to the vaguest, then by id.
///
/// An event without a day has no place, and neither has what is only wanted, denied or told of in general. A plan stands at its day
/// as long as nobody says that it came true: then the cluster has the day of that.
pub fn timeline<'a>(clusters: impl IntoIterator<Item = &'a EventCluster>) -> Vec<ClusterId> {
    let mut placed: Vec<((Date, bool, i32), ClusterId)> =
        clusters.into_iter().filter_map(|cluster| Some((place(cluster)?, cluster.id))).collect();
    placed.sort_unstable();
    placed.into_iter().map(|(_, id)| id).collect()
}

/// The day by which a cluster is ordered, and how vague it is: what has no end after what has, the longer after the shorter.
fn place(cluster: &EventCluster) -> Option<(Date, bool, i32)> {
    if matches!(cluster.standing, Standing::Denied | Standing::Generic) {
        return None;
    }
    let time = cluster.time?;
    let day = time.earliest.or(time.latest)?;
    let days = time.latest.zip(time.earliest).map(|(latest, earliest)| (latest - earliest).get_days());
    Some((day, days.is_none(), days.unwrap_or_default()))
}

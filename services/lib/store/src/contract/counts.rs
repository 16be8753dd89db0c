//! Counts over events of all articles: buckets, and with whom an entity had to do.

use marsad_model::EntityId;
use marsad_model::ontology::{EventType, Standing};

use super::fixture::january;
use super::graph::fill;
use super::graph_fixture::{LONG, cluster, rollups, with_parts};
use super::{BoxError, TestStore, cases, ensure_eq};
use crate::error::StoreError;
use crate::filter::{ClusterFilter, NeighbourFilter};
use crate::graph::{BucketKey, Dimension, Neighbour};
use crate::link::LinkBatch;

cases!(neighbours_are_counted_once, events_are_counted_once);

async fn neighbours_are_counted_once(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let any = NeighbourFilter::default;
    let find = async |entity: &str, filter: NeighbourFilter, limit| {
        let found = store.neighbourhood(&EntityId::known(entity), &filter, limit).await;
        found.map(|found| found.value)
    };
    let neighbour =
        |entity: &str, events, (as_actor, as_recipient), types: &[(EventType, u64)], first, last| Neighbour {
            entity: EntityId::known(entity),
            events,
            as_actor,
            as_recipient,
            types: types.to_vec(),
            first: (first > 0).then(|| january(first)),
            last: (last > 0).then(|| january(last)),
        };
    // The country's own ministry is no neighbour of it; the planned threat does not count.
    let of_country = [
        neighbour("x", 4, (3, 1), &[(EventType::Assault, 2), (EventType::Consult, 2)], 2, 12),
        neighbour("embassy", 2, (1, 1), &[(EventType::Assault, 1), (EventType::Consult, 1)], 2, 12),
    ];
    ensure_eq!(find("IQ", any(), 9).await?, of_country, "neighbours of a country");
    ensure_eq!(find("IQ", any(), 1).await?, of_country[..1], "the first neighbour of a country");
    let of_ministry = find("ministry", any(), 9).await?;
    let names: Vec<_> = of_ministry.iter().map(|n| (n.entity.as_str(), n.events)).collect();
    ensure_eq!(names, [("x", 3), ("embassy", 2), ("IQ", 1)], "neighbours of a ministry");
    let filter = NeighbourFilter { types: vec![EventType::Consult], ..any() };
    let consulted = [
        neighbour("x", 2, (2, 0), &[(EventType::Consult, 2)], 2, 5),
        neighbour("embassy", 1, (0, 1), &[(EventType::Consult, 1)], 2, 2),
    ];
    ensure_eq!(find("IQ", filter, 9).await?, consulted, "neighbours by consultations");
    let filter = NeighbourFilter { from: Some(january(11)), ..any() };
    let late = find("IQ", filter, 9).await?;
    let names: Vec<_> = late.iter().map(|n| (n.entity.as_str(), n.events)).collect();
    ensure_eq!(names, [("x", 2), ("embassy", 1)], "neighbours from a day on");
    let open = [neighbour("x", 1, (1, 0), &[(EventType::Consult, 1)], 0, 5)];
    let filter = NeighbourFilter { from: Some(january(3)), to: Some(january(9)), ..any() };
    ensure_eq!(find("IQ", filter, 9).await?, open, "neighbours by an event with an open beginning");
    ensure_eq!(find("nobody", any(), 9).await?, [], "neighbours of nobody");
    Ok(())
}

async fn events_are_counted_once(store: &dyn TestStore) -> Result<(), BoxError> {
    fill(store).await?;
    let any = ClusterFilter::default;
    let count = async |filter: ClusterFilter, by: &[Dimension]| -> Result<_, BoxError> {
        let counts = store.count_events(&filter, by, 100).await?;
        ensure_eq!(counts.as_of, 1, "version of counts");
        let total = counts.value.total;
        let buckets = counts.value.buckets.into_iter().map(|bucket| (bucket.keys, bucket.events));
        Ok((total, buckets.collect::<Vec<_>>()))
    };
    // However many articles report it, and whatever was only planned.
    ensure_eq!(count(any(), &[]).await?, (4, vec![(vec![], 4)]), "all events");
    let planned = ClusterFilter { standings: vec![Standing::Planned], ..any() };
    ensure_eq!(count(planned, &[]).await?, (0, vec![(vec![], 0)]), "what was planned");
    let day = |day| BucketKey::Day(january(day));
    let types = |t| BucketKey::Type(t);
    let entity = |id: &str| BucketKey::Entity(EntityId::known(id));
    let two = |a: BucketKey, b: BucketKey| vec![a, b];
    let (_, found) = count(any(), &[Dimension::Type]).await?;
    let mut expected = vec![(vec![types(EventType::Assault)], 2), (vec![types(EventType::Consult)], 2)];
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    ensure_eq!(found, expected, "by type");
    let cases = [
        (Dimension::Day, vec![(vec![day(10)], 2), (vec![BucketKey::None], 1), (vec![day(2)], 1)]),
        // 8 and 1 January 2024 are Mondays.
        (Dimension::Week, vec![(vec![day(8)], 2), (vec![BucketKey::None], 1), (vec![day(1)], 1)]),
        (Dimension::Month, vec![(vec![day(1)], 3), (vec![BucketKey::None], 1)]),
        (Dimension::Year, vec![(vec![day(1)], 3), (vec![BucketKey::None], 1)]),
        (
            Dimension::Mode,
            vec![(vec![BucketKey::None], 3), (vec![BucketKey::Mode("ASSAULT_AERIAL".into())], 1)],
        ),
        (
            Dimension::Actor,
            vec![
                (vec![entity("x")], 3),
                (vec![entity("ministry")], 2),
                (vec![entity("IQ")], 1),
                (vec![entity("embassy")], 1),
            ],
        ),
        (
            Dimension::Place,
            vec![(vec![entity("city")], 2), (vec![BucketKey::None], 1), (vec![entity("province")], 1)],
        ),
    ];
    for (by, expected) in cases {
        let (total, found) = count(any(), &[by]).await?;
        ensure_eq!((total, found), (4, expected), "by {by:?}");
    }
    let by = [Dimension::Month, Dimension::Recipient];
    let (_, found) = count(ClusterFilter { types: vec![EventType::Assault], ..any() }, &by).await?;
    let expected = vec![(two(day(1), entity("IQ")), 1), (two(day(1), entity("x")), 1)];
    ensure_eq!(found, expected, "by month and recipient");
    // Over what they roll up to, from one country to another, however many act for it.
    let pair = |a: &str, b: &str| vec![BucketKey::Pair(EntityId::known(a), EntityId::known(b))];
    let epoch = lease_again(store).await?;
    let mut more = vec![cluster(6, EventType::Assault, &[1]), cluster(7, EventType::Assault, &[1])];
    more = more
        .into_iter()
        .zip([(&["ministry", "city"][..], &["embassy", "US", "IQ"][..]), (&["IQ"], &["US"])])
        .map(|(cluster, (actors, recipients))| with_parts(cluster, actors, recipients, &[]))
        .collect();
    store
        .commit_links(epoch, LinkBatch { clusters: more, rollups: rollups(), ..LinkBatch::default() })
        .await?;
    let counts = store.count_events(&any(), &[Dimension::CountryPair], 9).await?.value;
    let found: Vec<_> = counts.buckets.into_iter().map(|bucket| (bucket.keys, bucket.events)).collect();
    ensure_eq!(found, [(pair("IQ", "US"), 2)], "by pair of countries");
    let first = store.count_events(&any(), &[Dimension::Actor], 1).await?.value;
    ensure_eq!((first.buckets.len(), first.more), (1, true), "the largest bucket");
    match store.count_events(&any(), &[Dimension::Type; 5], 9).await {
        Err(StoreError::Invalid { .. }) => Ok(()),
        other => Err(format!("five dimensions: expected Invalid, found {other:?}").into()),
    }
}

/// The lease, whoever has it.
async fn lease_again(store: &dyn TestStore) -> Result<crate::link::Epoch, BoxError> {
    let holder = store.link_state().await?.holder.ok_or("nobody holds the lease")?;
    Ok(store.acquire_lease(holder, LONG).await?.ok_or("its holder does not get it")?)
}

//! Records of linking for the suite, made of small numbers, and a linker that is simple enough to know by heart.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;
use marsad_model::graph::{
    Amount, ArticleLinks, ClusterMember, Conflict, ConflictSide, ConflictValue, EventCluster, LinkedDate,
    Story, Supported,
};
use marsad_model::ontology::{ConflictKind, EventType, PublishedBasis, QuantityRole, Standing};
use marsad_model::{
    ArticleId, ClusterId, ConflictId, ContentHash, EntityId, EventId, Span, StoryId, TimeInterval,
};
use uuid::Uuid;

use super::{BoxError, TestStore};
use crate::link::{Epoch, LinkBatch, LinkInput, RecordId, Rollups, Superseded};

/// A time that nobody in the suite is silent for.
pub(super) const LONG: Duration = Duration::from_secs(600);

/// The article with that number.
pub(super) fn article_id(number: u32) -> ArticleId {
    super::fixture::submission(number, "", 0).article
}

/// The event of that article with that number.
pub(super) fn event_id(article: u32, number: usize) -> EventId {
    let span = Span::new(number, number + 1);
    EventId::new(article_id(article), ContentHash([0; 32]), span, EventType::Other)
}

/// The story whose smallest article has that number.
pub(super) fn story_id(article: u32) -> StoryId {
    StoryId::new(article_id(article))
}

/// The cluster with that number.
pub(super) fn cluster_id(number: usize) -> ClusterId {
    ClusterId::new(event_id(1, number))
}

/// The conflict with that number.
pub(super) fn conflict_id(number: usize) -> ConflictId {
    ConflictId::new(cluster_id(number), ConflictKind::Date, "")
}

/// What is known about an article: its story.
pub(super) fn links(article: u32, story: u32) -> ArticleLinks {
    ArticleLinks {
        article: article_id(article),
        published: LinkedDate { date: None, basis: PublishedBasis::Metadata, from: Vec::new() },
        story: story_id(story),
        duplicates: Vec::new(),
    }
}

/// A story of these articles, named after the first one.
pub(super) fn story(articles: &[u32], entities: &[&str], days: Option<(Date, Date)>) -> Story {
    Story {
        id: story_id(articles.first().copied().unwrap_or_default()),
        parent: None,
        title: Some("عنوان".to_owned()),
        days,
        articles: articles.iter().map(|number| article_id(*number)).collect(),
        entities: entities.iter().map(|id| EntityId::known(*id)).collect(),
    }
}

/// An event without participants and time that these articles report.
pub(super) fn cluster(number: usize, event_type: EventType, articles: &[u32]) -> EventCluster {
    let standing = Standing::Happened;
    let member = |article: &u32| ClusterMember {
        article: article_id(*article),
        event: event_id(*article, number),
        standing,
    };
    EventCluster {
        id: cluster_id(number),
        event_type,
        mode: None,
        standing,
        time: None,
        times: Vec::new(),
        actors: Vec::new(),
        recipients: Vec::new(),
        places: Vec::new(),
        quantities: Vec::new(),
        members: articles.iter().map(member).collect(),
        reports: u32::try_from(articles.len()).unwrap_or(u32::MAX),
        relations: Vec::new(),
        placed: None,
    }
}

/// The event with these actors, recipients and places.
pub(super) fn with_parts(
    cluster: EventCluster,
    actors: &[&str],
    recipients: &[&str],
    places: &[&str],
) -> EventCluster {
    let given = |ids: &[&str]| {
        let supported = |id: &&str| Supported { value: EntityId::known(*id), reports: 1, events: Vec::new() };
        ids.iter().map(supported).collect::<Vec<_>>()
    };
    EventCluster { actors: given(actors), recipients: given(recipients), places: given(places), ..cluster }
}

/// The event at that time.
pub(super) fn at(cluster: EventCluster, earliest: Option<Date>, latest: Option<Date>) -> EventCluster {
    EventCluster { time: Some(TimeInterval { earliest, latest }), ..cluster }
}

/// A disagreement over that event, with a number that is no round one.
pub(super) fn conflict(number: usize, kind: ConflictKind) -> Conflict {
    let amount = Amount {
        role: QuantityRole::Killed,
        low: Some(0.1 + 0.2),
        high: None,
        approximate: true,
        unit: None,
    };
    let side = ConflictSide { value: ConflictValue::Quantity(amount), reports: 1, statements: Vec::new() };
    let (id, cluster) = (conflict_id(number), cluster_id(number));
    Conflict { id, kind, cluster, role: None, sides: vec![side.clone(), side] }
}

/// What the suite's entities roll up to: the city to its province, that and the ministry to the country.
pub(super) fn rollups() -> Rollups {
    let pairs = [("city", "province"), ("province", "IQ"), ("ministry", "IQ"), ("embassy", "US")];
    pairs.map(|(entity, above)| (EntityId::known(entity), EntityId::known(above))).into()
}

/// Takes the lease for a new holder, from whoever has it.
pub(super) async fn lease(store: &dyn TestStore) -> Result<Epoch, BoxError> {
    Ok(store.acquire_lease(Uuid::new_v4(), LONG).await?.ok_or("the lease is not free")?)
}

/// What the suite's linker makes of all articles: those whose digests begin with the same byte are one story.
#[derive(Default)]
pub(crate) struct Linker {
    epoch: Option<Epoch>,
    digests: BTreeMap<ArticleId, Vec<u8>>,
    stored: BTreeMap<RecordId, crate::link::RecordHash>,
}

impl Linker {
    /// Takes over: takes the lease under this name, loads the digests, and looks what is stored.
    pub(crate) async fn take_over(store: &dyn TestStore, holder: Uuid) -> Result<Self, BoxError> {
        let mut linker = Self { epoch: store.acquire_lease(holder, LONG).await?, ..Self::default() };
        loop {
            let after = linker.digests.keys().next_back().copied();
            let page = store.digests(after, 2).await?;
            if page.is_empty() {
                break;
            }
            linker.digests.extend(page.into_iter().map(|stored| (stored.article, stored.digest)));
        }
        for kind in crate::link::RecordKind::ALL {
            let mut after = None;
            loop {
                let heads = store.linked_heads(kind, after, 2).await?;
                let Some(last) = heads.last() else { break };
                after = Some(last.id.parts().1);
                linker.stored.extend(heads.into_iter().map(|head| (head.id, head.hash)));
            }
        }
        Ok(linker)
    }

    /// Takes in at most so many articles that wait, and writes what differs; whether there were any.
    pub(crate) async fn step(&mut self, store: &dyn TestStore, articles: u32) -> Result<bool, BoxError> {
        let epoch = self.epoch.ok_or("no lease")?;
        let waiting = store.to_link(articles).await?;
        let mut batch = LinkBatch { graph_version: 1, rollups: rollups(), ..LinkBatch::default() };
        for row in &waiting {
            match &row.input {
                LinkInput::Digest(digest) => drop(self.digests.insert(row.article, digest.clone())),
                LinkInput::NoDigest | LinkInput::Gone => drop(self.digests.remove(&row.article)),
            }
            batch.done.push((row.article, row.mark));
        }
        let mut groups: BTreeMap<Option<&u8>, Vec<ArticleId>> = BTreeMap::new();
        for (article, digest) in &self.digests {
            groups.entry(digest.first()).or_default().push(*article);
        }
        let mut now = BTreeMap::new();
        for articles in groups.into_values() {
            let Some(id) = articles.first().copied().map(StoryId::new) else { continue };
            for article in &articles {
                let record = ArticleLinks { article: *article, story: id, ..links(0, 0) };
                now.insert(RecordId::Article(*article), crate::link::RecordHash::of_links(&record));
                batch.articles.push(record);
            }
            let entities = vec![EntityId::known("city")];
            let record = Story { id, articles, entities, ..story(&[], &[], None) };
            now.insert(RecordId::Story(id), crate::link::RecordHash::of_story(&record, &batch.rollups));
            batch.stories.push(record);
        }
        for id in self.stored.keys().filter(|id| !now.contains_key(id)) {
            batch.removed.push(*id);
            // A story whose smallest article is still there goes on where that is now.
            let successor = batch.stories.iter().find(|story| {
                story.articles.iter().any(|article| RecordId::Story(StoryId::new(*article)) == *id)
            });
            if let Some(story) = successor {
                batch.superseded.push(Superseded { old: *id, new: RecordId::Story(story.id) });
            }
        }
        store.commit_links(epoch, batch).await?;
        self.stored = now;
        Ok(!waiting.is_empty())
    }
}

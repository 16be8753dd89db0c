//! Teaching while articles come in, with the real analyzer over the embedded queue and store.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::sync::Arc;
use std::time::Duration;

use marsad_analysis::{Linker, LinkerOptions, Worker, WorkerOptions};
use marsad_extract::knowledge::Overlay;
use marsad_extract::{Document, analyze_with};
use marsad_model::ontology::{AliasKind, EntityType, PublishedBasis};
use marsad_model::teaching::{Fact, TaughtEntity, TaughtTerm};
use marsad_model::{Analysis, ArticleFields, Change, EntityId, Submission};
use marsad_proto::queue::{SCHEMA, SCHEMA_HEADER, encode};
use marsad_queue::{Lane, Message, Queue, SqliteQueue, SqliteQueueOptions};
use marsad_store::{Backlog, LinkStore, SqliteOptions, SqliteStore, Store, TeachStore, TeachingChange};
use proptest::prelude::*;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// What is done to the system.
#[derive(Debug, Clone)]
enum Step {
    /// An article of the pool comes in.
    Submit(usize),
    /// A fact of the pool is taught, or taken back if it is taught.
    Turn(usize),
    /// Time passes.
    Wait(u64),
}

fn articles() -> Vec<ArticleFields> {
    let texts = [
        "قال رئيس الوزراء العراقي إن الحكومة ستعلن القرار غدا في بغداد.",
        "هاجم مسلحون مقر شركة الزهراوي للسفن في البصرة، وقتل ثلاثة أشخاص.",
        "التقى وزير الخارجية العراقي نظيره الأمريكي في واشنطن، ورحب بقرناطيس.",
        "أعلنت وكالة رويترز أن الوفد وصل إلى العراق أمس.",
        "نظم المزارعون احتجاجا في مدينة الموصل على ارتفاع الأسعار.",
        "التقى قرناطيس وفدا من أرض السواد، وأكد أبو القرناطيس أن الاتفاق قريب.",
    ];
    let fields = |text: &str| ArticleFields {
        text: text.to_owned(),
        outlet: Some("صحيفة القرناطيس".to_owned()),
        published_at: "2024-06-01".parse().ok(),
        ..Default::default()
    };
    texts.map(fields).to_vec()
}

fn id(id: &str) -> EntityId {
    EntityId::known(id)
}

fn facts() -> Vec<Fact> {
    let entity = |slug: &str, entity_type, name: &str, rollup: Option<&str>| {
        Fact::Entity(TaughtEntity {
            id: id(slug),
            entity_type,
            name: name.to_owned(),
            name_en: None,
            wikidata: None,
            country: None,
            rollup: rollup.map(id),
        })
    };
    let alias = |slug: &str, surface: &str| Fact::Alias {
        entity: id(slug),
        surface: surface.to_owned(),
        kind: AliasKind::Name,
    };
    vec![
        entity("qarnatis", EntityType::Person, "قرناطيس", None),
        alias("qarnatis", "أبو القرناطيس"),
        entity("zahrawi", EntityType::Organization, "شركة الزهراوي للسفن", Some("IQ")),
        entity("reuters", EntityType::Organization, "رويترز", Some("US")),
        entity("qarnatis-paper", EntityType::Media, "صحيفة القرناطيس", None),
        Fact::NoAlias { entity: id("IQ"), surface: "العراق".to_owned() },
        alias("IQ", "أرض السواد"),
        Fact::Term(TaughtTerm {
            office: "iraq-pm".to_owned(),
            title: None,
            body: None,
            person: id("barham-salih"),
            from: Some("2024".to_owned()),
            to: None,
        }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..articles().len()).prop_map(Step::Submit),
        (0..facts().len()).prop_map(Step::Turn),
        (0_u64..40).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 1..14)
}

struct System {
    _directory: TempDir,
    queue: Arc<SqliteQueue>,
    store: Arc<SqliteStore>,
    stop: CancellationToken,
    working: Vec<tokio::task::JoinHandle<()>>,
}

impl System {
    /// Two workers over one queue and one store, and a linker.
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = |name| directory.path().join(name);
        let queue =
            Arc::new(SqliteQueue::open(path("queue.db"), SqliteQueueOptions::default()).await.unwrap());
        let options = SqliteOptions { fold, ..SqliteOptions::default() };
        let store = Arc::new(SqliteStore::open(path("store.db"), options).await.unwrap());
        store.migrate().await.unwrap();
        let stop = CancellationToken::new();
        let mut working: Vec<_> = (0..2)
            .map(|_| {
                let options = WorkerOptions {
                    claim_wait: Duration::from_millis(20),
                    overlay_poll: Duration::from_millis(20),
                    ..WorkerOptions::default()
                };
                let worker = Worker::new(queue.clone(), store.clone(), analyze_with, options);
                tokio::spawn(worker.run(stop.clone()))
            })
            .collect();
        let linker = Linker::new(store.clone(), analyze_with, LinkerOptions::default());
        working.push(tokio::spawn(linker.run(stop.clone())));
        Self { _directory: directory, queue, store, stop, working }
    }

    async fn submit(&self, fields: ArticleFields) {
        let change = Change::Submit(Submission::new(fields, None, "2024-06-02T00:00:00Z".parse().unwrap()));
        let message = Message::new(change.article().to_string(), Lane::Live, encode(&change))
            .with_stamp(change.stamp().sort_key());
        self.queue.publish(message.with_header(SCHEMA_HEADER, SCHEMA)).await.unwrap();
    }

    /// Teaches a fact or takes it back, as the service does.
    async fn turn(&self, fact: Fact) {
        let taught = self.store.taught().await.unwrap();
        let (before, _) = Overlay::new(taught.revision, &taught.teachings);
        let id = fact.id();
        let mut teachings = taught.teachings.clone();
        let known = teachings.iter().position(|teaching| teaching.id == id);
        let revision = taught.revision + 1;
        let change = match known {
            Some(at) => {
                teachings.remove(at);
                TeachingChange::Undo(id)
            }
            None => {
                teachings.push(marsad_model::Teaching { id, revision, fact: fact.clone(), taught_at: 0 });
                TeachingChange::Teach(fact)
            }
        };
        let (after, _) = Overlay::new(revision, &teachings);
        let reach = before.reach(&after);
        let made = self.store.teach(&change, taught.revision, &reach, 0).await.unwrap();
        assert_eq!(made, Some(revision));
    }

    /// Until nothing is left to do.
    async fn settle(&self) {
        let settled = async {
            loop {
                let depth = self.queue.depth().await.unwrap();
                let waiting =
                    depth.live + depth.backfill + depth.delayed + depth.in_flight.unwrap_or_default();
                if waiting == 0
                    && self.store.backlog().await.unwrap() == Backlog::default()
                    && self.store.link_state().await.unwrap().waiting == 0
                {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), settled).await.expect("it never came to rest");
    }

    async fn stop(self) {
        self.stop.cancel();
        for working in self.working {
            working.await.unwrap();
        }
        self.store.close().await;
        self.queue.close().await;
    }
}

/// As the program folds.
fn fold(text: &str) -> String {
    marsad_arabic::orthography::fold(text).to_lowercase()
}

fn untaught(analysis: Analysis) -> Analysis {
    Analysis { version: analysis.version.untaught(), ..analysis }
}

async fn run(steps: &[Step]) {
    let system = System::start().await;
    for step in steps {
        match step {
            Step::Submit(at) => system.submit(articles()[*at].clone()).await,
            Step::Turn(at) => system.turn(facts()[*at].clone()).await,
            Step::Wait(milliseconds) => tokio::time::sleep(Duration::from_millis(*milliseconds)).await,
        }
    }
    system.settle().await;
    let taught = system.store.taught().await.unwrap();
    let (overlay, _) = Overlay::new(taught.revision, &taught.teachings);
    for fields in articles() {
        let Some(stored) = system.store.analysis(fields.article_id()).await.unwrap() else { continue };
        let document = Document::new(fields.article_id(), fields.content_hash(), &fields);
        assert_eq!(untaught(stored.analysis), untaught(analyze_with(&document, &overlay)));
    }
    system.stop().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Teaching step by step, in any order and with articles coming in between, gives what analysing everything anew gives.
    #[test]
    fn step_by_step_is_as_all_at_once(steps in steps()) {
        tokio::runtime::Runtime::new().unwrap().block_on(run(&steps));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_articles_with_a_word_are_analysed_again() {
    let system = System::start().await;
    for fields in articles() {
        system.submit(fields).await;
    }
    system.settle().await;
    system.turn(facts()[2].clone()).await;
    system.settle().await;
    let mut versions = Vec::new();
    for fields in articles() {
        let stored = system.store.analysis(fields.article_id()).await.unwrap().unwrap();
        versions.push(stored.analysis.version.overlay);
    }
    assert_eq!(versions, [0, 1, 0, 0, 0, 0]);
    system.stop().await;
}

/// The day that other articles give an article stays with it, whether what is taught concerns it or not.
#[tokio::test(flavor = "multi_thread")]
async fn a_linked_day_goes_with_what_is_taught() {
    let system = System::start().await;
    let article = |text: &str, published_at: Option<&str>| ArticleFields {
        text: text.to_owned(),
        published_at: published_at.and_then(|day| day.parse().ok()),
        ..Default::default()
    };
    let undated = article(
        "قالت الشرطة العراقية إن عشرة أشخاص قتلوا اليوم الأربعاء في انفجار سيارة مفخخة قرب سوق شعبي في مدينة الصدر شرقي بغداد، وأكد قرناطيس ذلك.",
        None,
    );
    let dated = article(
        "قتل عشرة أشخاص اليوم الأربعاء في انفجار سيارة مفخخة قرب سوق شعبي في مدينة الصدر شرقي بغداد، كما قالت الشرطة العراقية.",
        Some("2024-05-15"),
    );
    let id = undated.article_id();
    let read = async || {
        system.settle().await;
        let analysis = system.store.analysis(id).await.unwrap().unwrap().analysis;
        (
            analysis.version.overlay,
            analysis.published.basis,
            analysis.published.date.map(|day| day.to_string()),
        )
    };
    system.submit(undated).await;
    assert_eq!(read().await, (0, PublishedBasis::None, None));
    let elsewhere = facts()[6].clone();
    system.turn(elsewhere).await;
    system.submit(dated).await;
    let day = Some("2024-05-15".to_owned());
    assert_eq!(read().await, (0, PublishedBasis::Linked, day.clone()), "nothing that concerns it was taught");
    system.turn(facts()[0].clone()).await;
    assert_eq!(read().await, (2, PublishedBasis::Linked, day), "a name in it was taught");
    system.stop().await;
}

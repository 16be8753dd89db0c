//! Domain types, ids and error codes of Marsad; knows no protobuf, SQL, AMQP or tokio.
//!
//! * [`submission`]: what a caller hands in: an article or a deletion, stamped by ingest.
//! * [`id`]: how articles, revisions, events and entities are named, the same everywhere.
//! * [`analysis`]: what one article was found to say.
//! * [`explanation`]: why it was found to say so.
//! * [`graph`]: what many articles say together.
//! * [`judgement`]: what analysts say of events.
//! * [`teaching`]: what is taught beside the compiled knowledge.
//! * [`ontology`]: event types, entity types, modality and the other closed vocabularies.
//! * [`span`], [`offsets`]: ranges of a text, also in the units that other languages count.
//! * [`error`]: the closed set of error codes that every service answers with.

pub mod analysis;
pub mod error;
pub mod explanation;
pub mod graph;
pub mod id;
pub mod judgement;
pub mod limits;
pub mod offsets;
pub mod ontology;
pub mod span;
pub mod submission;
pub mod teaching;

pub use analysis::{
    Analysis, AnalysisVersion, Claim, ClaimSource, Entity, Event, Mention, Published, Quantity, QuantityLink,
    Role, Segment, TimeExpression, TimeInterval,
};
pub use error::{Error, ErrorCode, FieldViolation};
pub use graph::{Amount, ArticleLinks, Conflict, EventCluster, Story};
pub use id::{
    ArticleId, ClaimId, ClusterId, ConflictId, ContentHash, EntityId, EventId, EventKey, JudgementId,
    StoryId, TeachingId,
};
pub use judgement::{EventKeys, JudgedEvent, Judgement, Verdict};
pub use offsets::{Offsets, Passage, SpanUnit};
pub use span::Span;
pub use submission::{ArticleFields, Change, Deletion, PublishedAt, Stamp, Submission};
pub use teaching::{Fact, Reach, TaughtEntity, TaughtTerm, Teaching};

//! What travels on the queue, both ways. The queue itself carries bytes and knows nothing of this.

use marsad_model::{ArticleFields, Change, Deletion, Stamp, Submission};
use prost::Message;

use crate::v1;
use crate::v1::queued_change::Change as Wire;

/// The header that names the schema of a message's body.
pub const SCHEMA_HEADER: &str = "marsad-schema";

/// The schema that this version writes.
pub const SCHEMA: &str = "marsad.v1.QueuedChange";

/// Why the body of a message cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMessage {
    /// Another schema, or none.
    #[error("schema is `{0}`, but only `marsad.v1.QueuedChange` can be read")]
    Schema(String),
    /// Not this protobuf message.
    #[error("body is no marsad.v1.QueuedChange: {0}")]
    Protobuf(String),
    /// A field that must be there and right.
    #[error("field `{0}` is missing or wrong")]
    Field(&'static str),
    /// The article id is not the one that the fields give.
    #[error("article_id is {given}, but the fields give {derived}")]
    Identity {
        /// What the message says.
        given: String,
        /// What the fields give.
        derived: String,
    },
}

/// The body for a change.
pub fn encode(change: &Change) -> Vec<u8> {
    let stamp = change.stamp();
    let wire = match change {
        Change::Submit(Submission { fields, .. }) => Wire::Submit(v1::QueuedArticle {
            text: fields.text.clone(),
            html: fields.html.clone(),
            title: fields.title.clone(),
            outlet: fields.outlet.clone(),
            url: fields.url.clone(),
            external_id: fields.external_id.clone(),
            published_at: fields.published_at.as_ref().map(|p| p.as_str().to_owned()),
        }),
        Change::Delete(_) => Wire::Delete(v1::QueuedDeletion {}),
    };
    v1::QueuedChange {
        article_id: change.article().to_string(),
        modified_at: Some(crate::timestamp_from_micros(stamp.modified_at)),
        accepted_at: Some(crate::timestamp_from_micros(stamp.accepted_at)),
        change: Some(wire),
    }
    .encode_to_vec()
}

/// The change in a body with that schema header.
///
/// # Errors
/// What is wrong with the message; it can never become right, so it belongs among the parked.
pub fn decode(schema: Option<&str>, body: &[u8]) -> Result<Change, BadMessage> {
    if schema != Some(SCHEMA) {
        return Err(BadMessage::Schema(schema.unwrap_or_default().to_owned()));
    }
    let message = v1::QueuedChange::decode(body).map_err(|e| BadMessage::Protobuf(e.to_string()))?;
    let article = message.article_id.parse().map_err(|_| BadMessage::Field("article_id"))?;
    let micros = |wire: Option<&pbjson_types::Timestamp>, field| {
        wire.and_then(crate::micros_from_timestamp).ok_or(BadMessage::Field(field))
    };
    let modified_at = micros(message.modified_at.as_ref(), "modified_at")?;
    let accepted_at = micros(message.accepted_at.as_ref(), "accepted_at")?;
    match message.change.ok_or(BadMessage::Field("change"))? {
        Wire::Delete(_) => Ok(Change::Delete(Deletion {
            article,
            stamp: Stamp { modified_at, accepted_at, content_hash: None },
        })),
        Wire::Submit(wire) => {
            let published_at = wire.published_at.map(|text| text.parse()).transpose();
            let fields = ArticleFields {
                text: wire.text,
                html: wire.html,
                title: wire.title,
                outlet: wire.outlet,
                url: wire.url,
                external_id: wire.external_id,
                published_at: published_at.map_err(|_| BadMessage::Field("published_at"))?,
            };
            let derived = fields.article_id();
            if derived != article {
                let (given, derived) = (article.to_string(), derived.to_string());
                return Err(BadMessage::Identity { given, derived });
            }
            let stamp = Stamp { modified_at, accepted_at, content_hash: Some(fields.content_hash()) };
            Ok(Change::Submit(Submission { article, stamp, fields }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn submission() -> Change {
        let fields = ArticleFields {
            text: "نص الخبر".into(),
            url: Some("https://news.example/1".into()),
            published_at: Some("2024-01-24".parse().unwrap()),
            ..Default::default()
        };
        Change::Submit(Submission::new(fields, None, "2024-01-24T10:00:00.123456Z".parse().unwrap()))
    }

    #[test]
    fn changes_round_trip() {
        let submit = submission();
        let delete =
            Change::Delete(Deletion::new(submit.article(), None, "2024-01-25T00:00:00Z".parse().unwrap()));
        for change in [submit, delete] {
            assert_eq!(decode(Some(SCHEMA), &encode(&change)), Ok(change));
        }
    }

    #[test]
    fn malformed_messages_say_why() {
        let body = encode(&submission());
        assert!(matches!(decode(None, &body), Err(BadMessage::Schema(_))));
        assert!(matches!(decode(Some(SCHEMA), &body[..7]), Err(BadMessage::Protobuf(_))));
        assert_eq!(decode(Some(SCHEMA), &[]), Err(BadMessage::Field("article_id")));
        let mut other = v1::QueuedChange::decode(body.as_slice()).unwrap();
        other.article_id = uuid_of_another_article();
        assert!(matches!(decode(Some(SCHEMA), &other.encode_to_vec()), Err(BadMessage::Identity { .. })));
    }

    fn uuid_of_another_article() -> String {
        ArticleFields { text: "آخر".into(), ..Default::default() }.article_id().to_string()
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(Some(SCHEMA), &body);
        }
    }
}

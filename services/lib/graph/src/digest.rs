//! What joining needs of an article, made once from its text and analysis; the text is not seen again.

use std::collections::BTreeMap;

use marsad_model::ontology::PublishedBasis;
use marsad_model::{Analysis, ArticleId, EntityId, Published};
use serde::{Deserialize, Serialize};

use crate::dates::DateClues;
use crate::duplicates::Fingerprint;
use crate::events::ArticleEvents;
use crate::stories::Profile;
use crate::words::Reading;

/// The form of [`Digest::to_bytes`]. Raised with every change of what a digest holds or how it is made.
pub const DIGEST_VERSION: u8 = 2;

/// An article with its analysis.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The article.
    pub article: ArticleId,
    /// Its title, where it is known apart from the text.
    pub title: Option<&'a str>,
    /// The text that the analysis was made of.
    pub text: &'a str,
    /// What was found in it, with no day that other articles give.
    pub analysis: &'a Analysis,
}

/// What joining needs of an article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// The article.
    pub article: ArticleId,
    /// The publication day that it states.
    pub published: Published,
    /// What its text is compared with others' by.
    pub fingerprint: Fingerprint,
    /// What its subject is compared with others' by.
    pub profile: Profile,
    /// What it tells with a time.
    pub clues: DateClues,
    /// Its events.
    pub events: ArticleEvents,
    /// Whom the entities of its events act for.
    pub rollups: Box<[(EntityId, EntityId)]>,
}

/// Bytes that are no digest of this version.
#[derive(Debug, thiserror::Error)]
pub enum DigestError {
    /// Made by a program with another form of digests.
    #[error(
        "a digest of version {found}; this program reads version {DIGEST_VERSION}, so it has to be made anew"
    )]
    Version {
        /// Its version.
        found: u8,
    },
    /// Not what [`Digest::to_bytes`] wrote.
    #[error("no digest: {0}")]
    Malformed(#[from] postcard::Error),
}

impl Digest {
    /// The digest of an article.
    pub fn of(source: &Source<'_>) -> Self {
        let Source { article, title, text, analysis } = *source;
        let reading = Reading::new(text, analysis);
        let words = reading.words();
        let events = ArticleEvents::of_reading(article, analysis.published.date, analysis, &reading);
        let parties: BTreeMap<&EntityId, &EntityId> =
            analysis.entities.iter().filter_map(|e| Some((&e.id, e.rollup.as_ref()?))).collect();
        Self {
            article,
            published: analysis.published,
            fingerprint: Fingerprint::of(&words, analysis.published.date),
            profile: Profile::of(title, text, &words, analysis),
            clues: DateClues::of_reading(&reading, analysis),
            events,
            rollups: parties.into_iter().map(|(of, up)| (of.clone(), up.clone())).collect(),
        }
    }

    /// Whether it was made of what the article itself says, not with a day that others give.
    pub fn is_own(&self) -> bool {
        self.published.basis != PublishedBasis::Linked
    }

    /// The digest as it is stored.
    ///
    /// # Errors
    /// Where a part of it has no end that can be written, which cannot be.
    pub fn to_bytes(&self) -> Result<Vec<u8>, DigestError> {
        Ok(postcard::to_extend(self, vec![DIGEST_VERSION])?)
    }

    /// Reads back what [`Digest::to_bytes`] wrote.
    ///
    /// # Errors
    /// Bytes of another version, or that are no digest.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DigestError> {
        match bytes.split_first() {
            Some((&DIGEST_VERSION, rest)) => Ok(postcard::from_bytes(rest)?),
            found => Err(DigestError::Version { found: found.map_or(0, |(version, _)| *version) }),
        }
    }
}

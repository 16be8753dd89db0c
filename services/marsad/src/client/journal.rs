//! What a submission has handed over, in a file: a run that ended early is gone on with where it was.
//!
//! A line an accepted article: half of the SHA-256 of what was sent of it, in hexadecimal digits. An article that has changed since is
//! sent again. Lines that were lost with the machine cost nothing but sending these articles once more.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use anyhow::Context;
use foldhash::HashSet;
use marsad_proto::v1;
use prost::Message;
use sha2::{Digest, Sha256};

/// What an article is known by in the file.
pub(crate) type Key = u128;

/// The file, and what it held.
pub(crate) struct Journal {
    accepted: HashSet<Key>,
    file: File,
}

impl Journal {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let problem = || format!("cannot go on with the submission in {}", path.display());
        let mut file =
            OpenOptions::new().create(true).read(true).append(true).open(path).with_context(problem)?;
        let mut text = String::new();
        file.read_to_string(&mut text).with_context(problem)?;
        // The last line may have been cut off.
        let whole = text.rfind('\n').map_or(0, |last| last + 1);
        let lines = text.get(..whole).unwrap_or_default().lines();
        let keys = lines.map(|line| Key::from_str_radix(line, 16));
        let accepted = keys.collect::<Result<_, _>>().with_context(problem)?;
        file.set_len(u64::try_from(whole)?).with_context(problem)?;
        Ok(Self { accepted, file })
    }

    /// What an article is known by.
    pub(crate) fn key(article: &v1::ArticleInput) -> Key {
        let digest = Sha256::digest(article.encode_to_vec());
        let half = digest.first_chunk().copied().unwrap_or_default();
        Key::from_be_bytes(half)
    }

    /// Whether an article was accepted before.
    pub(crate) fn contains(&self, key: Key) -> bool {
        self.accepted.contains(&key)
    }

    /// Notes that an article was accepted.
    pub(crate) fn add(&mut self, key: Key) -> anyhow::Result<()> {
        if self.accepted.insert(key) {
            self.file
                .write_all(format!("{key:032x}\n").as_bytes())
                .context("cannot note what was accepted")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(text: &str) -> Key {
        Journal::key(&v1::ArticleInput { text: text.to_owned(), ..v1::ArticleInput::default() })
    }

    #[test]
    fn what_was_noted_is_known_to_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (one, two, three) = (article("one"), article("two"), article("three"));
        let mut journal = Journal::open(&path).unwrap();
        journal.add(one).unwrap();
        journal.add(two).unwrap();
        // As if the run had ended in the middle of a line.
        for cut in [1, 5, 33] {
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, &text[..text.len() - cut]).unwrap();
            let mut journal = Journal::open(&path).unwrap();
            assert!(journal.contains(one) && !journal.contains(two), "{cut}");
            journal.add(two).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{cut}");
        }
        assert!(!Journal::open(&path).unwrap().contains(three));
    }

    #[test]
    fn another_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("articles.jsonl");
        std::fs::write(&path, "{\"text\": \"…\"}\n").unwrap();
        assert!(Journal::open(&path).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"text\": \"…\"}\n");
    }
}

//! The lines of the output: written straight away, or kept in a temporary file while a line may still change.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};

use anyhow::Context;

/// The lines that were written.
pub(super) struct Lines {
    kept: Option<BufWriter<File>>,
    /// Texts that take the places of others.
    replaced: BTreeMap<usize, String>,
    count: usize,
}

impl Lines {
    /// Lines that are written straight away.
    pub(super) fn straight() -> Self {
        Self { kept: None, replaced: BTreeMap::new(), count: 0 }
    }

    /// Lines that are kept until all are there.
    pub(super) fn kept() -> anyhow::Result<Self> {
        let file = tempfile::tempfile().context("cannot make a temporary file")?;
        Ok(Self { kept: Some(BufWriter::new(file)), ..Self::straight() })
    }

    /// Writes what is said of one article: a line, or several.
    pub(super) fn write(&mut self, out: &mut dyn Write, text: &str) -> io::Result<()> {
        self.count += 1;
        match &mut self.kept {
            // One line each, whatever it holds.
            Some(kept) => writeln!(kept, "{}", serde_json::to_string(text)?),
            None => writeln!(out, "{text}"),
        }
    }

    /// How many articles were written.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Says something else of the article at that position; only where lines are kept.
    pub(super) fn replace(&mut self, at: usize, text: String) {
        self.replaced.insert(at, text);
    }

    /// Writes what was kept.
    pub(super) fn finish(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let Some(kept) = self.kept else { return Ok(()) };
        let mut file = kept.into_inner().map_err(|error| error.into_error())?;
        file.rewind()?;
        for (at, line) in BufReader::new(file).lines().enumerate() {
            match self.replaced.get(&at) {
                Some(text) => writeln!(out, "{text}")?,
                None => writeln!(out, "{}", serde_json::from_str::<String>(&line?)?)?,
            }
        }
        Ok(())
    }
}

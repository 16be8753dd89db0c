//! JSON Lines: `{"kind": …, "record": …}`, the record in protobuf JSON, as `--json` shows it.
//!
//! The last line has the kind `export` and tells that the export is whole: how many lines there are of each kind, and from which to which
//! version the record went while it was read. Where both are the same, the lines are one version of the record.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::pages::Versions;

/// A writer of lines.
#[derive(Debug)]
pub(crate) struct Lines<W> {
    out: W,
    counts: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Line<'a, T> {
    kind: &'a str,
    record: &'a T,
}

/// The record of the last line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole<'a> {
    lines: &'a BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<AsOf>,
}

/// As in protobuf JSON, numbers of 64 bits are texts.
#[derive(Serialize)]
struct AsOf {
    first: String,
    last: String,
}

impl<W: Write> Lines<W> {
    /// Lines to `out`.
    pub(crate) fn new(out: W) -> Self {
        Self { out, counts: BTreeMap::new() }
    }

    /// Writes a record.
    pub(crate) fn write(&mut self, kind: &'static str, record: &impl Serialize) -> io::Result<()> {
        *self.counts.entry(kind).or_default() += 1;
        self.line(kind, record)
    }

    fn line(&mut self, kind: &str, record: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, &Line { kind, record })?;
        self.out.write_all(b"\n")
    }

    /// Writes the last line.
    pub(crate) fn finish(mut self, versions: Versions) -> io::Result<W> {
        let as_of =
            versions.seen().map(|(first, last)| AsOf { first: first.to_string(), last: last.to_string() });
        let counts = std::mem::take(&mut self.counts);
        self.line("export", &Whole { lines: &counts, as_of })?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_line_a_record() {
        let mut lines = Lines::new(Vec::new());
        for story in example::stories() {
            lines.write("story", &story).unwrap();
        }
        lines.write("conflict", &example::conflict()).unwrap();
        let mut versions = Versions::default();
        versions.see(7);
        versions.see(9);
        let text = String::from_utf8(lines.finish(versions).unwrap()).unwrap();
        insta::assert_snapshot!(text);
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(value["kind"].is_string() && value["record"].is_object());
        }
    }
}

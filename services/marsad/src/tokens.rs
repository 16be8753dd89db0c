//! Access tokens: 256 random bits each, kept as SHA-256 in a file of lines `name scopes hash [limits]`.
//!
//! Several lines may be valid at once, so that a token can be replaced without a gap: add the new one, move the callers over,
//! take the old line out.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::ValueEnum;
use marsad_model::ContentHash;
use rand::Rng;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::cli::Scope;
use crate::cli::upkeep::{TokenAction, TokenArgs};
use crate::quota::{Limits, Quota};
use crate::server::Files;

/// What a token file's first line says.
const HEADER: &str = "# Access tokens of Marsad: name, scopes, SHA-256 of the token, limits a second. Made by `marsad token new`.\n";

/// One token that is known.
#[derive(Debug)]
struct Entry {
    name: String,
    scopes: BTreeSet<Scope>,
    hash: ContentHash,
    limits: Limits,
    quota: Option<Arc<Quota>>,
}

/// The tokens that a server knows.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    entries: Vec<Entry>,
}

/// A token that was recognised.
#[derive(Debug)]
pub(crate) struct Holder<'t> {
    /// Whose it is.
    pub(crate) name: &'t str,
    /// What it may do.
    pub(crate) scopes: &'t BTreeSet<Scope>,
    /// How much it may do.
    pub(crate) quota: Option<&'t Arc<Quota>>,
}

impl Tokens {
    /// The file's tokens, which are read again when it changes. Then everybody's quota begins anew.
    pub(crate) fn file(path: PathBuf) -> anyhow::Result<Files<Self>> {
        Files::load("access tokens", vec![path], |contents| {
            let text =
                contents.iter().map(|bytes| std::str::from_utf8(bytes)).collect::<Result<String, _>>()?;
            Self::parse(&text)
        })
    }

    /// Reads a file's text.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let lines =
            text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let entries = lines.map(|(at, line)| Entry::parse(line).with_context(|| format!("line {}", at + 1)));
        let entries: Vec<_> = entries.collect::<anyhow::Result<_>>()?;
        if entries.is_empty() {
            bail!("the file holds no token; `marsad token new` makes one");
        }
        Ok(Self { entries })
    }

    /// Who holds this token. Takes the same time for any token that is not known.
    pub(crate) fn holder(&self, token: &str) -> Option<Holder<'_>> {
        let hash = hash(token);
        let mut found = u32::MAX;
        for (at, entry) in (0..).zip(&self.entries) {
            let same: Choice = entry.hash.0.ct_eq(&hash.0);
            found.conditional_assign(&at, same);
        }
        let entry = self.entries.get(usize::try_from(found).ok()?)?;
        Some(Holder { name: &entry.name, scopes: &entry.scopes, quota: entry.quota.as_ref() })
    }
}

impl Entry {
    fn parse(line: &str) -> anyhow::Result<Self> {
        let mut fields = line.split_whitespace();
        let (Some(name), Some(scopes), Some(hash), limits, None) =
            (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
        else {
            bail!("a line is `name scopes hash` and perhaps limits, e.g. `crawler write 9f86… requests=50`");
        };
        let scopes = scopes
            .split(',')
            .map(|scope| <Scope as ValueEnum>::from_str(scope, false).map_err(anyhow::Error::msg));
        let scopes = scopes.collect::<anyhow::Result<_>>()?;
        let limits = limits.map(Limits::from_str).transpose()?.unwrap_or_default();
        Ok(Self::new(name, scopes, hash.parse()?, limits))
    }

    fn new(name: &str, scopes: BTreeSet<Scope>, hash: ContentHash, limits: Limits) -> Self {
        Self { name: name.to_owned(), scopes, hash, limits, quota: Quota::new(limits).map(Arc::new) }
    }

    fn line(&self) -> String {
        let scopes: Vec<String> = self
            .scopes
            .iter()
            .filter_map(|s| s.to_possible_value())
            .map(|v| v.get_name().to_owned())
            .collect();
        let limits = self.limits.to_string();
        let line = format!("{} {} {} {limits}", self.name, scopes.join(","), self.hash);
        format!("{}\n", line.trim_end())
    }
}

fn hash(token: &str) -> ContentHash {
    ContentHash(Sha256::digest(token.as_bytes()).into())
}

/// Makes a token for `name` and adds its hash to `file`; the token itself is kept nowhere.
pub(crate) fn make(file: &Path, name: &str, scopes: &[Scope], limits: Limits) -> anyhow::Result<String> {
    if name.is_empty() || name.starts_with('#') || name.contains(char::is_whitespace) {
        bail!("`{name}` is no name for a token: it must be one word that does not begin with #");
    }
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let token = format!("marsad_{}", URL_SAFE_NO_PAD.encode(bytes));
    let entry = Entry::new(name, scopes.iter().copied().collect(), hash(&token), limits);
    let before = std::fs::read_to_string(file).unwrap_or_default();
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out =
        options.open(file).with_context(|| format!("cannot write the tokens file {}", file.display()))?;
    // A file that somebody edited may end without a line break.
    let lead = if before.is_empty() {
        HEADER
    } else if before.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    out.write_all(format!("{lead}{}", entry.line()).as_bytes())?;
    Ok(token)
}

/// `marsad token`.
#[expect(clippy::print_stdout, reason = "the token is what the command is for")]
pub(crate) fn run(args: &TokenArgs) -> anyhow::Result<()> {
    let TokenAction::New { file, scopes, name, requests_per_second, bytes_per_second } = &args.action;
    let limits = Limits { requests: *requests_per_second, bytes: *bytes_per_second };
    println!("{}", make(file, name, scopes, limits)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_token_is_known_and_two_are_valid_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("tokens");
        let limits = "requests=5,bytes=1000".parse().unwrap();
        let old = make(&file, "crawler", &[Scope::Write], Limits::default()).unwrap();
        let new = make(&file, "crawler", &[Scope::Write, Scope::Read], limits).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let tokens = Tokens::parse(&text).unwrap();
        assert_eq!(tokens.holder(&old).unwrap().scopes, &BTreeSet::from([Scope::Write]));
        assert!(tokens.holder(&old).unwrap().quota.is_none());
        assert_eq!(tokens.holder(&new).unwrap().scopes, &BTreeSet::from([Scope::Read, Scope::Write]));
        assert!(tokens.holder(&new).unwrap().quota.is_some());
        assert_eq!(tokens.entries[1].limits, limits);
        assert!(tokens.holder("marsad_other").is_none());
        assert!(tokens.holder("").is_none());
        assert!(!text.contains(&old) && !text.contains(&new), "the file holds a token in the clear");
    }

    #[test]
    fn a_file_without_a_last_line_break_is_continued_on_a_new_line() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("tokens");
        make(&file, "one", &[Scope::Read], Limits::default()).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.trim_end()).unwrap();
        make(&file, "two", &[Scope::Read], Limits::default()).unwrap();
        assert_eq!(Tokens::parse(&std::fs::read_to_string(&file).unwrap()).unwrap().entries.len(), 2);
    }

    #[test]
    fn bad_files_are_refused_with_the_line() {
        for (text, problem) in [
            ("crawler write", "line 1"),
            ("# a comment\ncrawler fly 00", "line 2"),
            ("crawler write 1234", "no content hash"),
            ("# nothing but a comment", "holds no token"),
        ] {
            let error = format!("{:#}", Tokens::parse(text).unwrap_err());
            assert!(error.contains(problem), "{error}");
        }
    }
}

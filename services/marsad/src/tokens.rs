//! Access tokens: 256 random bits each, kept as SHA-256 in a file of lines `name scopes hash`.
//!
//! Several lines may be valid at once, so that a token can be replaced without a gap: add the new one, move the callers over,
//! take the old line out.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::ValueEnum;
use marsad_model::ContentHash;
use rand::Rng;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::cli::{Scope, TokenAction, TokenArgs};

/// What a token file's first line says.
const HEADER: &str =
    "# Access tokens of Marsad: name, scopes, SHA-256 of the token. Made by `marsad token new`.\n";

/// One token that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: String,
    scopes: BTreeSet<Scope>,
    hash: ContentHash,
}

/// The tokens that a server knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tokens {
    entries: Vec<Entry>,
}

/// A token that was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder<'t> {
    /// Whose it is.
    pub(crate) name: &'t str,
    /// What it may do.
    pub(crate) scopes: &'t BTreeSet<Scope>,
}

impl Tokens {
    /// Reads a token file.
    pub(crate) fn load(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the tokens file {}", path.display()))?;
        let tokens = Self::parse(&text).with_context(|| format!("in the tokens file {}", path.display()))?;
        if tokens.entries.is_empty() {
            bail!("the tokens file {} holds no token; `marsad token new` makes one", path.display());
        }
        Ok(tokens)
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let lines =
            text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let entries = lines.map(|(at, line)| Entry::parse(line).with_context(|| format!("line {}", at + 1)));
        Ok(Self { entries: entries.collect::<anyhow::Result<_>>()? })
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
        Some(Holder { name: &entry.name, scopes: &entry.scopes })
    }
}

impl Entry {
    fn parse(line: &str) -> anyhow::Result<Self> {
        let mut fields = line.split_whitespace();
        let (Some(name), Some(scopes), Some(hash), None) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            bail!("a line is `name scopes hash`, e.g. `crawler write 9f86…`");
        };
        let scopes = scopes.split(',').map(|scope| Scope::from_str(scope, false).map_err(anyhow::Error::msg));
        Ok(Self {
            name: name.to_owned(),
            scopes: scopes.collect::<anyhow::Result<_>>()?,
            hash: hash.parse()?,
        })
    }

    fn line(&self) -> String {
        let scopes: Vec<String> = self
            .scopes
            .iter()
            .filter_map(|s| s.to_possible_value())
            .map(|v| v.get_name().to_owned())
            .collect();
        format!("{} {} {}\n", self.name, scopes.join(","), self.hash)
    }
}

fn hash(token: &str) -> ContentHash {
    ContentHash(Sha256::digest(token.as_bytes()).into())
}

/// Makes a token for `name` and adds its hash to `file`; the token itself is kept nowhere.
pub(crate) fn make(file: &Path, name: &str, scopes: &[Scope]) -> anyhow::Result<String> {
    if name.is_empty() || name.starts_with('#') || name.contains(char::is_whitespace) {
        bail!("`{name}` is no name for a token: it must be one word that does not begin with #");
    }
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let token = format!("marsad_{}", URL_SAFE_NO_PAD.encode(bytes));
    let entry = Entry { name: name.to_owned(), scopes: scopes.iter().copied().collect(), hash: hash(&token) };
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
    let TokenAction::New { file, scopes, name } = &args.action;
    println!("{}", make(file, name, scopes)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_token_is_known_and_two_are_valid_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("tokens");
        let old = make(&file, "crawler", &[Scope::Write]).unwrap();
        let new = make(&file, "crawler", &[Scope::Write, Scope::Read]).unwrap();
        let tokens = Tokens::load(&file).unwrap();
        assert_eq!(tokens.holder(&old).unwrap().scopes, &BTreeSet::from([Scope::Write]));
        assert_eq!(tokens.holder(&new).unwrap().scopes, &BTreeSet::from([Scope::Read, Scope::Write]));
        assert_eq!(tokens.holder("marsad_other"), None);
        assert_eq!(tokens.holder(""), None);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains(&old) && !text.contains(&new), "the file holds a token in the clear");
    }

    #[test]
    fn a_file_without_a_last_line_break_is_continued_on_a_new_line() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("tokens");
        make(&file, "one", &[Scope::Read]).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.trim_end()).unwrap();
        make(&file, "two", &[Scope::Read]).unwrap();
        assert_eq!(Tokens::load(&file).unwrap().entries.len(), 2);
    }

    #[test]
    fn bad_files_are_refused_with_the_line() {
        for (text, problem) in [
            ("crawler write", "line 1"),
            ("# a comment\ncrawler fly 00", "line 2"),
            ("crawler write 1234", "no content hash"),
        ] {
            let error = format!("{:#}", Tokens::parse(text).unwrap_err());
            assert!(error.contains(problem), "{error}");
        }
    }
}

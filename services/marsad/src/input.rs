//! What the command line reads articles from: folders, single files, JSON Lines.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The file with the metadata of a folder's articles.
const INDEX: &str = "index.json";

/// One article as it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Input {
    /// The stem of its file, or its `id` in JSON Lines.
    pub(crate) id: String,
    /// Where it was read, for messages.
    pub(crate) origin: String,
    /// Whether `id` is the outlet's own, as in JSON Lines; a file's name is not.
    pub(crate) id_is_external: bool,
    pub(crate) text: String,
    pub(crate) html: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) outlet: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) published_at: Option<String>,
}

/// Something that could not be read; the rest goes on.
#[derive(Debug, thiserror::Error)]
#[error("{origin}: {problem}")]
pub(crate) struct Unreadable {
    /// Which file, and line where it has lines.
    pub(crate) origin: String,
    problem: String,
}

impl Unreadable {
    fn new(origin: impl Into<String>, problem: impl ToString) -> Self {
        Self { origin: origin.into(), problem: problem.to_string() }
    }
}

type Item = Result<Input, Unreadable>;

/// A row of `index.json`; other keys are ignored.
#[derive(Debug, Default, Deserialize)]
struct IndexRow {
    file: String,
    outlet: Option<String>,
    published_at: Option<String>,
    url: Option<String>,
    title: Option<String>,
}

/// A line of JSON Lines; other keys are ignored.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    #[serde(default)]
    text: String,
    html: Option<String>,
    title: Option<String>,
    outlet: Option<String>,
    published_at: Option<String>,
    url: Option<String>,
}

/// Everything that the paths name, in order, read as it is asked for; `-` is standard input.
pub(crate) fn read(paths: &[PathBuf]) -> impl Iterator<Item = Item> + use<> {
    let paths = paths.to_vec();
    paths.into_iter().flat_map(|path| read_path(&path))
}

/// How many articles the paths name, as far as that can be told without reading standard input.
pub(crate) fn count(paths: &[PathBuf]) -> Option<u64> {
    let count = |path: &PathBuf| -> Option<u64> {
        if path.as_os_str() == "-" {
            return None;
        }
        if path.is_dir() {
            return Some(pages(path).map_or(0, |pages| pages.len() as u64));
        }
        if !is_json_lines(path) {
            return Some(1);
        }
        let lines = BufReader::new(File::open(path).ok()?).split(b'\n').map_while(Result::ok);
        Some(lines.filter(|line| !line.trim_ascii().is_empty()).count() as u64)
    };
    paths.iter().map(count).sum()
}

fn read_path(path: &Path) -> Box<dyn Iterator<Item = Item>> {
    if path.as_os_str() == "-" {
        return Box::new(read_lines("standard input", std::io::stdin().lock()));
    }
    let name = path.display().to_string();
    if path.is_dir() {
        return read_folder(path);
    }
    if is_json_lines(path) {
        return match File::open(path) {
            Ok(file) => Box::new(read_lines(&name, BufReader::new(file))),
            Err(error) => Box::new(std::iter::once(Err(Unreadable::new(name, error)))),
        };
    }
    Box::new(std::iter::once(read_page(path, IndexRow::default())))
}

fn is_json_lines(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "jsonl" || extension == "ndjson")
}

fn is_html(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "html" || extension == "htm")
}

/// The `.txt` and `.html` files of a folder, in name order.
fn pages(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut pages: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<std::io::Result<Vec<_>>>()?
        .into_iter()
        .filter(|path| is_html(path) || path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    pages.sort();
    Ok(pages)
}

fn read_folder(folder: &Path) -> Box<dyn Iterator<Item = Item>> {
    let fail = |origin: &Path, problem: String| -> Box<dyn Iterator<Item = Item>> {
        Box::new(std::iter::once(Err(Unreadable::new(origin.display().to_string(), problem))))
    };
    let pages = match pages(folder) {
        Ok(pages) => pages,
        Err(error) => return fail(folder, error.to_string()),
    };
    let index = folder.join(INDEX);
    let mut rows: HashMap<String, IndexRow> = HashMap::new();
    if index.is_file() {
        let parsed = std::fs::read_to_string(&index).map_err(|e| e.to_string()).and_then(|text| {
            serde_json::from_str::<Vec<IndexRow>>(&text)
                .map_err(|e| format!("is no array of {{\"file\", …}}: {e}"))
        });
        match parsed {
            Ok(parsed) => rows.extend(parsed.into_iter().map(|row| (row.file.clone(), row))),
            // Without its metadata the articles would be read differently: better not at all.
            Err(problem) => return fail(&index, problem),
        }
    }
    Box::new(pages.into_iter().map(move |page| {
        let name = page.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        read_page(&page, rows.remove(&name).unwrap_or_default())
    }))
}

fn read_page(path: &Path, row: IndexRow) -> Item {
    let origin = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Unreadable::new(&origin, error))?;
    let content = String::from_utf8(bytes)
        .map_err(|error| Unreadable::new(&origin, format!("is not UTF-8: {error}")))?;
    let (text, html) = if is_html(path) { (String::new(), Some(content)) } else { (content, None) };
    Ok(Input {
        id: path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default(),
        origin,
        id_is_external: false,
        text,
        html,
        title: row.title,
        outlet: row.outlet,
        url: row.url,
        published_at: row.published_at,
    })
}

fn read_lines(name: &str, reader: impl BufRead + 'static) -> impl Iterator<Item = Item> + 'static {
    let name = name.to_owned();
    reader.split(b'\n').enumerate().filter_map(move |(at, line)| {
        let origin = format!("{name}:{}", at + 1);
        let line = match line {
            Ok(line) if line.trim_ascii().is_empty() => return None,
            Ok(line) => line,
            Err(error) => return Some(Err(Unreadable::new(origin, error))),
        };
        Some(match serde_json::from_slice::<Line>(&line) {
            Err(error) => Err(Unreadable::new(origin, format!("is no {{\"id\", \"text\", …}}: {error}"))),
            Ok(line) => Ok(Input {
                id: line.id,
                origin,
                id_is_external: true,
                text: line.text,
                html: line.html,
                title: line.title,
                outlet: line.outlet,
                url: line.url,
                published_at: line.published_at,
            }),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_is_read_in_name_order_with_its_index() {
        let folder = folder(&[
            ("b.txt", "ب"),
            ("a.html", "<p>أ"),
            ("notes.md", "x"),
            (
                "index.json",
                r#"[{"file": "b.txt", "outlet": "وكالة", "published_at": "2024-01-24", "lang": "ar"}]"#,
            ),
        ]);
        let paths = [folder.path().to_owned()];
        let inputs: Vec<Input> = read(&paths).map(Result::unwrap).collect();
        assert_eq!(inputs.iter().map(|i| i.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(inputs[0].html.as_deref(), Some("<p>أ"));
        assert_eq!(inputs[1].outlet.as_deref(), Some("وكالة"));
        assert_eq!(count(&paths), Some(2));
    }

    #[test]
    fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
        let folder = folder(&[
            ("a.jsonl", "{\"id\": \"1\", \"text\": \"نص\"}\n\nnot json\n{\"id\": \"2\"}\n"),
            ("good.txt", "نص"),
        ]);
        std::fs::write(folder.path().join("bad.txt"), [0xff, 0xfe]).unwrap();
        let paths = ["a.jsonl", "bad.txt", "missing.txt", "good.txt"].map(|name| folder.path().join(name));
        let results: Vec<Item> = read(&paths).collect();
        let good: Vec<&str> = results.iter().flatten().map(|i| i.id.as_str()).collect();
        assert_eq!(good, ["1", "2", "good"]);
        let bad: Vec<String> =
            results.iter().filter_map(|r| r.as_ref().err()).map(ToString::to_string).collect();
        assert!(
            bad[0].contains("a.jsonl:3") && bad[1].contains("bad.txt") && bad[2].contains("missing.txt"),
            "{bad:?}"
        );
        assert_eq!(count(&paths[..1]), Some(3));
    }
}

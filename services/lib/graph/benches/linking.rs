//! What linking takes beside analysis while the store grows, and how large what it holds becomes.
//!
//!     cargo bench -p marsad-graph --bench linking -- CORPUS... [--digests FILE] [--batch 256]
//!
//! A corpus is a file of articles, one JSON object a line with `text` and, where known, `title`, `outlet` and `date`, or a directory of such
//! files; without one the directory named by `MARSAD_CORPORA` is read. All articles are analysed, on all cores, and their digests
//! kept in a temporary file, or in `FILE`: where that exists already it is taken as it is. Then they are linked in the order of the files, in batches, as
//! the linker does. At each size reported, the articles that came last are analysed once more, alone, so that what linking them took is
//! compared with what analysing the same articles takes in the same run. Times are processor time of one thread. The last line ends with a
//! hash of all that was given out: two programs that join in the same way print the same.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::collections::HashMap;
use std::fs::{self, File};
use std::hash::Hasher;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use jiff::civil::Date;
use marsad_extract::{Document, analyze};
use marsad_graph::{Digest, Graph, Source, Update};
use marsad_model::{Analysis, ArticleFields, ArticleId, StoryId};
use rustc_hash::FxHasher;
use rustix::time::{ClockId, clock_gettime};
use serde::Deserialize;

/// Articles that the linker takes at once when many wait, where it is not told otherwise.
const BATCH: usize = 256;

/// Where the time is reported, and over how many articles before it.
const STORED: [usize; 3] = [10_000, 40_000, 88_000];
const SAMPLE: usize = 2_048;

/// Articles whose digests are held until they are written.
const BLOCK: usize = 4096;

fn main() {
    let (mut paths, mut kept, mut size) = (Vec::new(), None, BATCH);
    // Cargo itself gives `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--batch" => size = arguments.next().unwrap().parse().unwrap(),
            "--digests" => kept = arguments.next().map(PathBuf::from),
            _ => paths.push(PathBuf::from(argument)),
        }
    }
    if paths.is_empty() {
        paths.extend(std::env::var_os("MARSAD_CORPORA").map(PathBuf::from));
    }
    let corpora = Corpora::open(&paths);
    if corpora.places.is_empty() {
        println!("no articles: give files of them, or set MARSAD_CORPORA (see the head of this file)");
        return;
    }
    let temporary = tempfile::NamedTempFile::new().unwrap();
    let path = kept.as_deref().unwrap_or(temporary.path());
    if kept.is_none() || !path.exists() {
        analyse_all(&corpora, path);
    }
    link_all(&corpora, path, size);
}

/// Where each article is.
struct Corpora {
    files: Vec<PathBuf>,
    /// File, first byte and length of each line.
    places: Vec<(usize, u64, usize)>,
}

/// A line of a corpus.
#[derive(Deserialize)]
struct Line {
    text: String,
    title: Option<String>,
    outlet: Option<String>,
    date: Option<String>,
}

impl Corpora {
    fn open(paths: &[PathBuf]) -> Self {
        let mut files = Vec::new();
        for path in paths {
            if path.is_dir() {
                let inside = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
                let mut inside: Vec<PathBuf> =
                    inside.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
                inside.sort_unstable();
                files.extend(inside);
            } else {
                files.push(path.clone());
            }
        }
        let mut places = Vec::new();
        for (at, file) in files.iter().enumerate() {
            let mut from = 0;
            for line in BufReader::new(File::open(file).unwrap()).split(b'\n') {
                let length = line.unwrap().len();
                places.push((at, from, length));
                from += length as u64 + 1;
            }
        }
        Self { files, places }
    }

    /// An article, each line being one of its own, whatever it says.
    fn article(&self, at: usize) -> (ArticleId, ArticleFields) {
        let (file, from, length) = self.places[at];
        let mut line = vec![0; length];
        let mut file = File::open(&self.files[file]).unwrap();
        file.seek(SeekFrom::Start(from)).unwrap();
        file.read_exact(&mut line).unwrap();
        let Line { text, title, outlet, date } = serde_json::from_slice(&line).unwrap();
        // Some say the hour in ways that are no time; the day is enough.
        let published_at = date.and_then(|date| date.get(..10)?.parse().ok());
        let fields = ArticleFields { text, title, outlet, published_at, ..Default::default() };
        (Self::article_id(at), fields)
    }

    fn article_id(at: usize) -> ArticleId {
        ArticleId::from_external_id("corpora", &at.to_string())
    }
}

fn analysis(article: ArticleId, fields: &ArticleFields, linked: Option<Date>) -> Analysis {
    analyze(&Document { linked, ..Document::new(article, fields.content_hash(), fields) })
}

fn digest(article: ArticleId, fields: &ArticleFields, analysis: &Analysis) -> Digest {
    Digest::of(&Source { article, title: fields.title.as_deref(), text: &fields.text, analysis })
}

/// Writes the digests of all articles, each after its length.
fn analyse_all(corpora: &Corpora, path: &Path) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let all: Vec<usize> = (0..corpora.places.len()).collect();
    for block in all.chunks(BLOCK) {
        let next = AtomicUsize::new(0);
        let made = Mutex::new(vec![Vec::new(); block.len()]);
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().unwrap().get() {
                scope.spawn(|| {
                    while let Some(&at) = block.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let (article, fields) = corpora.article(at);
                        let digest = digest(article, &fields, &analysis(article, &fields, None));
                        made.lock().unwrap()[at - block[0]] = digest.to_bytes().unwrap();
                    }
                });
            }
        });
        for bytes in made.into_inner().unwrap() {
            out.write_all(&u32::try_from(bytes.len()).unwrap().to_le_bytes()).unwrap();
            out.write_all(&bytes).unwrap();
        }
    }
    out.into_inner().unwrap().sync_all().unwrap();
}

/// What linking a batch took, and what analysing articles anew took that others gave a day.
#[derive(Clone, Copy, Default)]
struct Linked {
    articles: usize,
    linking: Duration,
    redating: Duration,
    redated: usize,
}

fn link_all(corpora: &Corpora, digests: &Path, size: usize) {
    println!(
        "{} articles; digests {} MB; {}",
        corpora.places.len(),
        digests.metadata().unwrap().len() >> 20,
        memory()
    );
    println!("all times in ms an article, the slowest batch in ms");
    println!(
        "| stored | analysis | digest | linking | of analysis | slowest batch | analysed anew | memory | largest story | largest parent | largest component of articles, stories, mentions |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let places: HashMap<ArticleId, usize> =
        (0..corpora.places.len()).map(|at| (Corpora::article_id(at), at)).collect();
    let mut digests = BufReader::new(File::open(digests).unwrap());
    let (mut graph, mut sizes) = (Graph::new(), Sizes::default());
    let (mut batches, mut stored, mut given) = (Vec::new(), 0, FxHasher::default());
    while stored < corpora.places.len() {
        let batch: Vec<Vec<u8>> = std::iter::from_fn(|| next(&mut digests)).take(size).collect();
        assert!(!batch.is_empty(), "fewer digests than articles");
        stored += batch.len();
        let mut linked = Linked { articles: batch.len(), ..Linked::default() };
        let started = processor_time();
        for bytes in batch {
            graph.put(Digest::from_bytes(&bytes).unwrap());
        }
        let update = graph.settle(&mut |article, day| {
            let started = processor_time();
            let (article, fields) = corpora.article(*places.get(&article)?);
            let digest = digest(article, &fields, &analysis(article, &fields, Some(day)));
            linked.redating += processor_time() - started;
            linked.redated += 1;
            Some(digest.events)
        });
        linked.linking = processor_time() - started - linked.redating;
        given.write(format!("{update:?}").as_bytes());
        sizes.take(update);
        batches.push(linked);
        if STORED.iter().any(|&mark| stored / size == mark / size) || stored == corpora.places.len() {
            report(corpora, &graph, &sizes, &batches, stored, size);
        }
    }
    let all: Duration = batches.iter().map(|linked| linked.linking).sum();
    let redated: usize = batches.iter().map(|linked| linked.redated).sum();
    println!(
        "all: linking {:.3} ms an article; {redated} analysed anew; given out {:016x}",
        ms(all, stored),
        given.finish()
    );
}

fn next(digests: &mut impl Read) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    digests.read_exact(&mut length).ok()?;
    let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
    digests.read_exact(&mut bytes).unwrap();
    Some(bytes)
}

/// How many articles stories have.
#[derive(Default)]
struct Sizes {
    stories: HashMap<StoryId, (usize, Option<StoryId>)>,
}

impl Sizes {
    fn take(&mut self, update: Update) {
        for (story, _) in update.gone_stories {
            self.stories.remove(&story);
        }
        for story in update.stories {
            self.stories.insert(story.id, (story.articles.len(), story.parent));
        }
    }

    /// The largest story and the largest parent.
    fn largest(&self) -> (usize, usize) {
        let parents: std::collections::HashSet<StoryId> =
            self.stories.values().filter_map(|(_, parent)| *parent).collect();
        let largest = |of_parents: bool| {
            let some = self.stories.iter().filter(|(id, _)| parents.contains(id) == of_parents);
            some.map(|(_, (articles, _))| *articles).max().unwrap_or(0)
        };
        (largest(false), largest(true))
    }
}

fn report(corpora: &Corpora, graph: &Graph, sizes: &Sizes, batches: &[Linked], stored: usize, size: usize) {
    let sample = &batches[batches.len().saturating_sub(SAMPLE.div_ceil(size))..];
    let n: usize = sample.iter().map(|linked| linked.articles).sum();
    let articles = stored.saturating_sub(n)..stored;
    let (mut analysing, mut digesting) = (Duration::ZERO, Duration::ZERO);
    for at in articles {
        let (article, fields) = corpora.article(at);
        let started = processor_time();
        let analysis = analysis(article, &fields, None);
        let between = processor_time();
        let _ = std::hint::black_box(digest(article, &fields, &analysis));
        analysing += between - started;
        digesting += processor_time() - between;
    }
    let linking: Duration = sample.iter().map(|linked| linked.linking).sum();
    let slowest = batches.iter().map(|linked| linked.linking).max().unwrap_or_default();
    let redated: usize = sample.iter().map(|linked| linked.redated).sum();
    let redating: Duration = sample.iter().map(|linked| linked.redating).sum();
    let (story, parent) = sizes.largest();
    let largest = graph.largest_components();
    println!(
        "| {} | {:.3} | {:.3} | {:.3} | {:.1} % | {:.0} | {redated}, {:.3} | {} | {story} | {parent} | {}, {}, {} |",
        graph.len(),
        ms(analysing, n),
        ms(digesting, n),
        ms(linking, n),
        100.0 * linking.as_secs_f64() / analysing.as_secs_f64(),
        ms(slowest, 1),
        ms(redating, n),
        memory(),
        largest.articles,
        largest.stories,
        largest.mentions,
    );
}

fn ms(time: Duration, articles: usize) -> f64 {
    time.as_secs_f64() * 1000.0 / articles.max(1) as f64
}

/// What this thread has computed so far, whatever else the machine does.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// What the process holds, where the system says so.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    resident.map_or("unknown".to_owned(), |kilobytes| format!("{} MB", kilobytes >> 10))
}

//! Measures stories on a dump of articles with their analyses.
//!
//!     cargo run --release -p marsad-graph --example stories -- DUMP [--silver GROUPS] [--graph OUT] [--show N]
//!
//! `GROUPS` is a JSON list of lists of objects with the `id` of an article: articles of one story each. `OUT` is what the scorer reads. `--show` prints stories to
//! look at, drawn with a fixed seed.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, unreachable_pub)]

#[path = "support/mod.rs"]
mod support;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::time::Duration;

use marsad_graph::stories::{Profile, Stories};
use marsad_graph::words::words;
use marsad_model::graph::Story;
use marsad_model::{ArticleId, StoryId};
use rustix::time::{ClockId, clock_gettime};

/// Articles that the linker takes at once.
const BATCH: usize = 64;

/// Where the time is reported, and over how many articles before it.
const STORED: [usize; 3] = [10_000, 40_000, 88_000];
const SAMPLE: usize = 2_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dump = arguments.next().unwrap();
    let options: HashMap<String, String> =
        std::iter::from_fn(|| Some((arguments.next()?, arguments.next()?))).collect();
    let mut stories = Stories::new();
    let mut names: Names = Vec::new();
    let (mut profiling, mut linking) = (Duration::ZERO, Vec::new());
    let mut bytes = 0;
    let mut batch = Vec::new();
    for record in support::records(&dump) {
        let started = cpu();
        let words = words(&record.text, &record.analysis);
        let profile = Profile::of(record.title.as_deref(), &record.text, &words, &record.analysis);
        profiling += cpu() - started;
        bytes += serde_json::to_vec(&profile).unwrap().len();
        batch.push((record.article, profile, record.analysis.published.date));
        names.push((record.name, record.article));
        if batch.len() == BATCH {
            linking.push(link(&mut stories, &mut batch));
        }
    }
    linking.push(link(&mut stories, &mut batch));

    let n = names.len();
    let ms = |time: Duration, articles: usize| time.as_secs_f64() * 1000.0 / articles.max(1) as f64;
    println!(
        "{n} articles; profile {:.3} ms an article, {} bytes as JSON",
        ms(profiling, n),
        bytes / n.max(1)
    );
    for stored in STORED.into_iter().filter(|&stored| stored <= n) {
        let (from, to) = ((stored - SAMPLE) / BATCH, stored / BATCH);
        let time = linking[from..to].iter().sum();
        println!("at {stored}: {:.3} ms an article", ms(time, (to - from) * BATCH));
    }
    println!(
        "all: {:.3} ms an article, longest batch {:.1} ms",
        ms(linking.iter().sum(), n),
        ms(*linking.iter().max().unwrap(), 1)
    );
    println!("memory: {}", memory());
    report(&stories, &names);
    if let Some(path) = options.get("--silver") {
        b_cubed(&stories, &names, path);
    }
    if let Some(path) = options.get("--graph") {
        fs::write(path, graph(&stories, &names)).unwrap();
    }
    if let Some(count) = options.get("--show") {
        show(&stories, count.parse().unwrap());
    }
}

/// The articles by name: in the corpora some have two.
type Names = Vec<(String, ArticleId)>;

/// The processor time that the process has used, which other processes do not add to.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

fn link(stories: &mut Stories, batch: &mut Vec<(ArticleId, Profile, Option<jiff::civil::Date>)>) -> Duration {
    let started = cpu();
    for (article, profile, published) in batch.drain(..) {
        stories.put(article, profile, published);
    }
    stories.settle();
    cpu() - started
}

/// What the process holds, where the system says so.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or("unknown").to_owned()
}

fn report(stories: &Stories, names: &Names) {
    let descending = |mut sizes: Vec<usize>| {
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        sizes
    };
    let sizes = descending(stories.stories().map(|id| stories.articles_of(id).len()).collect());
    let shared: usize = sizes.iter().filter(|&&size| size > 1).sum();
    println!(
        "{} stories, the largest of {:?} articles; {shared} articles are in one with others",
        sizes.len(),
        &sizes[..sizes.len().min(5)]
    );
    let components = descending(stories.component_sizes().collect());
    println!("largest components clustered at once: {:?}", &components[..components.len().min(5)]);
    let parents = descending(stories.parents().map(|id| stories.parts_of(id).len()).collect());
    let articles =
        descending(stories.parents().map(|id| stories.describe(id).unwrap().articles.len()).collect());
    println!(
        "{} parents, the largest of {:?} stories, {:?} articles",
        parents.len(),
        &parents[..parents.len().min(5)],
        &articles[..articles.len().min(5)]
    );
    let neighbours: usize = names.iter().map(|(_, article)| stories.neighbours(*article).count()).sum();
    let most = names.iter().map(|(_, article)| stories.neighbours(*article).count()).max().unwrap_or(0);
    println!("{:.1} neighbours an article, at most {most}", neighbours as f64 / names.len() as f64);
}

/// B-cubed over the articles that are in a group.
fn b_cubed(stories: &Stories, names: &Names, path: &str) {
    let ids: HashMap<&str, ArticleId> = names.iter().map(|(name, id)| (name.as_str(), *id)).collect();
    let groups: Vec<Vec<serde_json::Value>> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let story = |value: &serde_json::Value| {
        let article = ids.get(value["id"].as_str().unwrap())?;
        stories.story_of(*article)
    };
    let groups: Vec<Vec<StoryId>> =
        groups.iter().map(|group| group.iter().filter_map(story).collect()).collect();
    let mut sizes: HashMap<StoryId, usize> = HashMap::new();
    for story in groups.iter().flatten() {
        *sizes.entry(*story).or_default() += 1;
    }
    let (mut precision, mut recall) = (0.0, 0.0);
    for group in &groups {
        for story in group {
            let same = group.iter().filter(|other| *other == story).count() as f64;
            precision += same / sizes[story] as f64;
            recall += same / group.len() as f64;
        }
    }
    let n = groups.iter().flatten().count() as f64;
    let (precision, recall) = (precision / n, recall / n);
    let f1 = 2.0 * precision * recall / (precision + recall);
    println!(
        "silver groups: B-cubed precision {precision:.3}, recall {recall:.3}, F1 {f1:.3} over {n} articles"
    );
}

fn graph(stories: &Stories, names: &Names) -> String {
    let mut ids: Vec<StoryId> = stories.stories().collect();
    ids.sort_unstable();
    let names: BTreeMap<ArticleId, &String> = names.iter().map(|(name, id)| (*id, name)).collect();
    let story = |id: &StoryId| {
        let articles: Vec<&String> = stories.articles_of(*id).iter().map(|article| names[article]).collect();
        serde_json::json!({ "id": id, "articles": articles, "parent": stories.parent_of(*id) })
    };
    serde_json::json!({ "stories": ids.iter().map(story).collect::<Vec<_>>() }).to_string()
}

/// Prints stories and parents.
fn show(stories: &Stories, count: usize) {
    let mut ids: Vec<StoryId> = stories.stories().filter(|&id| stories.articles_of(id).len() > 2).collect();
    ids.sort_unstable();
    let mut parents: Vec<StoryId> = stories.parents().collect();
    parents.sort_unstable();
    // Ids are hashes, so every so-manieth is a sample.
    let sample =
        |ids: &[StoryId]| ids.iter().copied().step_by(ids.len() / count.max(1) + 1).collect::<Vec<_>>();
    for id in [sample(&ids), sample(&parents)].concat() {
        let story = stories.describe(id).unwrap();
        println!("\n{} {:?}", line(&story), story.entities);
        for &part in stories.parts_of(id).iter().take(12) {
            println!("  part: {}", line(&stories.describe(part).unwrap()));
        }
        if stories.parts_of(id).is_empty() {
            for article in story.articles.iter().take(12) {
                println!("  {}", stories.headline_of(*article).unwrap_or("-"));
            }
        }
    }
}

fn line(story: &Story) -> String {
    let days = story.days.map_or("undated".to_owned(), |(from, to)| format!("{from} to {to}"));
    format!("{} articles, {days}: {}", story.articles.len(), story.title.as_deref().unwrap_or("-"))
}

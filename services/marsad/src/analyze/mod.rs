//! `marsad analyze`: the whole analysis in memory, on all cores, without server, queue or store.

mod graph;
mod lines;
mod outline;
mod output;

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use jiff::civil::Date;
use marsad_extract::Document;
use marsad_graph::Digest;
use marsad_model::explanation::Explanations;
use marsad_model::{Analysis, ArticleFields, ArticleId};
use rayon::prelude::*;

use crate::cli::AnalyzeArgs;
use crate::client::submit::progress_bar;
use crate::input::{self, Input};

use self::lines::Lines;

/// Articles that are read before they are analysed together: keeps memory constant over any number of them.
const BATCH: usize = 256;

/// An article under the id that the input gives it.
#[derive(Debug, Clone)]
pub(crate) struct Article {
    name: String,
    id: ArticleId,
    fields: ArticleFields,
}

/// An article with what was found in it.
pub(crate) struct Analysed {
    article: Article,
    analysis: Analysis,
    /// Why, where that was asked for.
    why: Option<Explanations>,
    /// What joining it to others needs, where that was asked for.
    digest: Option<Digest>,
}

/// Analyses the inputs. What cannot be read is named, the rest goes on, and the exit code says so.
pub(crate) fn run(args: &AnalyzeArgs) -> anyhow::Result<ExitCode> {
    let mut out = writer(args.out.as_deref())?;
    if let Some(directory) = &args.text_out {
        std::fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    }
    let progress = progress_bar(input::count(&args.inputs), "analysing");
    // Other articles may date one that has been written already, so that its line changes.
    let mut lines = if args.graph.is_some() { Lines::kept()? } else { Lines::straight() };
    let mut graph = graph::Graph::default();
    let mut ids = HashSet::new();
    let mut failures = 0_u64;
    let mut inputs = input::read(&args.inputs).peekable();
    while inputs.peek().is_some() {
        let mut batch = Vec::new();
        for input in inputs.by_ref().take(BATCH) {
            match input {
                Ok(input) => {
                    if !ids.insert(input.id.clone()) {
                        bail!(
                            "{}: the id `{}` is there twice; ids must differ over all inputs",
                            input.origin,
                            input.id
                        );
                    }
                    batch.push(input);
                }
                Err(unreadable) => {
                    failures += 1;
                    progress.suspend(|| complain(&unreadable));
                    progress.inc(1);
                }
            }
        }
        let analysed: Vec<anyhow::Result<Analysed>> = batch
            .into_par_iter()
            .map(|input| {
                let mut analysed = analyse(Article::read(input)?, None, args.explain);
                analysed.digest = args.graph.is_some().then(|| analysed.digest());
                progress.inc(1);
                Ok(analysed)
            })
            .collect();
        for analysed in analysed {
            match analysed {
                Ok(mut analysed) => {
                    if let Some(directory) = &args.text_out {
                        write_text(directory, &analysed.article)?;
                    }
                    progress.suspend(|| lines.write(&mut out, &line(&analysed, args)))?;
                    if let Some(digest) = analysed.digest.take() {
                        graph.add(lines.count() - 1, analysed, digest);
                    }
                }
                Err(error) => {
                    failures += 1;
                    progress.suspend(|| complain(&error));
                }
            }
        }
    }
    if let Some(path) = &args.graph {
        for (at, redated) in graph.join(args.explain) {
            lines.replace(at, line(&redated, args));
        }
        let mut file = writer(Some(path))?;
        serde_json::to_writer(&mut file, &graph.finish())?;
        file.flush()?;
    }
    lines.finish(&mut out)?;
    out.flush()?;
    progress.finish_and_clear();
    Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is written of an article: its object, or an outline for people.
fn line(analysed: &Analysed, args: &AnalyzeArgs) -> String {
    match &analysed.why {
        Some(why) if args.out.is_none() => outline::article(analysed, why),
        _ => output::article(analysed).to_string(),
    }
}

/// Writes the text that the spans refer to.
fn write_text(directory: &Path, article: &Article) -> anyhow::Result<()> {
    let name = format!("{}.txt", article.name);
    // An id from JSON Lines may be anything; it must not lead out of the directory.
    if Path::new(&name).file_name() != Some(name.as_ref()) {
        bail!("the id `{}` is no file name, so its text cannot be written", article.name);
    }
    let path = directory.join(name);
    std::fs::write(&path, &article.fields.text).with_context(|| format!("cannot write {}", path.display()))
}

#[expect(clippy::print_stderr, reason = "problems go beside the output")]
fn complain(problem: &dyn std::fmt::Display) {
    eprintln!("{problem}");
}

fn writer(path: Option<&Path>) -> anyhow::Result<Box<dyn Write>> {
    Ok(match path {
        Some(path) => {
            let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(BufWriter::new(std::io::stdout())),
    })
}

impl Article {
    fn read(input: Input) -> anyhow::Result<Self> {
        let published_at = input.published_at.map(|text| text.parse()).transpose();
        let published_at = published_at.with_context(|| format!("{}: published_at", input.origin))?;
        let fields = ArticleFields {
            text: input.text,
            html: input.html,
            title: input.title,
            outlet: input.outlet,
            url: input.url,
            external_id: Some(input.id.clone()),
            published_at,
        };
        let fields = marsad_extract::intake::read_page(fields);
        Ok(Self { name: input.id, id: fields.article_id(), fields })
    }
}

/// Analyses an article; `linked` is the day that other articles give it.
fn analyse(article: Article, linked: Option<Date>, explain: bool) -> Analysed {
    let document = Document::new(article.id, article.fields.content_hash(), &article.fields);
    let document = Document { linked, ..document };
    let (analysis, why) = if explain {
        let (analysis, why) = marsad_extract::explain(&document);
        (analysis, Some(why))
    } else {
        (marsad_extract::analyze(&document), None)
    };
    Analysed { article, analysis, why, digest: None }
}

impl Analysed {
    fn digest(&self) -> Digest {
        let Self { article, analysis, .. } = self;
        let document = Document::new(article.id, article.fields.content_hash(), &article.fields);
        marsad_analysis::digest(&document, analysis)
    }
}

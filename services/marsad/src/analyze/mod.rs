//! `marsad analyze`: the whole analysis in memory, on all cores, without server, queue or store.

mod graph;
mod outline;
mod output;

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use marsad_extract::Document;
use marsad_model::explanation::Explanations;
use marsad_model::{Analysis, ArticleFields};
use rayon::prelude::*;

use crate::cli::AnalyzeArgs;
use crate::client::submit::progress_bar;
use crate::input::{self, Input};

/// Articles that are read before they are analysed together: keeps memory constant over any number of them.
const BATCH: usize = 256;

/// An article with what was found in it, under the id that the input gives it.
pub(crate) struct Analysed {
    id: String,
    text: String,
    analysis: Analysis,
    /// Why, where that was asked for.
    why: Option<Explanations>,
}

/// Analyses the inputs. What cannot be read is named, the rest goes on, and the exit code says so.
pub(crate) fn run(args: &AnalyzeArgs) -> anyhow::Result<ExitCode> {
    let mut out = writer(args.out.as_deref())?;
    if let Some(directory) = &args.text_out {
        std::fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    }
    let progress = progress_bar(input::count(&args.inputs), "analysing");
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
                let analysed = analyse(input, args.explain);
                progress.inc(1);
                analysed
            })
            .collect();
        for analysed in analysed {
            match analysed {
                Ok(analysed) => {
                    if let Some(directory) = &args.text_out {
                        write_text(directory, &analysed)?;
                    }
                    match &analysed.why {
                        Some(why) if args.out.is_none() => {
                            progress.suspend(|| writeln!(out, "{}", outline::article(&analysed, why)))?;
                        }
                        _ => {
                            serde_json::to_writer(&mut out, &output::article(&analysed))?;
                            out.write_all(b"\n")?;
                        }
                    }
                    graph.add(&analysed);
                }
                Err(error) => {
                    failures += 1;
                    progress.suspend(|| complain(&error));
                }
            }
        }
    }
    out.flush()?;
    if let Some(path) = &args.graph {
        let mut file = writer(Some(path))?;
        serde_json::to_writer(&mut file, &graph.finish())?;
        file.flush()?;
    }
    progress.finish_and_clear();
    Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes the text that the spans refer to.
fn write_text(directory: &Path, analysed: &Analysed) -> anyhow::Result<()> {
    let name = format!("{}.txt", analysed.id);
    // An id from JSON Lines may be anything; it must not lead out of the directory.
    if Path::new(&name).file_name() != Some(name.as_ref()) {
        bail!("the id `{}` is no file name, so its text cannot be written", analysed.id);
    }
    let path = directory.join(name);
    std::fs::write(&path, &analysed.text).with_context(|| format!("cannot write {}", path.display()))
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

fn analyse(input: Input, explain: bool) -> anyhow::Result<Analysed> {
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
    let document = Document::new(fields.article_id(), fields.content_hash(), &fields);
    let (analysis, why) = if explain {
        let (analysis, why) = marsad_extract::explain(&document);
        (analysis, Some(why))
    } else {
        (marsad_extract::analyze(&document), None)
    };
    Ok(Analysed { id: input.id, text: fields.text, analysis, why })
}

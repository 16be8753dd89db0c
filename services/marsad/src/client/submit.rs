//! Bulk submission over one stream: pipelined, with a window of what is not acknowledged yet; what passes is tried again, and a
//! broken stream is opened again with what was under way. Submitting anything twice changes nothing.

use std::collections::{BTreeMap, VecDeque};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use marsad_proto::v1;
use marsad_proto::v1::submit_articles_response::Outcome;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

use super::{Connection, IngestClient, refused};
use crate::cli::SubmitArgs;
use crate::input::{self, Input};
use crate::table;

/// Most articles that are under way at once.
const WINDOW: usize = 512;

/// How often a stream that breaks without an answer in between is opened again.
const MOST_FAILURES: u32 = 8;

/// Longest wait that a server's request to come back later is followed for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What became of an article.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It is durable.
    Accepted(v1::SubmitArticleResponse),
    /// The server refused it for good.
    Rejected(v1::ItemError),
}

/// `marsad submit`.
pub(crate) async fn run(args: SubmitArgs) -> anyhow::Result<ExitCode> {
    let connection = Connection::new(&args.client)?;
    let lane = if args.backfill { v1::Lane::Backfill } else { v1::Lane::Live };
    let progress = progress_bar(input::count(&args.paths), "submitting");
    let mut tally = Tally { json: args.json, ..Tally::default() };
    let inputs = input::read(&args.paths);
    submit(&connection, inputs, lane, |origin, answer| {
        progress.inc(1);
        progress.suspend(|| tally.add(origin, answer))
    })
    .await?;
    progress.finish_and_clear();
    if !args.json {
        table::print(format_args!(
            "{} accepted, {} refused, {} unreadable",
            tally.accepted, tally.refused, tally.unreadable
        ))?;
    }
    Ok(if tally.refused + tally.unreadable == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A bar on standard error; a spinner where the length is not known.
pub(crate) fn progress_bar(length: Option<u64>, message: &'static str) -> ProgressBar {
    let bar = match length {
        Some(length) => ProgressBar::new(length),
        None => ProgressBar::new_spinner(),
    };
    let template = match length {
        Some(_) => "{msg} {bar:30} {pos}/{len} {per_sec} {eta}",
        None => "{msg} {spinner} {pos} {per_sec}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.with_message(message)
}

#[derive(Default)]
struct Tally {
    json: bool,
    accepted: u64,
    refused: u64,
    unreadable: u64,
}

impl Tally {
    /// Counts an answer and tells the user what went wrong.
    #[expect(clippy::print_stderr, reason = "problems go beside the output")]
    fn add(&mut self, origin: &str, answer: Result<Answer, input::Unreadable>) -> anyhow::Result<()> {
        let (line, problem) = match answer {
            Ok(Answer::Accepted(accepted)) => {
                self.accepted += 1;
                let (id, hash) = (accepted.article_id, accepted.content_hash);
                (serde_json::json!({"origin": origin, "article_id": id, "content_hash": hash}), None)
            }
            Ok(Answer::Rejected(error)) => {
                self.refused += 1;
                let line =
                    serde_json::json!({"origin": origin, "reason": error.reason, "message": error.message});
                (line, Some(format!("{origin}: {} ({})", error.message, error.reason)))
            }
            Err(unreadable) => {
                self.unreadable += 1;
                let line = serde_json::json!({"origin": origin, "reason": "UNREADABLE", "message": unreadable.to_string()});
                (line, Some(unreadable.to_string()))
            }
        };
        if self.json {
            table::print(line)?;
        } else if let Some(problem) = problem {
            eprintln!("{problem}");
        }
        Ok(())
    }
}

/// Submits all inputs and tells `answered` what became of each; returns when every one is settled.
pub(crate) async fn submit(
    connection: &Connection,
    inputs: impl Iterator<Item = Result<Input, input::Unreadable>>,
    lane: v1::Lane,
    answered: impl FnMut(&str, Result<Answer, input::Unreadable>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut submission = Submission {
        inputs,
        lane,
        answered,
        next_sequence: 0,
        under_way: BTreeMap::new(),
        again: VecDeque::new(),
        resume_at: None,
        exhausted: false,
    };
    let mut failures = 0;
    while !submission.is_done() {
        let settled_before = submission.settled();
        match submission.over_one_stream(connection.ingest()).await {
            Ok(()) => {}
            Err(Broken::Output(error)) => return Err(error),
            Err(Broken::Stream(status)) if may_pass(&status) && failures < MOST_FAILURES => {
                failures = if submission.settled() > settled_before { 0 } else { failures + 1 };
                let wait = marsad_proto::status::retry_after(&status);
                tokio::time::sleep(wait.unwrap_or(Duration::from_millis(250) * 2u32.pow(failures))).await;
            }
            Err(Broken::Stream(status)) => {
                return Err(refused(&status)).context("the server does not take articles");
            }
        }
    }
    Ok(())
}

fn may_pass(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::ResourceExhausted | Code::Unknown | Code::Cancelled)
}

/// Why a stream ended before everything was settled.
enum Broken {
    /// The server or the network ended it.
    Stream(Status),
    /// The user cannot be told.
    Output(anyhow::Error),
}

struct Submission<I, A> {
    inputs: I,
    lane: v1::Lane,
    answered: A,
    next_sequence: u64,
    /// Sent or to be sent again, by sequence.
    under_way: BTreeMap<u64, Input>,
    /// Sequences to send again.
    again: VecDeque<u64>,
    /// Nothing is sent before this moment, because the server asked for it.
    resume_at: Option<Instant>,
    exhausted: bool,
}

impl<I, A> Submission<I, A>
where
    I: Iterator<Item = Result<Input, input::Unreadable>>,
    A: FnMut(&str, Result<Answer, input::Unreadable>) -> anyhow::Result<()>,
{
    fn is_done(&self) -> bool {
        self.exhausted && self.under_way.is_empty()
    }

    /// How many are settled.
    fn settled(&self) -> u64 {
        self.next_sequence - self.under_way.len() as u64
    }

    async fn over_one_stream(&mut self, mut client: IngestClient) -> Result<(), Broken> {
        // What an earlier stream left open is sent first.
        self.resume_at = None;
        self.again = self.under_way.keys().copied().collect();
        let (sender, receiver) = mpsc::channel(WINDOW);
        let call = client.submit_articles(ReceiverStream::new(receiver));
        // The server may answer the call only once it has read something.
        self.fill(&sender)?;
        let mut answers = call.await.map_err(Broken::Stream)?.into_inner();
        while !self.is_done() {
            let resume_at = self.resume_at;
            tokio::select! {
                answer = answers.next() => {
                    let answer = answer.transpose().map_err(Broken::Stream)?;
                    let ended = || Broken::Stream(Status::unavailable("the server ended the stream"));
                    self.settle(answer.ok_or_else(ended)?)?;
                }
                () = until(resume_at) => self.resume_at = None,
            }
            self.fill(&sender)?;
        }
        Ok(())
    }

    /// Sends as many as the window has room for.
    fn fill(&mut self, sender: &mpsc::Sender<v1::SubmitArticlesRequest>) -> Result<(), Broken> {
        while sender.capacity() > 0 && self.resume_at.is_none() {
            let sequence = match self.again.pop_front() {
                Some(sequence) => sequence,
                None if self.under_way.len() < WINDOW => match self.take()? {
                    Some(sequence) => sequence,
                    None => break,
                },
                None => break,
            };
            let Some(input) = self.under_way.get(&sequence) else { continue };
            let request =
                v1::SubmitArticlesRequest { sequence, article: Some(to_wire(input)), lane: self.lane.into() };
            if sender.try_send(request).is_err() {
                self.again.push_front(sequence);
                break;
            }
        }
        Ok(())
    }

    /// Takes the next input that can be read.
    fn take(&mut self) -> Result<Option<u64>, Broken> {
        loop {
            match self.inputs.next() {
                None => {
                    self.exhausted = true;
                    return Ok(None);
                }
                Some(Err(unreadable)) => {
                    let origin = unreadable.origin.clone();
                    (self.answered)(&origin, Err(unreadable)).map_err(Broken::Output)?;
                }
                Some(Ok(input)) => {
                    let sequence = self.next_sequence;
                    self.next_sequence += 1;
                    self.under_way.insert(sequence, input);
                    return Ok(Some(sequence));
                }
            }
        }
    }

    fn settle(&mut self, answer: v1::SubmitArticlesResponse) -> Result<(), Broken> {
        let answered = match answer.outcome {
            Some(Outcome::Rejected(error)) if error.retry_after_ms.is_some() => {
                let wait = Duration::from_millis(error.retry_after_ms.unwrap_or_default());
                let resume_at = Instant::now() + wait.min(LONGEST_WAIT);
                self.resume_at = Some(self.resume_at.map_or(resume_at, |at| at.max(resume_at)));
                self.again.push_back(answer.sequence);
                return Ok(());
            }
            Some(Outcome::Rejected(error)) => Answer::Rejected(error),
            Some(Outcome::Accepted(accepted)) => Answer::Accepted(accepted),
            None => {
                return Err(Broken::Stream(Status::internal("the server sent an answer without outcome")));
            }
        };
        if let Some(input) = self.under_way.remove(&answer.sequence) {
            (self.answered)(&input.origin, Ok(answered)).map_err(Broken::Output)?;
        }
        Ok(())
    }
}

/// Resolves at a moment; never without one.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

fn to_wire(input: &Input) -> v1::ArticleInput {
    v1::ArticleInput {
        text: input.text.clone(),
        html: input.html.clone(),
        title: input.title.clone(),
        outlet: input.outlet.clone(),
        url: input.url.clone(),
        external_id: input.id_is_external.then(|| input.id.clone()),
        published_at: input.published_at.clone(),
        modified_at: None,
    }
}

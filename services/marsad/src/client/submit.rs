//! Bulk submission over one stream: pipelined, with a window of what is not acknowledged yet; what passes is tried again, and a
//! broken stream is opened again with what was under way. Submitting anything twice changes nothing.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use marsad_model::limits::MAX_GRPC_BYTES;
use marsad_proto::status::to_item_error;
use marsad_proto::v1;
use marsad_proto::v1::submit_articles_response::Outcome;
use prost::Message;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

use super::journal::Journal;
use super::{Connection, IngestClient, refused};
use crate::cli::SubmitArgs;
use crate::input::{self, Input};
use crate::table;

/// Most articles that are under way at once.
const WINDOW: usize = 512;

/// Articles that are read before there is room for them in the window.
const READ_AHEAD: usize = 16;

/// How often a stream that breaks without an answer in between is opened again.
const MOST_FAILURES: u32 = 8;

/// How long the server may take to end a stream that is done with.
const GOODBYE: Duration = Duration::from_secs(1);

/// Longest wait that a server's request to come back later is followed for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What became of an article.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It is durable.
    Accepted(v1::SubmitArticleResponse),
    /// It was accepted in an earlier run, and not sent.
    AcceptedBefore,
    /// The server refused it for good.
    Rejected(v1::ItemError),
}

/// `marsad submit`.
pub(crate) async fn run(args: SubmitArgs) -> anyhow::Result<ExitCode> {
    let connection = Connection::new(&args.client)?;
    let lane = if args.backfill { v1::Lane::Backfill } else { v1::Lane::Live };
    let progress = progress_bar(input::count(&args.paths), "submitting");
    let mut tally = Tally { json: args.json, ..Tally::default() };
    let journal = args.resume.as_deref().map(Journal::open).transpose()?;
    let resuming = journal.is_some();
    submit(&connection, args.paths, lane, journal, |origin, answer| {
        progress.inc(1);
        progress.suspend(|| tally.add(origin, answer))
    })
    .await?;
    progress.finish_and_clear();
    if !args.json {
        let before = if resuming { format!(", {} accepted before", tally.before) } else { String::new() };
        table::print(format_args!(
            "{} accepted{before}, {} refused, {} unreadable",
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
    before: u64,
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
            Ok(Answer::AcceptedBefore) => {
                self.before += 1;
                (serde_json::json!({"origin": origin, "accepted_before": true}), None)
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

/// Submits everything that the paths name, but for what the journal has, and tells `answered` what became of each; returns when every
/// one is settled.
pub(crate) async fn submit(
    connection: &Connection,
    paths: Vec<PathBuf>,
    lane: v1::Lane,
    journal: Option<Journal>,
    answered: impl FnMut(&str, Result<Answer, input::Unreadable>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    // Files and standard input are read on a thread that may block; what has been read is sent while the rest is awaited.
    let (reader, inputs) = mpsc::channel(READ_AHEAD);
    tokio::task::spawn_blocking(move || {
        // Ends early when the submission has failed and nobody listens any more.
        let _ = input::read(&paths).try_for_each(|item| reader.blocking_send(item).map_err(drop));
    });
    let mut submission = Submission {
        inputs,
        lane,
        journal,
        answered,
        next_sequence: 0,
        under_way: BTreeMap::new(),
        to_send: VecDeque::new(),
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

struct Submission<A> {
    inputs: mpsc::Receiver<Result<Input, input::Unreadable>>,
    lane: v1::Lane,
    journal: Option<Journal>,
    answered: A,
    next_sequence: u64,
    /// Sent or to be sent again, by sequence.
    under_way: BTreeMap<u64, Input>,
    /// Sequences to send.
    to_send: VecDeque<u64>,
    /// Nothing is sent before this moment, because the server asked for it.
    resume_at: Option<Instant>,
    exhausted: bool,
}

impl<A> Submission<A>
where
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
        self.to_send = self.under_way.keys().copied().collect();
        let (sender, receiver) = mpsc::channel(WINDOW);
        let call = client.submit_articles(ReceiverStream::new(receiver)).await;
        let mut answers = call.map_err(Broken::Stream)?.into_inner();
        while !self.is_done() {
            self.send(&sender);
            let resume_at = self.resume_at;
            let has_room = !self.exhausted && resume_at.is_none() && self.under_way.len() < WINDOW;
            tokio::select! {
                answer = answers.next() => {
                    let answer = answer.transpose().map_err(Broken::Stream)?;
                    let ended = || Broken::Stream(Status::unavailable("the server ended the stream"));
                    self.settle(answer.ok_or_else(ended)?)?;
                }
                () = until(resume_at) => self.resume_at = None,
                input = self.inputs.recv(), if has_room => self.take(input)?,
            }
        }
        // Everything is settled; so that the call ends well on both sides, and not as one that was given up.
        drop(sender);
        let _ = tokio::time::timeout(GOODBYE, answers.next()).await;
        Ok(())
    }

    /// Sends what is to be sent, as far as the stream has room.
    fn send(&mut self, sender: &mpsc::Sender<v1::SubmitArticlesRequest>) {
        while self.resume_at.is_none()
            && let Some(sequence) = self.to_send.pop_front()
        {
            let Some(input) = self.under_way.get(&sequence) else { continue };
            if sender.try_send(request(sequence, input, self.lane)).is_err() {
                self.to_send.push_front(sequence);
                break;
            }
        }
    }

    /// Takes what was read; nothing is the end of the inputs.
    fn take(&mut self, input: Option<Result<Input, input::Unreadable>>) -> Result<(), Broken> {
        let told = match input {
            None => {
                self.exhausted = true;
                Ok(())
            }
            Some(Err(unreadable)) => {
                let origin = unreadable.origin.clone();
                (self.answered)(&origin, Err(unreadable))
            }
            Some(Ok(input)) => {
                let sequence = self.next_sequence;
                let bytes = request(sequence, &input, self.lane).encoded_len();
                if self
                    .journal
                    .as_ref()
                    .is_some_and(|journal| journal.contains(Journal::key(&article(&input))))
                {
                    (self.answered)(&input.origin, Ok(Answer::AcceptedBefore))
                } else if bytes > MAX_GRPC_BYTES {
                    // Sent, it would end the stream for the others too.
                    (self.answered)(&input.origin, Ok(Answer::Rejected(too_large(bytes))))
                } else {
                    self.next_sequence += 1;
                    self.under_way.insert(sequence, input);
                    self.to_send.push_back(sequence);
                    Ok(())
                }
            }
        };
        told.map_err(Broken::Output)
    }

    fn settle(&mut self, answer: v1::SubmitArticlesResponse) -> Result<(), Broken> {
        let answered = match answer.outcome {
            Some(Outcome::Rejected(error)) if error.retry_after_ms.is_some() => {
                let wait = Duration::from_millis(error.retry_after_ms.unwrap_or_default());
                let resume_at = Instant::now() + wait.min(LONGEST_WAIT);
                self.resume_at = Some(self.resume_at.map_or(resume_at, |at| at.max(resume_at)));
                self.to_send.push_back(answer.sequence);
                return Ok(());
            }
            Some(Outcome::Rejected(error)) => Answer::Rejected(error),
            Some(Outcome::Accepted(accepted)) => Answer::Accepted(accepted),
            None => {
                return Err(Broken::Stream(Status::internal("the server sent an answer without outcome")));
            }
        };
        if let Some(input) = self.under_way.remove(&answer.sequence) {
            if let (Some(journal), Answer::Accepted(_)) = (&mut self.journal, &answered) {
                journal.add(Journal::key(&article(&input))).map_err(Broken::Output)?;
            }
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

/// What the server would answer to a request of that size, were it to read it.
fn too_large(bytes: usize) -> v1::ItemError {
    let problem = format!("the article has {bytes} bytes; a message may have {MAX_GRPC_BYTES}");
    to_item_error(&marsad_model::Error::new(marsad_model::ErrorCode::TooLarge, problem))
}

fn request(sequence: u64, input: &Input, lane: v1::Lane) -> v1::SubmitArticlesRequest {
    v1::SubmitArticlesRequest { sequence, article: Some(article(input)), lane: lane.into() }
}

fn article(input: &Input) -> v1::ArticleInput {
    v1::ArticleInput {
        text: input.text.clone(),
        html: input.html.clone(),
        title: input.title.clone(),
        outlet: input.outlet.clone(),
        url: input.url.clone(),
        // The number of a line names nothing by itself: every feed has a number 1.
        external_id: (input.id_is_external && input.outlet.is_some()).then(|| input.id.clone()),
        published_at: input.published_at.clone(),
        modified_at: None,
    }
}

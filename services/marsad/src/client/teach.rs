//! The commands that teach, judge, and have articles analysed again.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, anyhow};
use marsad_model::ontology::{AliasKind, EntityType};
use marsad_proto::v1;
use serde::Serialize;

use super::Connection;
use super::read::OkOrRefused as _;
use super::submit::progress_bar;
use crate::cli::teaching::{
    ReanalyzeArgs, RejectEventArgs, TaughtArgs, TeachArgs, TeachWhat, TwoEventsArgs, UntaughtArgs,
};
use crate::table::{cell, print, table};

/// How often the server is asked how far it is.
const POLL: Duration = Duration::from_millis(500);

/// The most judgements of one answer.
const LARGEST_PAGE: u32 = 1000;

/// `marsad teach`.
pub(crate) async fn teach(args: TeachArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.knowledge();
    let (teaching, revision) = match args.what {
        TeachWhat::Entity { id, entity_type, name, name_en, wikidata, country, rollup } => {
            let entity_type = v1::EntityType::from(entity_type.parse::<EntityType>()?);
            let entity = v1::Entity {
                id,
                r#type: entity_type.into(),
                name,
                name_en,
                wikidata_id: wikidata,
                rollup_id: rollup,
            };
            let request = v1::TeachEntityRequest { entity: Some(entity), country_id: country };
            let taught = client.teach_entity(request).await.ok_or_refused()?;
            (taught.teaching, taught.overlay_revision)
        }
        TeachWhat::Alias { entity, surface, kind } => {
            let kind = v1::AliasKind::from(kind.parse::<AliasKind>()?).into();
            let request = v1::TeachAliasRequest { entity_id: entity, surface, kind };
            let taught = client.teach_alias(request).await.ok_or_refused()?;
            (taught.teaching, taught.overlay_revision)
        }
        TeachWhat::Office { office, person, from, to, title, body } => {
            let term =
                v1::OfficeTerm { office_id: office, title, body_id: body, person_id: person, from, to };
            let request = v1::TeachOfficeRequest { term: Some(term) };
            let taught = client.teach_office(request).await.ok_or_refused()?;
            (taught.teaching, taught.overlay_revision)
        }
    };
    told(args.json, teaching, revision)
}

/// Says what was taught.
fn told(json: bool, teaching: Option<v1::Teaching>, revision: u64) -> anyhow::Result<ExitCode> {
    if json {
        print(serde_json::json!({"teaching": teaching, "overlay_revision": revision}))?;
    } else if let Some(teaching) = teaching {
        print(format_args!("taught as {} (revision {revision})", teaching.id))?;
    } else {
        print(format_args!("withdrawn (revision {revision})"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `marsad taught`.
pub(crate) async fn taught(args: TaughtArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.knowledge();
    if args.judgements {
        let mut judgements = Vec::new();
        loop {
            let after = judgements.last().map_or(0, |last: &v1::Judgement| last.sequence);
            let request = v1::ListJudgementsRequest { after, page_size: LARGEST_PAGE };
            let page = client.list_judgements(request).await.ok_or_refused()?.judgements;
            if page.is_empty() {
                break;
            }
            judgements.extend(page);
        }
        judgements.retain(|judgement| !judgement.withdrawn);
        return lines(args.json, &judgements, print_judgements);
    }
    let teachings = client.list_teachings(v1::ListTeachingsRequest {}).await.ok_or_refused()?.teachings;
    lines(args.json, &teachings, print_teachings)
}

fn lines<T: Serialize>(
    json: bool,
    items: &[T],
    print_table: impl FnOnce(&[T]) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    if json {
        for item in items {
            print(serde_json::to_string(item)?)?;
        }
    } else {
        print_table(items)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `marsad untaught`.
pub(crate) async fn untaught(args: UntaughtArgs) -> anyhow::Result<ExitCode> {
    use v1::withdraw_request::What;
    let mut client = Connection::new(&args.client)?.knowledge();
    let what = match (args.id, args.entity, args.surface, args.office, args.person) {
        (Some(id), ..) => What::TeachingId(id),
        (_, Some(entity_id), Some(surface), ..) => What::Alias(v1::WithdrawnAlias { entity_id, surface }),
        (_, Some(entity_id), ..) => What::EntityId(entity_id),
        (.., Some(office_id), Some(person_id)) => What::Term(v1::WithdrawnTerm { office_id, person_id }),
        _ => return Err(anyhow!("an id, --entity, or --office with --person is needed")),
    };
    let id = match &what {
        What::TeachingId(id) => Some(id.clone()),
        _ => None,
    };
    let answer = client.withdraw(v1::WithdrawRequest { what: Some(what) }).await;
    // The id may be that of a judgement.
    if let (Some(judgement_id), Err(status)) = (id, &answer)
        && status.code() == tonic::Code::NotFound
    {
        let request = v1::WithdrawJudgementRequest { judgement_id };
        if let Ok(withdrawn) = client.withdraw_judgement(request).await {
            return judged(args.json, withdrawn.into_inner().judgement);
        }
    }
    let withdrawn = answer.ok_or_refused()?;
    told(args.json, withdrawn.teaching, withdrawn.overlay_revision)
}

/// `marsad reject-event`.
pub(crate) async fn reject_event(args: RejectEventArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.knowledge();
    let request = v1::RejectEventRequest { event: Some(event(&args.event)?) };
    judged(args.json, client.reject_event(request).await.ok_or_refused()?.judgement)
}

/// `marsad join-events`.
pub(crate) async fn join_events(args: TwoEventsArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.knowledge();
    let (first, second) = (Some(event(&args.first)?), Some(event(&args.second)?));
    let request = v1::JoinEventsRequest { first, second };
    judged(args.json, client.join_events(request).await.ok_or_refused()?.judgement)
}

/// `marsad separate-events`.
pub(crate) async fn separate_events(args: TwoEventsArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.knowledge();
    let (first, second) = (Some(event(&args.first)?), Some(event(&args.second)?));
    let request = v1::SeparateEventsRequest { first, second };
    judged(args.json, client.separate_events(request).await.ok_or_refused()?.judgement)
}

fn event(text: &str) -> anyhow::Result<v1::EventReference> {
    let (article, event) = text.split_once('/').with_context(|| {
        format!("`{text}` is no event; ARTICLE/EVENT is, with the ids that `marsad events --json` shows")
    })?;
    Ok(v1::EventReference { article_id: article.to_owned(), event_id: event.to_owned() })
}

fn judged(json: bool, judgement: Option<v1::Judgement>) -> anyhow::Result<ExitCode> {
    let judgement = judgement.context("the server sent an answer without a judgement")?;
    if json {
        print(serde_json::to_string(&judgement)?)?;
    } else if judgement.withdrawn {
        print(format_args!("withdrawn {}", judgement.id))?;
    } else {
        print(format_args!("judged as {}", judgement.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `marsad reanalyze`.
pub(crate) async fn reanalyze(args: ReanalyzeArgs) -> anyhow::Result<ExitCode> {
    let mut client = Connection::new(&args.client)?.knowledge();
    client.reanalyze(v1::ReanalyzeRequest { all: args.all }).await.ok_or_refused()?;
    if args.no_wait {
        return Ok(ExitCode::SUCCESS);
    }
    // How many there are is known once all articles have been looked at; until then the bar grows.
    let progress = progress_bar(Some(0), "analysing again");
    let mut most = 0;
    loop {
        let backlog = client.get_backlog(v1::GetBacklogRequest {}).await.ok_or_refused()?;
        most = most.max(backlog.articles);
        progress.set_length(most);
        progress.set_position(most - backlog.articles);
        if backlog.sweeps == 0 && backlog.articles == 0 {
            break;
        }
        tokio::time::sleep(POLL).await;
    }
    progress.finish_and_clear();
    print("every article is analysed by the server's version")?;
    Ok(ExitCode::SUCCESS)
}

fn print_teachings(teachings: &[v1::Teaching]) -> anyhow::Result<()> {
    use v1::teaching::Fact;
    let mut table = table(&["id", "what", "of", "words", "holds"]);
    for teaching in teachings {
        let (what, of, words) = match &teaching.fact {
            Some(Fact::Entity(known)) => {
                let entity = known.entity.clone().unwrap_or_default();
                ("entity", entity.id, entity.name)
            }
            Some(Fact::WithdrawnEntityId(id)) => ("no entity", id.clone(), String::new()),
            Some(Fact::Alias(alias)) => ("alias", alias.entity_id.clone(), alias.surface.clone()),
            Some(Fact::WithdrawnAlias(alias)) => ("no alias", alias.entity_id.clone(), alias.surface.clone()),
            Some(Fact::Term(term)) => {
                let day = |day: &Option<String>| day.clone().unwrap_or_else(|| "…".to_owned());
                let when = format!("{} {} – {}", term.person_id, day(&term.from), day(&term.to));
                ("office", term.office_id.clone(), when)
            }
            Some(Fact::WithdrawnTerm(term)) => ("no office", term.office_id.clone(), term.person_id.clone()),
            None => ("?", String::new(), String::new()),
        };
        let holds = teaching.left_out.as_ref().map_or_else(|| "yes".to_owned(), |why| format!("no: {why}"));
        table.add_row([teaching.id.clone(), what.to_owned(), of, cell(words), cell(holds)]);
    }
    print(table)
}

fn print_judgements(judgements: &[v1::Judgement]) -> anyhow::Result<()> {
    let mut table = table(&["id", "says", "events"]);
    for judgement in judgements {
        let says = match judgement.verdict() {
            v1::JudgementVerdict::NoEvent => "no event",
            v1::JudgementVerdict::Same => "one event",
            v1::JudgementVerdict::Different => "two events",
            v1::JudgementVerdict::Unspecified => "?",
        };
        let events: Vec<String> =
            judgement.events.iter().map(|e| format!("{}/{}", e.article_id, e.event_id)).collect();
        table.add_row([judgement.id.clone(), says.to_owned(), events.join("\n")]);
    }
    print(table)
}

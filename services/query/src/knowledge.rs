//! KnowledgeService: read what is known beforehand, teach, judge.
//!
//! A change is checked by making the overlay with it: what would hold no more, be it the fact itself or an earlier one that relied on what is
//! taken back, refuses it. The store takes it only on the revision that it was checked on; who lost against another checks again.

use std::sync::Arc;

use jiff::Timestamp;
use marsad_extract::VERSION;
use marsad_extract::knowledge::{Holder, KnownEntity, Office, SurfaceKind};
use marsad_model::ontology::AliasKind;
use marsad_model::teaching::{Fact, TaughtTerm, Teaching};
use marsad_model::{Entity, EntityId, Error, ErrorCode, JudgedEvent, JudgementId, TeachingId, Verdict};
use marsad_proto::analysis::entity;
use marsad_proto::article::read_article_id;
use marsad_proto::knowledge as wire;
use marsad_proto::v1;
use marsad_proto::v1::knowledge_service_server::KnowledgeService;
use marsad_store::{Store, Taught, TeachingChange};
use tonic::{Request, Response, Status};

use crate::overlay::{self, Known, Overlays};
use crate::records::read_entity_id;
use crate::{answer, pages};

/// How often a change that lost against another is checked again.
const ATTEMPTS: u32 = 8;

/// The service over a store. Cheap to clone.
#[derive(Clone)]
pub struct Knowledge {
    store: Arc<dyn Store>,
    overlays: Overlays,
}

impl Knowledge {
    /// The service over `store`.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { overlays: Overlays::new(Arc::clone(&store)), store }
    }

    async fn get(&self, request: v1::GetKnownEntityRequest) -> Result<v1::GetKnownEntityResponse, Error> {
        let id = read_entity_id(&request.entity_id, "entity_id")?;
        let known = self.overlays.now().await?;
        let knowledge = known.overlay.knowledge();
        let found =
            knowledge.entity(&id).ok_or_else(|| Error::not_found(format_args!("known entity `{id}`")))?;
        let surfaces = known.overlay.surfaces(&id).into_iter();
        let surfaces = surfaces.map(|(folded, kind)| v1::Surface { folded, kind: alias_kind(kind).into() });
        let held = |office: &Office<'_>| -> Vec<v1::OfficeTerm> {
            let own = office.holders.iter().filter(|holder| holder.person == found.id);
            own.map(|holder| term(office, holder)).collect()
        };
        let terms = knowledge.offices().iter().flat_map(held).collect();
        let entity = v1::KnownEntity { surfaces: surfaces.collect(), terms, ..known_entity(found) };
        Ok(v1::GetKnownEntityResponse { entity: Some(entity) })
    }

    async fn list(
        &self,
        request: v1::ListKnownEntitiesRequest,
    ) -> Result<v1::ListKnownEntitiesResponse, Error> {
        let (size, after) = pages::read_by_id(request.page_size, &request.page_token)?;
        let types = v1::EntityType::read_all(&request.types, "types")?;
        let known = self.overlays.now().await?;
        let all = known.overlay.knowledge().all_entities();
        let fits = |e: &&&KnownEntity<'_>| {
            e.id > after.as_str() && (types.is_empty() || types.contains(&e.entity_type))
        };
        let mut fitting = all.iter().filter(fits).peekable();
        let entities: Vec<v1::KnownEntity> = fitting.by_ref().take(size).map(|e| known_entity(e)).collect();
        let more = fitting.peek().is_some();
        let last = entities.last().and_then(|last| last.entity.as_ref()).filter(|_| more);
        let next_page_token = last.map(|last| pages::token_by_id(&last.id)).unwrap_or_default();
        Ok(v1::ListKnownEntitiesResponse { entities, next_page_token })
    }

    /// Teaches a fact; one that is taught already and counts is left as it is.
    async fn teach(&self, fact: Fact) -> Result<(Teaching, u64), Error> {
        let id = fact.id();
        for _ in 0..ATTEMPTS {
            let before = self.overlays.now().await?;
            if let Some(taught) = before.taught.teachings.last().filter(|taught| taught.id == id) {
                return Ok((taught.clone(), before.taught.revision));
            }
            let now = Timestamp::now().as_microsecond();
            let revision = before.taught.revision + 1;
            let teaching = Teaching { id, revision, fact: fact.clone(), taught_at: now };
            let others = before.taught.teachings.iter().filter(|taught| taught.id != id).cloned();
            let teachings: Vec<Teaching> = others.chain([teaching.clone()]).collect();
            let after = overlay::make(Taught { revision, teachings }).await?;
            check(&before, &after)?;
            // One that was left out before is no better for being taught again.
            if let Some(broken) = after.left_out.iter().find(|left_out| left_out.teaching == id) {
                return Err(broken.error.clone());
            }
            // The same may be known by an earlier teaching, or without any.
            let known = before.taught.teachings.iter().find(|taught| taught.id == id);
            let reach = before.overlay.reach(&after.overlay);
            if let Some(known) = known.filter(|_| reach.is_empty()) {
                return Ok((known.clone(), before.taught.revision));
            }
            let change = TeachingChange::Teach(fact.clone());
            if let Some(revision) = self.store.teach(&change, before.taught.revision, &reach, now).await? {
                return Ok((teaching, revision));
            }
        }
        Err(lost())
    }

    /// Takes back what was taught; what is not taught any more is left so.
    async fn undo(&self, id: TeachingId) -> Result<u64, Error> {
        for _ in 0..ATTEMPTS {
            let before = self.overlays.now().await?;
            if before.taught.teachings.iter().all(|taught| taught.id != id) {
                return Err(Error::not_found(format_args!("teaching {id}")));
            }
            let others = before.taught.teachings.iter().filter(|taught| taught.id != id).cloned().collect();
            let after =
                overlay::make(Taught { revision: before.taught.revision + 1, teachings: others }).await?;
            check(&before, &after)?;
            let reach = before.overlay.reach(&after.overlay);
            let now = Timestamp::now().as_microsecond();
            let change = TeachingChange::Undo(id);
            if let Some(revision) = self.store.teach(&change, before.taught.revision, &reach, now).await? {
                return Ok(revision);
            }
        }
        Err(lost())
    }

    async fn withdraw(&self, request: v1::WithdrawRequest) -> Result<v1::WithdrawResponse, Error> {
        use v1::withdraw_request::What;
        let missing = "one of teaching_id, entity_id, alias and term is needed";
        let fact = match request.what.ok_or_else(|| Error::field("what", "FIELD_MISSING", missing))? {
            What::TeachingId(id) => {
                let overlay_revision = self.undo(read_id(&id, "teaching_id")?).await?;
                return Ok(v1::WithdrawResponse { teaching: None, overlay_revision });
            }
            What::EntityId(id) => Fact::NoEntity { entity: EntityId(id) },
            What::Alias(alias) => Fact::NoAlias { entity: EntityId(alias.entity_id), surface: alias.surface },
            What::Term(term) => Fact::NoTerm { office: term.office_id, person: EntityId(term.person_id) },
        };
        let (teaching, overlay_revision) = self.teach(fact.checked()?).await?;
        Ok(v1::WithdrawResponse { teaching: Some(wire::teaching(&teaching, None)), overlay_revision })
    }

    async fn teachings(&self) -> Result<v1::ListTeachingsResponse, Error> {
        let known = self.overlays.now().await?;
        let why = |id: TeachingId| {
            let left_out = known.left_out.iter().find(|left_out| left_out.teaching == id);
            left_out.map(|left_out| left_out.error.message.clone())
        };
        let teachings = known.taught.teachings.iter();
        let teachings = teachings.map(|teaching| wire::teaching(teaching, why(teaching.id))).collect();
        Ok(v1::ListTeachingsResponse { teachings, overlay_revision: known.taught.revision })
    }

    /// An event that is there now, by what it is known by later.
    async fn judged(&self, event: Option<v1::EventReference>, field: &str) -> Result<JudgedEvent, Error> {
        let event = event.ok_or_else(|| Error::field(field, "FIELD_MISSING", "is missing"))?;
        let article = read_article_id(&event.article_id, &format!("{field}.article_id"))?;
        let id = read_id(&event.event_id, &format!("{field}.event_id"))?;
        let missing = || Error::not_found(format_args!("event {} of article {article}", event.event_id));
        let stored = self.store.analysis(article).await?.ok_or_else(missing)?;
        let event = stored.analysis.event(id).ok_or_else(missing)?;
        JudgedEvent::of(article, &stored.text, event).ok_or_else(missing)
    }

    async fn judge(&self, verdict: Verdict) -> Result<Option<v1::Judgement>, Error> {
        let judgement = self.store.judge(&verdict, Timestamp::now().as_microsecond()).await?;
        Ok(Some(wire::judgement(&judgement)))
    }

    async fn reject(&self, request: v1::RejectEventRequest) -> Result<v1::RejectEventResponse, Error> {
        let event = self.judged(request.event, "event").await?;
        Ok(v1::RejectEventResponse { judgement: self.judge(Verdict::NoEvent(event)).await? })
    }

    async fn two(
        &self,
        first: Option<v1::EventReference>,
        second: Option<v1::EventReference>,
    ) -> Result<(JudgedEvent, JudgedEvent), Error> {
        let (first, second) = (self.judged(first, "first").await?, self.judged(second, "second").await?);
        if first.key == second.key {
            return Err(Error::field("second", "EVENT_REPEATED", "is the first event; two are needed"));
        }
        Ok((first, second))
    }

    async fn join(&self, request: v1::JoinEventsRequest) -> Result<v1::JoinEventsResponse, Error> {
        let (a, b) = self.two(request.first, request.second).await?;
        Ok(v1::JoinEventsResponse { judgement: self.judge(Verdict::Same(a, b)).await? })
    }

    async fn separate(
        &self,
        request: v1::SeparateEventsRequest,
    ) -> Result<v1::SeparateEventsResponse, Error> {
        let (a, b) = self.two(request.first, request.second).await?;
        Ok(v1::SeparateEventsResponse { judgement: self.judge(Verdict::Different(a, b)).await? })
    }

    async fn unjudge(
        &self,
        request: v1::WithdrawJudgementRequest,
    ) -> Result<v1::WithdrawJudgementResponse, Error> {
        let id: JudgementId = read_id(&request.judgement_id, "judgement_id")?;
        let judgement = self.store.withdraw_judgement(id, Timestamp::now().as_microsecond()).await?;
        let judgement = judgement.ok_or_else(|| Error::not_found(format_args!("judgement {id}")))?;
        Ok(v1::WithdrawJudgementResponse { judgement: Some(wire::judgement(&judgement)) })
    }

    async fn judgements(
        &self,
        request: v1::ListJudgementsRequest,
    ) -> Result<v1::ListJudgementsResponse, Error> {
        let size = pages::read(request.page_size, "")?.size;
        let judgements = self.store.judgements(request.after, size).await?;
        Ok(v1::ListJudgementsResponse { judgements: judgements.iter().map(wire::judgement).collect() })
    }

    async fn reanalyze(&self, request: v1::ReanalyzeRequest) -> Result<v1::ReanalyzeResponse, Error> {
        self.store.reanalyse(VERSION, request.all).await?;
        let overlay = self.store.overlay_revision().await?;
        let version = v1::AnalysisVersion {
            analyzer: VERSION.analyzer,
            knowledge: VERSION.knowledge,
            ontology: VERSION.ontology,
            overlay,
        };
        Ok(v1::ReanalyzeResponse { version: Some(version) })
    }

    async fn backlog(&self) -> Result<v1::GetBacklogResponse, Error> {
        let backlog = self.store.backlog().await?;
        Ok(v1::GetBacklogResponse { sweeps: backlog.sweeps, articles: backlog.articles })
    }
}

/// What held before must hold after a change, but for what the change takes back.
fn check(before: &Known, after: &Known) -> Result<(), Error> {
    let known = |id| before.left_out.iter().any(|left_out| left_out.teaching == id);
    let taught = |id| before.taught.teachings.iter().any(|taught| taught.id == id);
    let Some(broken) = after.left_out.iter().find(|left_out| !known(left_out.teaching)) else {
        return Ok(());
    };
    if taught(broken.teaching) {
        let problem = format!(
            "what is taught as {} would not hold any more ({}); withdraw that first",
            broken.teaching, broken.error
        );
        return Err(Error::field("teaching_id", "TEACHING_NEEDED", problem));
    }
    Err(broken.error.clone())
}

fn lost() -> Error {
    let again = std::time::Duration::from_millis(200);
    Error {
        retry_after: Some(again),
        ..Error::new(ErrorCode::Unavailable, "others teach at this moment; try again")
    }
}

fn read_id<T: std::str::FromStr>(text: &str, field: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::field(field, "ID_INVALID", "is no UUID"))
}

fn alias_kind(kind: SurfaceKind) -> v1::AliasKind {
    v1::AliasKind::from(match kind {
        SurfaceKind::Name => AliasKind::Name,
        SurfaceKind::Nominal => AliasKind::Nominal,
        SurfaceKind::Pejorative => AliasKind::Pejorative,
        SurfaceKind::Demonym => AliasKind::Demonym,
    })
}

fn known_entity(known: &KnownEntity<'_>) -> v1::KnownEntity {
    let of = Entity {
        id: EntityId::known(known.id),
        entity_type: known.entity_type,
        name: known.name.to_owned(),
        name_en: known.name_en.map(str::to_owned),
        wikidata: known.wikidata.map(str::to_owned),
        rollup: known.rollup.map(EntityId::known),
    };
    v1::KnownEntity {
        entity: Some(entity(&of)),
        country_id: known.country.map(str::to_owned),
        ..Default::default()
    }
}

fn term(office: &Office<'_>, holder: &Holder<'_>) -> v1::OfficeTerm {
    let day = |day: &str| (!day.is_empty()).then(|| day.to_owned());
    wire::term(&TaughtTerm {
        office: office.id.to_owned(),
        title: Some(office.title.to_owned()),
        body: Some(EntityId::known(office.body)),
        person: EntityId::known(holder.person),
        from: day(holder.from),
        to: day(holder.to),
    })
}

/// Writes the calls of the service: each reads its request, asks one method, answers.
macro_rules! calls {
    ($($call:ident($request:ident) -> $response:ident = |$this:ident, $message:ident| $work:expr;)+) => {
        #[tonic::async_trait]
        impl KnowledgeService for Knowledge {
            $(async fn $call(
                &self,
                request: Request<v1::$request>,
            ) -> Result<Response<v1::$response>, Status> {
                let ($this, $message) = (self, request.into_inner());
                answer($work.await)
            })+
        }
    };
}

calls! {
    get_known_entity(GetKnownEntityRequest) -> GetKnownEntityResponse = |this, message| this.get(message);
    list_known_entities(ListKnownEntitiesRequest) -> ListKnownEntitiesResponse = |this, message| this.list(message);
    teach_entity(TeachEntityRequest) -> TeachEntityResponse = |this, message| async {
        let (teaching, overlay_revision) = this.teach(wire::read_entity(message)?).await?;
        Ok(v1::TeachEntityResponse { teaching: Some(wire::teaching(&teaching, None)), overlay_revision })
    };
    teach_alias(TeachAliasRequest) -> TeachAliasResponse = |this, message| async {
        let (teaching, overlay_revision) = this.teach(wire::read_alias(message)?).await?;
        Ok(v1::TeachAliasResponse { teaching: Some(wire::teaching(&teaching, None)), overlay_revision })
    };
    teach_office(TeachOfficeRequest) -> TeachOfficeResponse = |this, message| async {
        let (teaching, overlay_revision) = this.teach(wire::read_term(message)?).await?;
        Ok(v1::TeachOfficeResponse { teaching: Some(wire::teaching(&teaching, None)), overlay_revision })
    };
    withdraw(WithdrawRequest) -> WithdrawResponse = |this, message| this.withdraw(message);
    list_teachings(ListTeachingsRequest) -> ListTeachingsResponse = |this, _message| this.teachings();
    reject_event(RejectEventRequest) -> RejectEventResponse = |this, message| this.reject(message);
    join_events(JoinEventsRequest) -> JoinEventsResponse = |this, message| this.join(message);
    separate_events(SeparateEventsRequest) -> SeparateEventsResponse = |this, message| this.separate(message);
    withdraw_judgement(WithdrawJudgementRequest) -> WithdrawJudgementResponse = |this, message| this.unjudge(message);
    list_judgements(ListJudgementsRequest) -> ListJudgementsResponse = |this, message| this.judgements(message);
    reanalyze(ReanalyzeRequest) -> ReanalyzeResponse = |this, message| this.reanalyze(message);
    get_backlog(GetBacklogRequest) -> GetBacklogResponse = |this, _message| this.backlog();
}

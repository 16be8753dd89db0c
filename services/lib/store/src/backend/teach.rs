//! Teaching and analysing again, on either backend.

use std::ops::DerefMut;

use async_trait::async_trait;
use marsad_model::teaching::Reach;
use marsad_model::{AnalysisVersion, ArticleId, Judgement, JudgementId, Verdict};

use super::{Backend, aside, read, written};
use crate::apply::teaching::{Claim, Forget, Judge, Reanalyse, SweepPage, Teach, WithdrawJudgement};
use crate::error::StoreError;
use crate::read::teaching;
use crate::teach::{Backlog, Taught, TeachStore, TeachingChange};

#[async_trait]
impl<B: Backend> TeachStore for B {
    async fn taught(&self) -> Result<Taught, StoreError> {
        read!(self, teaching::taught).await
    }

    async fn overlay_revision(&self) -> Result<u64, StoreError> {
        read!(self, teaching::revision).await
    }

    async fn teach(
        &self,
        change: &TeachingChange,
        on: u64,
        reach: &Reach,
        taught_at: i64,
    ) -> Result<Option<u64>, StoreError> {
        let work = Teach { change: change.clone(), on, reach: reach.clone(), taught_at };
        written!(self, "teach", work).await
    }

    async fn reanalyse(&self, version: AnalysisVersion, all: bool) -> Result<(), StoreError> {
        written!(self, "reanalyse", Reanalyse(version, all)).await
    }

    async fn sweep(&self, page: u32) -> Result<bool, StoreError> {
        let Some(found) = read!(self, teaching::page, page).await? else { return Ok(false) };
        let fold = self.fold();
        let work = aside(move || {
            let (sweep, from, to, needed) = (found.number, found.from, found.to(), found.needed());
            Ok(SweepPage { sweep, from, to, needed, articles: found.concerned(fold) })
        })
        .await?;
        written!(self, "sweep", work).await?;
        Ok(true)
    }

    async fn claim_to_analyse(&self, now: i64, until: i64, limit: u32) -> Result<Vec<ArticleId>, StoreError> {
        written!(self, "claim_to_analyse", Claim { now, until, limit }).await
    }

    async fn forget_to_analyse(&self, article: ArticleId) -> Result<(), StoreError> {
        written!(self, "forget_to_analyse", Forget(article)).await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        read!(self, teaching::backlog).await
    }

    async fn judge(&self, verdict: &Verdict, at: i64) -> Result<Judgement, StoreError> {
        written!(self, "judge", Judge { verdict: *verdict, at }).await
    }

    async fn withdraw_judgement(&self, id: JudgementId, at: i64) -> Result<Option<Judgement>, StoreError> {
        written!(self, "withdraw_judgement", WithdrawJudgement { id, at }).await
    }

    async fn judgements(&self, after: u64, limit: u32) -> Result<Vec<Judgement>, StoreError> {
        read!(self, teaching::judgements, after, limit).await
    }
}

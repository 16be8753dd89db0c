//! Teaching and analysing again, on either backend.

use std::ops::DerefMut;

use async_trait::async_trait;
use marsad_model::teaching::Reach;
use marsad_model::{AnalysisVersion, ArticleId, Judgement, JudgementId, Verdict};

use super::{Backend, aside, read, within};
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
        within(self.deadline(), self.write(work)).await
    }

    async fn reanalyse(&self, version: AnalysisVersion, all: bool) -> Result<(), StoreError> {
        within(self.deadline(), self.write(Reanalyse(version, all))).await
    }

    async fn sweep(&self, page: u32) -> Result<bool, StoreError> {
        let Some(found) = read!(self, teaching::page, page).await? else { return Ok(false) };
        let fold = self.fold();
        let work = aside(move || {
            let (sweep, from, to, needed) = (found.number, found.from, found.to(), found.needed());
            Ok(SweepPage { sweep, from, to, needed, articles: found.concerned(fold) })
        })
        .await?;
        within(self.deadline(), self.write(work)).await?;
        Ok(true)
    }

    async fn claim_to_analyse(&self, now: i64, until: i64, limit: u32) -> Result<Vec<ArticleId>, StoreError> {
        within(self.deadline(), self.write(Claim { now, until, limit })).await
    }

    async fn forget_to_analyse(&self, article: ArticleId) -> Result<(), StoreError> {
        within(self.deadline(), self.write(Forget(article))).await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        read!(self, teaching::backlog).await
    }

    async fn judge(&self, verdict: &Verdict, at: i64) -> Result<Judgement, StoreError> {
        within(self.deadline(), self.write(Judge { verdict: *verdict, at })).await
    }

    async fn withdraw_judgement(&self, id: JudgementId, at: i64) -> Result<Option<Judgement>, StoreError> {
        within(self.deadline(), self.write(WithdrawJudgement { id, at })).await
    }

    async fn judgements(&self, after: u64, limit: u32) -> Result<Vec<Judgement>, StoreError> {
        read!(self, teaching::judgements, after, limit).await
    }
}

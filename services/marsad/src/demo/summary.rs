//! The summary that an analyst would write: what happened, what did not or not yet, who says what, what is open.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use marsad_model::ontology::{EventType, Modality, Polarity};
use marsad_proto::v1;

use super::joined::Joined;
use super::wording::{self, Names};
use crate::client::Connection;
use crate::client::read::{OkOrRefused, every_page};
use crate::table::{cell, print, shorten};

/// The most that each section shows.
const HAPPENED: usize = 18;
const UNREAL: usize = 5;
const SOURCES: usize = 8;
const OPEN: usize = 5;
const ENTITIES: usize = 12;

/// What is less sure stays out of the summary.
const LEAST_CONFIDENCE: f32 = 0.5;

/// The most events and claims that are looked at.
const READ: usize = 20_000;

/// The longest quotation, in characters, and the shortest claim, in bytes.
const LONGEST: usize = 110;
const SHORTEST: usize = 40;

/// Everything that the summary is made of.
pub(super) struct Summary {
    articles: Vec<v1::ArticleSummary>,
    entities: Vec<v1::EntitySummary>,
    events: Vec<v1::EventRecord>,
    claims: Vec<v1::ClaimRecord>,
    names: Names,
    joined: Joined,
}

impl Summary {
    /// Asks the server for it.
    pub(super) async fn read(connection: &Connection) -> anyhow::Result<Self> {
        let mut query = connection.query();
        let mut names = Names::default();
        let articles = every_page(READ, async |page_size, page_token| {
            let request = v1::ListArticlesRequest { page_size, page_token, ..Default::default() };
            let page = query.list_articles(request).await.ok_or_refused()?;
            Ok((page.articles, page.next_page_token))
        });
        let mut articles = articles.await?;
        articles.sort_by(|a, b| {
            let key =
                |a: &v1::ArticleSummary| (a.published_date.is_none(), a.published_date.clone(), a.id.clone());
            key(a).cmp(&key(b))
        });
        let entities = every_page(ENTITIES, async |page_size, page_token| {
            let request = v1::ListEntitiesRequest { page_size, page_token, ..Default::default() };
            let page = query.list_entities(request).await.ok_or_refused()?;
            Ok((page.entities, page.next_page_token))
        });
        let entities = entities.await?;
        let events = every_page(READ, async |page_size, page_token| {
            let least = Some(LEAST_CONFIDENCE);
            let request =
                v1::ListEventsRequest { page_size, page_token, min_confidence: least, ..Default::default() };
            let page = query.list_events(request).await.ok_or_refused()?;
            names.learn(page.entities);
            Ok((page.events, page.next_page_token))
        });
        let events = events.await?;
        let claims = every_page(READ, async |page_size, page_token| {
            let least = Some(LEAST_CONFIDENCE);
            let request =
                v1::ListClaimsRequest { page_size, page_token, min_confidence: least, ..Default::default() };
            let page = query.list_claims(request).await.ok_or_refused()?;
            names.learn(page.entities);
            Ok((page.claims, page.next_page_token))
        });
        let claims = claims.await?;
        let joined = Joined::read(connection, &articles, &mut names).await?;
        Ok(Self { articles, entities, events, claims, names, joined })
    }

    /// Prints it.
    pub(super) fn print(&self) -> anyhow::Result<()> {
        self.overview()?;
        self.what_happened()?;
        self.what_did_not()?;
        self.who_says_what()?;
        self.open_points()?;
        self.most_mentioned()?;
        self.print_articles()?;
        self.joined.print(&self.articles, &self.names)
    }

    fn overview(&self) -> anyhow::Result<()> {
        let outlets: HashSet<&str> = self.articles.iter().filter_map(|a| a.outlet.as_deref()).collect();
        let days: Vec<&str> = self.articles.iter().filter_map(|a| a.published_date.as_deref()).collect();
        let span = match (days.first(), days.last()) {
            (Some(first), Some(last)) if first != last => format!(" from {first} to {last}"),
            (Some(day), _) => format!(" of {day}"),
            _ => String::new(),
        };
        let took_place = self.events.iter().filter(|record| happened(record)).count();
        print(format_args!(
            "{} outlets{span}. {} events, of which {took_place} happened by what is told; {} claims.",
            outlets.len(),
            self.events.len(),
            self.claims.len(),
        ))
    }

    /// Dated events that took place, by what the texts say.
    fn what_happened(&self) -> anyhow::Result<()> {
        let dated = |record: &&v1::EventRecord| {
            happened(record) && event_of(record).time.is_some() && is_news(record)
        };
        section("What happened", "oldest first; the numbers are those of the articles")?;
        self.lines("", &self.most_salient(self.events.iter().filter(dated), HAPPENED))
    }

    /// Plans, demands, denials and the like, each with whoever says so.
    fn what_did_not(&self) -> anyhow::Result<()> {
        let kinds = [
            ("Planned", Modality::Planned),
            ("Proposed", Modality::Proposed),
            ("Demanded", Modality::Demanded),
            ("On a condition", Modality::Conditional),
            ("Possible", Modality::Possible),
            ("Denied", Modality::Denied),
        ];
        section("What did not happen, or not yet", "and who says so, where it is not the outlet")?;
        for (title, modality) in kinds {
            let of_kind = |record: &&v1::EventRecord| {
                let event = event_of(record);
                event.modality().to_domain() == Some(modality) && !is_negated(event) && names_somebody(event)
            };
            self.lines(title, &self.most_salient(self.events.iter().filter(of_kind), UNREAL))?;
        }
        let negated =
            |record: &&v1::EventRecord| is_negated(event_of(record)) && names_somebody(event_of(record));
        self.lines("Did not, or will not", &self.most_salient(self.events.iter().filter(negated), UNREAL))
    }

    fn who_says_what(&self) -> anyhow::Result<()> {
        let mut named: BTreeMap<&str, Vec<&v1::ClaimRecord>> = BTreeMap::new();
        let mut unnamed: BTreeMap<(&str, &str), Vec<&v1::ClaimRecord>> = BTreeMap::new();
        for record in self.claims.iter().filter(|record| claim_of(record).content_text.len() >= SHORTEST) {
            let Some(source) = &claim_of(record).source else { continue };
            let article = record.article.as_ref().map_or("", |article| article.id.as_str());
            match (&source.entity_id, source.descriptor_text.as_deref()) {
                (Some(id), _) => named.entry(id).or_default().push(record),
                // One word (المصدر) tells too little.
                (None, Some(words)) if source.anonymous && words.contains(' ') => {
                    unnamed.entry((article, words)).or_default().push(record);
                }
                _ => {}
            }
        }
        section("Who says what", "those who say most; the surest of their claims")?;
        for (title, groups) in [
            ("Named sources", named.into_values().collect()),
            ("Unnamed sources", unnamed.into_values().collect()),
        ] {
            self.sources(title, groups)?;
        }
        Ok(())
    }

    fn sources(&self, title: &str, mut groups: Vec<Vec<&v1::ClaimRecord>>) -> anyhow::Result<()> {
        let surest = |group: &[&v1::ClaimRecord]| {
            group.iter().map(|record| claim_of(record).confidence).fold(0.0, f32::max)
        };
        groups.sort_by(|a, b| b.len().cmp(&a.len()).then(surest(b).total_cmp(&surest(a))));
        groups.truncate(SOURCES);
        if !groups.is_empty() {
            print(format_args!("  {title}"))?;
        }
        for group in groups {
            let key = |record: &v1::ClaimRecord| {
                let claim = claim_of(record);
                (claim.confidence, claim.quote() == v1::QuoteKind::Direct)
            };
            let better = |a: &&&v1::ClaimRecord, b: &&&v1::ClaimRecord| {
                key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal)
            };
            let Some(best) = group.iter().max_by(better).map(|record| claim_of(record)) else { continue };
            let who = self.speaker(best).unwrap_or_default();
            let often = if group.len() > 1 { format!(", {} claims", group.len()) } else { String::new() };
            let via = match best.via_ids.as_slice() {
                [] => String::new(),
                outlets => format!(" through {}", self.names.list(outlets)),
            };
            let quote = cell(format!("«{}»", shorten(&best.content_text, LONGEST)));
            let articles: Vec<&str> =
                group.iter().filter_map(|r| r.article.as_ref()).map(|a| a.id.as_str()).collect();
            print(format_args!("    {who}{via}{often}: {quote} {}", self.references(&articles)))?;
        }
        Ok(())
    }

    /// What a reader should look into.
    fn open_points(&self) -> anyhow::Result<()> {
        section("Open points", "what the articles leave unsaid, or tell in two ways")?;
        let disputed = self.disputed();
        if !disputed.is_empty() {
            print("  Told as fact, and denied or negated")?;
        }
        for (denied, told) in disputed.into_iter().take(OPEN) {
            let (fact, no) = (self.told(&told), self.told(&denied));
            print(format_args!("    {fact}; but not: {no}"))?;
        }
        let attack_by_nobody = |record: &&v1::EventRecord| {
            let event = event_of(record);
            happened(record)
                && is_news(record)
                && event.r#type() == v1::EventType::Assault
                && event.actor_ids.is_empty()
                && names_somebody(event)
        };
        self.lines("Who did it?", &self.most_salient(self.events.iter().filter(attack_by_nobody), OPEN))?;
        let hearsay = |record: &&v1::EventRecord| {
            let source = record.claim.as_ref().and_then(|claim| claim.source.as_ref());
            happened(record) && is_news(record) && source.is_some_and(|source| source.anonymous)
        };
        self.lines("Rests on unnamed sources", &self.most_salient(self.events.iter().filter(hearsay), OPEN))?;
        Ok(())
    }

    /// The most salient events, oldest first. What several articles tell of one event is one line.
    fn most_salient<'a>(
        &'a self,
        events: impl Iterator<Item = &'a v1::EventRecord>,
        most: usize,
    ) -> Vec<Told<'a>> {
        let mut all: Vec<Told<'a>> = Vec::new();
        let mut lines: HashMap<&str, usize> = HashMap::new();
        for record in events {
            let told = Told::new(record);
            let cluster = self.joined.cluster_of(event_of(record));
            match cluster.and_then(|id| lines.get(id)).and_then(|at| all.get_mut(*at)) {
                Some(known) => known.join(told),
                None => {
                    lines.extend(cluster.map(|id| (id, all.len())));
                    all.push(told);
                }
            }
        }
        all.sort_by(|a, b| b.salience().total_cmp(&a.salience()));
        all.truncate(most);
        all.sort_by_key(|told| {
            let time = event_of(told.record).time.as_ref();
            let days = time.map(|time| (time.earliest.clone(), time.latest.clone()));
            (days.is_none(), days)
        });
        all
    }

    /// Events that somebody denies or that did not happen, and that another report tells as fact.
    fn disputed(&self) -> Vec<(Told<'_>, Told<'_>)> {
        let unreal = self.events.iter().filter(|record| {
            let event = event_of(record);
            event.modality() == v1::Modality::Denied
                || is_negated(event) && event.modality() == v1::Modality::Actual
        });
        let pairs = unreal.filter_map(|denied| {
            let cluster = self.joined.cluster_of(event_of(denied))?;
            let same = |told: &&v1::EventRecord| {
                happened(told) && self.joined.cluster_of(event_of(told)) == Some(cluster)
            };
            Some((Told::new(denied), Told::new(self.events.iter().find(same)?)))
        });
        pairs.collect()
    }

    fn most_mentioned(&self) -> anyhow::Result<()> {
        section("Most mentioned", "how often, in how many articles")?;
        for summary in &self.entities {
            let Some(entity) = &summary.entity else { continue };
            let english = entity.name_en.as_deref().unwrap_or("–");
            let (mentions, articles) = (summary.mention_count, summary.article_count);
            print(format_args!("  {english:<36}{mentions:>5}{articles:>5}  {}", cell(&entity.name)))?;
        }
        Ok(())
    }

    fn print_articles(&self) -> anyhow::Result<()> {
        section("Articles", "by date of publication")?;
        for (number, article) in (1..).zip(&self.articles) {
            let day = article.published_date.as_deref().unwrap_or("no date");
            let outlet = cell(article.outlet.as_deref().unwrap_or("–"));
            let title = cell(shorten(article.title.as_deref().unwrap_or_default(), LONGEST));
            let failure =
                article.failure.as_ref().map(|why| format!(", not analysed: {why}")).unwrap_or_default();
            print(format_args!(
                "  [{number}]{:width$}{day:<12}{outlet}: {title}{failure}",
                "",
                width = if number < 10 { 3 } else { 2 }
            ))?;
        }
        Ok(())
    }

    /// A heading and a line for each event; nothing where there is none.
    fn lines(&self, title: &str, events: &[Told<'_>]) -> anyhow::Result<()> {
        if !title.is_empty() && !events.is_empty() {
            print(format_args!("  {title}"))?;
        }
        let indent = if title.is_empty() { "  " } else { "    " };
        events.iter().try_for_each(|told| print(format_args!("{indent}{}", self.told(told))))
    }

    /// An event in one line: when, what, who says so, in which articles.
    fn told(&self, told: &Told<'_>) -> String {
        let day = match wording::days(event_of(told.record).time.as_ref()) {
            day if day.is_empty() => day,
            day => format!("{day:<10}  "),
        };
        let said = wording::event(told.record, &self.names);
        format!("{day}{said}{} {}", self.according_to(told.record), self.references(&told.articles))
    }

    /// `, according to …`, where it is neither the outlet itself nor who does it.
    fn according_to(&self, record: &v1::EventRecord) -> String {
        let does_it = |claim: &&v1::Claim| {
            let source = claim.source.as_ref().and_then(|source| source.entity_id.as_ref());
            source.is_some_and(|id| event_of(record).actor_ids.contains(id))
        };
        let claim = record.claim.as_ref().filter(|claim| !does_it(claim));
        let unnamed = claim.and_then(|claim| claim.source.as_ref()).is_some_and(|source| source.anonymous);
        let speaker = claim.and_then(|claim| self.speaker(claim));
        let unnamed = if unnamed { " (unnamed)" } else { "" };
        speaker.map(|speaker| format!(", according to {speaker}{unnamed}")).unwrap_or_default()
    }

    /// The source of a claim, by name or as described.
    fn speaker(&self, claim: &v1::Claim) -> Option<String> {
        let source = claim.source.as_ref()?;
        Some(match (&source.entity_id, &source.descriptor_text) {
            (Some(id), _) => self.names.of(id),
            (None, Some(words)) => cell(format!("«{words}»")),
            (None, None) => "somebody".to_owned(),
        })
    }

    fn references(&self, ids: &[&str]) -> String {
        references(&self.articles, ids)
    }
}

/// An event to show, and the articles that tell the same.
struct Told<'a> {
    record: &'a v1::EventRecord,
    articles: Vec<&'a str>,
}

impl<'a> Told<'a> {
    fn new(record: &'a v1::EventRecord) -> Self {
        Self { record, articles: record.article.iter().map(|article| article.id.as_str()).collect() }
    }

    /// Takes in another report of the same event; what is shown is the one of which most is known.
    fn join(&mut self, other: Told<'a>) {
        if salience(other.record) > salience(self.record) {
            self.record = other.record;
        }
        for article in other.articles {
            if !self.articles.contains(&article) {
                self.articles.push(article);
            }
        }
    }

    /// How much it should be shown: how sure it is, how much is known of it, how many articles tell it.
    fn salience(&self) -> f32 {
        salience(self.record) + 0.1 * self.articles.len() as f32
    }
}

/// How sure an event is, and how much is known of it.
fn salience(record: &v1::EventRecord) -> f32 {
    let event = event_of(record);
    let known = [
        !event.actor_ids.is_empty(),
        !event.recipient_ids.is_empty(),
        !event.place_ids.is_empty(),
        !record.quantities.is_empty(),
    ];
    event.confidence + 0.15 * known.iter().filter(|known| **known).count() as f32
}

fn claim_of(record: &v1::ClaimRecord) -> &v1::Claim {
    static NONE: LazyLock<v1::Claim> = LazyLock::new(v1::Claim::default);
    record.claim.as_ref().unwrap_or(&NONE)
}

fn event_of(record: &v1::EventRecord) -> &v1::Event {
    static NONE: LazyLock<v1::Event> = LazyLock::new(v1::Event::default);
    record.event.as_ref().unwrap_or(&NONE)
}

fn happened(record: &v1::EventRecord) -> bool {
    let event = event_of(record);
    event.modality() == v1::Modality::Actual && !is_negated(event)
}

fn is_negated(event: &v1::Event) -> bool {
    event.polarity().to_domain() == Some(Polarity::Negated)
}

fn names_somebody(event: &v1::Event) -> bool {
    !event.actor_ids.is_empty() || !event.recipient_ids.is_empty()
}

/// Not background, and of somebody or somewhere.
fn is_news(record: &v1::EventRecord) -> bool {
    let event = event_of(record);
    let words_only = event.r#type().to_domain() == Some(EventType::Statement);
    !event.background && !words_only && (names_somebody(event) || !event.place_ids.is_empty())
}

/// `[2][5]`: the numbers of articles.
pub(super) fn references(articles: &[v1::ArticleSummary], ids: &[&str]) -> String {
    let numbers = (1..).zip(articles).filter(|(_, article)| ids.contains(&article.id.as_str()));
    numbers.map(|(number, _)| format!("[{number}]")).collect()
}

pub(super) fn section(title: &str, what: &str) -> anyhow::Result<()> {
    print(format_args!("\n{title} ({what})"))
}

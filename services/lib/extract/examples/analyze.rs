//! Analyses articles from files and writes one JSON object an article, for scoring.
//!
//!     cargo run -p marsad-extract --example analyze -- INPUT... --out FILE [--graph FILE] [--text-out FOLDER]
//!
//! An INPUT is a folder of `*.txt` and `*.html` with an optional `index.json`, or a `.jsonl` file. Offsets count code points.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use marsad_extract::{Document, analyze, page};
use marsad_model::{Analysis, ArticleFields, Entity, Offsets, PublishedAt, Span, SpanUnit};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let (mut inputs, mut out, mut graph, mut texts) = (Vec::new(), None, None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let slot = match argument.as_str() {
            "--out" => &mut out,
            "--graph" => &mut graph,
            "--text-out" => &mut texts,
            _ => {
                inputs.push(PathBuf::from(argument));
                continue;
            }
        };
        *slot = Some(PathBuf::from(arguments.next().ok_or(format!("{argument} needs a path"))?));
    }
    let out = out.ok_or("--out FILE is needed")?;
    let mut lines = String::new();
    let mut entities: BTreeMap<String, Entity> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for input in &inputs {
        for (id, fields) in articles(input)? {
            if !ids.insert(id.clone()) {
                return Err(format!("article id `{id}` is given twice").into());
            }
            if let Some(folder) = &texts {
                fs::create_dir_all(folder)?;
                fs::write(folder.join(format!("{id}.txt")), &fields.text)?;
            }
            let analysis = analyze(&Document::new(fields.article_id(), fields.content_hash(), &fields));
            analysis.check(&fields.text)?;
            lines.push_str(&format!("{}\n", written(&id, &fields.text, &analysis)));
            entities.extend(analysis.entities.into_iter().map(|entity| (entity.id.to_string(), entity)));
        }
    }
    fs::write(out, lines)?;
    if let Some(path) = graph {
        let entities: Vec<Value> = entities
            .values()
            .map(|e| {
                json!({"id": e.id, "name": e.name, "name_en": e.name_en, "type": e.entity_type, "wikidata": e.wikidata,
                    "rollup": e.rollup})
            })
            .collect();
        fs::write(path, json!({ "entities": entities }).to_string())?;
    }
    Ok(())
}

/// The articles of an input with their ids.
fn articles(input: &Path) -> Result<Vec<(String, ArticleFields)>> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let fields = |value: &Value| -> Result<ArticleFields> {
        let published_at: Option<PublishedAt> = text(value, "published_at").map(|t| t.parse()).transpose()?;
        Ok(ArticleFields {
            text: text(value, "text").unwrap_or_default(),
            title: text(value, "title"),
            outlet: text(value, "outlet"),
            url: text(value, "url"),
            published_at,
            ..Default::default()
        })
    };
    if input.is_file() {
        let lines = fs::read_to_string(input)?;
        return lines
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| {
                let value: Value = serde_json::from_str(line)?;
                let id = value
                    .get("id")
                    .map_or_else(String::new, |id| id.as_str().map_or(id.to_string(), str::to_owned));
                Ok((id, fields(&value)?))
            })
            .collect();
    }
    let index: Vec<Value> = match fs::read_to_string(input.join("index.json")) {
        Ok(index) => serde_json::from_str(&index)?,
        Err(_) => Vec::new(),
    };
    let mut paths: Vec<PathBuf> =
        fs::read_dir(input)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt" || extension == "html"));
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let about = index.iter().find(|entry| text(entry, "file").as_deref() == Some(name));
        let mut article = fields(about.unwrap_or(&Value::Null))?;
        let content = fs::read_to_string(&path)?;
        if name.ends_with(".html") {
            let page = page::read(&content);
            article.title = article.title.or(page.meta.title);
            article.outlet = article.outlet.or(page.meta.outlet);
            article.url = article.url.or(page.meta.url);
            article.published_at = article.published_at.or(page.meta.published);
            article.text = page.text;
        } else {
            article.text = content;
        }
        let id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        found.push((id.to_owned(), article));
    }
    Ok(found)
}

/// An analysis in the form that scorers read.
fn written(id: &str, text: &str, analysis: &Analysis) -> Value {
    let offsets = Offsets::new(text, SpanUnit::CodePoints);
    let at = |span: Span| {
        let unit = offsets.span(span);
        json!({"start": unit.start, "end": unit.end, "text": span.of(text)})
    };
    let with = |span: Span, rest: Value| {
        let mut object = at(span);
        if let (Some(object), Value::Object(rest)) = (object.as_object_mut(), rest) {
            object.extend(rest);
        }
        object
    };
    json!({
        "article_id": id,
        "language": analysis.language,
        "published": {
            "date": analysis.published.date, "basis": analysis.published.basis, "weekday": analysis.published.weekday,
        },
        "outlet": analysis.outlet,
        "segments": analysis.segments.iter().map(|s| {
            with(s.span, json!({"kind": s.kind, "reason": s.reason, "warning": s.warning}))
        }).collect::<Vec<_>>(),
        "mentions": analysis.mentions.iter().map(|m| with(m.span, json!({
            "type": m.entity_type, "entity_id": m.entity, "kind": m.kind, "metonymy": m.metonymy,
            "confidence": m.confidence,
        }))).collect::<Vec<_>>(),
        "roles": analysis.roles.iter().map(|r| {
            with(r.span, json!({"entity_id": r.entity, "body": r.body}))
        }).collect::<Vec<_>>(),
        "times": analysis.times.iter().map(|t| {
            with(t.span, json!({"type": t.kind, "value": t.value, "mod": t.modifier}))
        }).collect::<Vec<_>>(),
        "quantities": analysis.quantities.iter().map(|q| with(q.span, json!({
            "low": q.low, "high": q.high, "approx": q.approximate, "unit": q.unit,
        }))).collect::<Vec<_>>(),
        "events": analysis.events.iter().map(|e| json!({
            "id": e.id, "trigger": at(e.trigger), "lemma": e.lemma, "type": e.event_type, "mode": e.mode,
            "actors": e.actors, "recipients": e.recipients, "places": e.places, "time": e.time,
            "polarity": e.polarity, "modality": e.modality, "tense": e.tense, "quantities": e.quantities,
            "background": e.background, "claim": e.claim, "confidence": e.confidence,
        })).collect::<Vec<_>>(),
        "claims": analysis.claims.iter().map(|c| json!({
            "id": c.id,
            "source": {
                "entity_id": c.source.entity, "descriptor": c.source.descriptor.map(at),
                "anonymous": c.source.anonymous, "count": c.source.count,
            },
            "via": c.via, "cue": at(c.cue), "content": at(c.content), "quote": c.quote, "parent": c.parent,
            "confidence": c.confidence,
        })).collect::<Vec<_>>(),
    })
}

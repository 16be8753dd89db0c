//! Runs the time and number readers over texts, for measuring them apart from the pipeline.
//!
//! Reads JSON lines `{"id", "text", "published_at"?}` and writes JSON lines `{"article_id", "times", "quantities"}`
//! whose offsets count code points.
//!
//! `cargo run -p marsad-arabic --example eval_time -- in.jsonl out.jsonl`

use jiff::civil::Date;
use marsad_arabic::number::quantities_beside;
use marsad_arabic::span::{OffsetMap, Span};
use marsad_arabic::time::{TimexKind, times};
use marsad_arabic::token::tokenize;
use serde_json::{Value, json};
use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args().skip(1);
    let (Some(input), Some(output)) = (paths.next(), paths.next()) else {
        return Err("usage: eval_time IN.jsonl OUT.jsonl".into());
    };
    let mut out = String::new();
    for line in fs::read_to_string(input)?.lines() {
        out.push_str(&analysis(&serde_json::from_str(line)?).to_string());
        out.push('\n');
    }
    fs::write(output, out)?;
    Ok(())
}

fn analysis(article: &Value) -> Value {
    let text = article["text"].as_str().unwrap_or_default();
    let day = article["published_at"].as_str().and_then(|date| date.get(..10));
    let anchor: Option<Date> = day.and_then(|day| day.parse().ok());
    let map = OffsetMap::new(text);
    let placed = |span: Span| {
        let range = map.code_points(span).unwrap_or_default();
        (range.start, range.end, span.slice(text).unwrap_or_default())
    };
    let tokens = tokenize(text);
    let times = times(text, &tokens, anchor);
    let quantities: Vec<Value> = quantities_beside(text, &tokens, &times)
        .into_iter()
        .map(|quantity| {
            let (start, end, text) = placed(quantity.span);
            json!({
                "start": start, "end": end, "text": text, "low": quantity.low, "high": quantity.high,
                "approx": quantity.approx, "unit": quantity.unit,
            })
        })
        .collect();
    let times: Vec<Value> = times
        .into_iter()
        .map(|time| {
            let (start, end, text) = placed(time.span);
            let kind = match time.kind {
                TimexKind::Date => "DATE",
                TimexKind::Time => "TIME",
                TimexKind::Duration => "DURATION",
                TimexKind::Set => "SET",
            };
            json!({
                "start": start, "end": end, "text": text, "type": kind, "value": time.value,
                "mod": time.modifier.map(|modifier| modifier.as_str()),
            })
        })
        .collect();
    json!({ "article_id": article["id"], "times": times, "quantities": quantities })
}

#!/usr/bin/env python3
"""Scores analyses of the sample articles against their gold and checks every figure against its floor.

  score.py --gold seeds/articles/gold --system analyses.jsonl --floor seeds/articles/gold/floors.json [--errors]

Prints a table; the exit status is 1 when a figure is below its floor or a floor names no figure, 2 when a file cannot
be read. Standard library only. All figures lie between 0 and 1 and more is better:

  covered            articles with gold that have an analysis
  published          publication dates: right where the article states one, null where it states none
  boilerplate.f1     characters dropped as boilerplate, titles not counted (.p, .r: precision and recall)
  names.r, names.p   name mentions outside boilerplate that overlap the gold mention and have its entity
  events.f1          main events: same type and overlapping trigger or same sentence (.p, .r)
  actors             of the matched main events, those with exactly the right actors, organs rolled up to their state
  claims.r           claims with an overlapping cue or half of the content
  clean              events of the system that are not out of boilerplate
  html.events.r      main events of the HTML pages, found by type and trigger word
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Span = tuple[int, int]

UNSCORED = {"title", "subtitle"}
"""Segments that may be kept or dropped."""
BODY = {"lead", "body", "heading"}
NOT_ARTICLES = {"entities", "floors", "html"}
HALF = 0.5


# ---- reading ------------------------------------------------------------------------------------------------------


@dataclass
class Gold:
    """The gold folder: documents with offsets, pages without, entities by id."""

    docs: list[Json]
    pages: list[Json]
    entities: dict[str, Json]
    known: dict[str, str]
    """An id of the system -> the entity here."""

    @staticmethod
    def load(folder: Path) -> Gold:
        docs = [read(p) for p in sorted(folder.glob("*.json")) if p.stem not in NOT_ARTICLES]
        if not docs:
            raise ValueError(f"no gold documents in {folder}")
        pages = folder / "html.json"
        entities = read(folder / "entities.json")["entities"]
        known = {i: e["entity_id"] for e in entities for i in [e["entity_id"], *e.get("ids", [])]}
        return Gold(docs, read(pages)["pages"] if pages.exists() else [], {e["entity_id"]: e for e in entities}, known)

    def rolled(self, ids: list[str] | None) -> set[str]:
        """The entities, an organ of a state replaced by the state."""
        own = [self.known.get(i, i) for i in ids or [] if i]
        return {self.entities.get(i, {}).get("rollup") or i for i in own}

    def same_entity(self, wanted: str, given: str | None) -> bool:
        """Whether a system's entity answers the gold's. A local entity (one that no list can know) is answered by any
        id that the gold does not use for somebody else."""
        if self.entities.get(wanted, {}).get("local"):
            return bool(given) and self.known.get(given, wanted) == wanted
        return self.known.get(given) == wanted


def read(path: Path) -> Any:
    """A whole JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_system(path: Path) -> dict[str, Json]:
    """analyses.jsonl by article id."""
    lines = path.read_text(encoding="utf-8").split("\n")
    analyses = [json.loads(line) for line in lines if line.strip()]
    return {str(a["article_id"]): a for a in analyses}


# ---- spans --------------------------------------------------------------------------------------------------------


def span(item: Json) -> Span:
    """(start, end) of any object that has them."""
    return item["start"], item["end"]


def shared(a: Span, b: Span) -> int:
    """Number of characters two spans share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def similar(a: Span, b: Span) -> float:
    """Shared part of two spans: intersection over union."""
    both = shared(a, b)
    return both / (a[1] - a[0] + b[1] - b[0] - both) if both else 0.0


def inside(at: Span, zones: list[Span]) -> bool:
    """Whether a span begins in one of the zones."""
    return any(start <= at[0] < end for start, end in zones)


def fold(text: str) -> str:
    """The word without diacritics and tatweel."""
    return re.sub("[\u0610-\u061a\u064b-\u065f\u0670\u0640]", "", text).strip()


def moved(value: Any, a: Span, b: Span) -> Any:
    """The value with every span inside `a` moved to `b` and the reverse."""
    if isinstance(value, list):
        return [moved(item, a, b) for item in value]
    if not isinstance(value, dict):
        return value
    value = {key: moved(item, a, b) for key, item in value.items()}
    if isinstance(value.get("start"), int) and isinstance(value.get("end"), int):
        for source, target in ((a, b), (b, a)):
            if source[0] <= value["start"] and value["end"] <= source[1]:
                shift = target[0] - source[0]
                return value | {"start": value["start"] + shift, "end": value["end"] + shift}
    return value


def aligned_copies(doc: Json, analysis: Json) -> Json:
    """Of a text printed twice either copy may be dropped: where the system kept the other one than the gold, its spans
    are moved to the gold's."""
    for segment in doc["segments"]:
        original = segment.get("duplicate_of")
        if not original or segment["label"] in UNSCORED:
            continue
        original, copy = (original[0], original[1]), span(segment)
        if original[1] - original[0] != copy[1] - copy[0]:
            continue
        if dropped(analysis, original) * 2 > copy[1] - copy[0] > dropped(analysis, copy) * 2:
            analysis = moved(analysis, original, copy)
    return analysis


def dropped(analysis: Json, at: Span) -> int:
    """Characters of a span that the system calls boilerplate."""
    return sum(shared(span(s), at) for s in analysis.get("segments") or [] if s["kind"] == "boilerplate")


# ---- counting -----------------------------------------------------------------------------------------------------


@dataclass
class Score:
    """Hits and totals by name, and the errors by kind."""

    hits: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    given: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wanted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    errors: list[str] = field(default_factory=list)

    def add(self, name: str, hits: int, given: int, wanted: int) -> None:
        self.hits[name] += hits
        self.given[name] += given
        self.wanted[name] += wanted

    def error(self, kind: str, doc: str, text: str, detail: str = "") -> None:
        self.errors.append("\t".join([kind, doc, " ".join(text.split())[:100], detail]).rstrip("\t"))

    def figures(self) -> dict[str, float]:
        """Every figure, rounded to four places."""

        def part(hits: int, whole: int) -> float:
            return round(hits / whole, 4) if whole else 0.0

        def f1(name: str) -> float:
            return part(2 * self.hits[name], self.given[name] + self.wanted[name])

        result = {name: part(self.hits[name], self.wanted[name]) for name in ("covered", "published")}
        for name in ("boilerplate", "names", "events"):
            result[f"{name}.p"] = part(self.hits[name], self.given[name])
            result[f"{name}.r"] = part(self.hits[name], self.wanted[name])
            result[f"{name}.f1"] = f1(name)
        result["actors"] = part(self.hits["actors"], self.wanted["actors"])
        result["claims.r"] = part(self.hits["claims"], self.wanted["claims"])
        # A system that finds no events leaks none, but that is no merit.
        result["clean"] = part(self.hits["clean"], self.wanted["clean"])
        result["html.events.r"] = part(self.hits["html.events"], self.wanted["html.events"])
        return result


def score(gold: Gold, system: dict[str, Json]) -> Score:
    """All figures over all articles with gold."""
    result = Score()
    for doc in gold.docs:
        name = doc["doc_id"]
        analysis = aligned_copies(doc, covered(system, name, result))
        zones = [span(s) for s in doc["segments"] if s["boilerplate"]]
        date = doc["publication_date"]
        published(name, date["value"] if date["basis"] == "explicit" else None, analysis, result)
        segments(doc, analysis, result)
        names(gold, doc, analysis, zones, result)
        events(gold, doc, analysis, zones, result)
        claims(doc, analysis, zones, result)
    for page in gold.pages:
        analysis = covered(system, page["article_id"], result)
        published(page["article_id"], page["publication_date"], analysis, result)
        page_events(gold, page, analysis, result)
    return result


def covered(system: dict[str, Json], name: str, result: Score) -> Json:
    """The analysis of an article, an empty one where there is none."""
    result.add("covered", name in system, 0, 1)
    if name not in system:
        result.error("no analysis", name, "")
    return system.get(name, {})


def published(name: str, wanted: str | None, analysis: Json, result: Score) -> None:
    given = (analysis.get("published") or {}).get("date")
    right = bool(analysis) and (given[:10] if given else None) == wanted
    result.add("published", right, 0, 1)
    if not right:
        result.error("published wrong", name, str(given), f"want {wanted}")


def segments(doc: Json, analysis: Json, result: Score) -> None:
    kind_at: dict[int, str] = {}
    for s in analysis.get("segments") or []:
        kind_at.update(dict.fromkeys(range(*span(s)), s["kind"]))
    for g in doc["segments"]:
        if g["label"] in UNSCORED:
            continue
        size, body = g["end"] - g["start"], g["label"] in BODY
        gone = sum(kind_at.get(i) == "boilerplate" for i in range(*span(g)))
        result.add("boilerplate", 0 if body else gone, gone, 0 if body else size)
        if (gone if body else size - gone) * 2 > size:
            kind = "body dropped" if body else "boilerplate kept"
            result.error(kind, doc["doc_id"], f"{g['start']}-{g['end']}", g["label"])


# ---- names --------------------------------------------------------------------------------------------------------


def names(gold: Gold, doc: Json, analysis: Json, zones: list[Span], result: Score) -> None:
    """Every gold mention is answered by at most one of the system's. Names inside longer names, and descriptions that
    may pass for names, are optional: neither asked for nor wrong."""
    given = [
        m for m in analysis.get("mentions") or []
        if m.get("kind", "name") == "name" and m.get("entity_id") and not inside(span(m), zones)
    ]
    gold_mentions = [m for m in doc["mentions"] if not m["in_boilerplate"]]
    free, hits, neutral = list(given), 0, 0
    wanted = [m for m in gold_mentions if m["kind"] == "name" and not m["nested"]]
    optional = [m for m in gold_mentions if m["kind"] != "name" or m["nested"]]
    for asked, g in [*((True, m) for m in wanted), *((False, m) for m in optional)]:
        near = [m for m in free if shared(span(m), span(g)) and gold.same_entity(g["entity_id"], m["entity_id"])]
        if near:
            best = max(near, key=lambda m: similar(span(m), span(g)))
            free.remove(best)
            hits += asked
            neutral += not asked
        elif asked:
            got = [m["entity_id"] for m in free if shared(span(m), span(g))]
            result.error("name missed", doc["doc_id"], g["text"], f"want {g['entity_id']}; got {got}")
    for m in free:
        result.error("name spurious", doc["doc_id"], m["text"], m["entity_id"])
    result.add("names", hits, len(given) - neutral, len(wanted))


# ---- events -------------------------------------------------------------------------------------------------------


def types(event: Json) -> set[str]:
    """The type and the accepted other types."""
    return {event["type"], *event.get("alt_types", [])}


def touches(event: Json, at: Span) -> bool:
    """Whether a trigger overlaps the gold's or an accepted other one."""
    return any(shared(at, span(t)) for t in [event["trigger"], *event.get("trigger_alt", [])])


def events(gold: Gold, doc: Json, analysis: Json, zones: list[Span], result: Score) -> None:
    """Overlapping triggers are matched before events of one sentence, main events before others, near before far.
    What answers a repeated or background event is neither asked for nor wrong."""
    wanted = [e for e in doc["events"] if not e["in_boilerplate"]]
    everything = analysis.get("events") or []
    given = [e for e in everything if not inside(span(e["trigger"]), zones)]
    result.add("clean", len(given), 0, len(everything))
    for e in everything:
        if inside(span(e["trigger"]), zones):
            result.error("event leaked", doc["doc_id"], e["trigger"]["text"], e["type"])
    options = []
    for g, want in enumerate(wanted):
        for s, have in enumerate(given):
            at = span(have["trigger"])
            near = touches(want, at)
            if have["type"] in types(want) and (near or inside(at, [span(want["sentence"])])):
                far = abs(at[0] - want["trigger"]["start"])
                options.append((not near, want["salience"] != "main", far, g, s))
    pairs: dict[int, int] = {}
    for _, _, _, g, s in sorted(options):
        if g not in pairs and s not in pairs.values():
            pairs[g] = s
    main = [g for g, e in enumerate(wanted) if e["salience"] == "main"]
    found = [g for g in main if g in pairs]
    result.add("events", len(found), len(given) - (len(pairs) - len(found)), len(main))
    for g in found:
        right = actors_right(gold, wanted[g], given[pairs[g]])
        result.add("actors", right, 0, 1)
        if not right:
            detail = f"want {wanted[g]['actor']}; got {given[pairs[g]].get('actors')}"
            result.error("actor wrong", doc["doc_id"], wanted[g]["trigger"]["text"], detail)
    for g in main:
        if g not in pairs:
            result.error("event missed", doc["doc_id"], wanted[g]["trigger"]["text"], wanted[g]["type"])
    for s, have in enumerate(given):
        if s not in pairs.values():
            result.error("event spurious", doc["doc_id"], have["trigger"]["text"], have["type"])


def actors_right(gold: Gold, want: Json, have: Json) -> bool:
    """Exactly the annotated actors, or the accepted others, one of them, or both together; none where optional."""
    main, others = want.get("actor") or [], want.get("alt_actor") or []
    accepted = [main, main + others, others, *([o] for o in others)] if others else [main]
    if want.get("actor_optional"):
        accepted.append([])
    return gold.rolled(have.get("actors")) in [gold.rolled(a) for a in accepted]


def page_events(gold: Gold, page: Json, analysis: Json, result: Score) -> None:
    """HTML pages have no offsets, since the text is what the reader of HTML makes of them: events are found by the
    trigger word. Words under `leaks` stand outside the article only."""
    free = list(analysis.get("events") or [])
    leaks = {fold(w) for w in page["leaks"]}
    leaked = [e for e in free if fold(e["trigger"]["text"]) in leaks]
    result.add("clean", len(free) - len(leaked), 0, len(free))
    for e in leaked:
        result.error("event leaked", page["article_id"], e["trigger"]["text"], e["type"])
    for want in page["events"]:
        words = {fold(w) for w in want["trigger"]}
        found = [e for e in free if fold(e["trigger"]["text"]) in words and e["type"] in types(want)]
        result.add("html.events", bool(found), 0, 1)
        if not found:
            result.error("event missed", page["article_id"], want["trigger"][0], want["type"])
            continue
        free.remove(found[0])
        right = actors_right(gold, want, found[0])
        result.add("actors", right, 0, 1)
        if not right:
            detail = f"want {want['actor']}; got {found[0].get('actors')}"
            result.error("actor wrong", page["article_id"], want["trigger"][0], detail)


# ---- claims -------------------------------------------------------------------------------------------------------


def claims(doc: Json, analysis: Json, zones: list[Span], result: Score) -> None:
    free = [c for c in analysis.get("claims") or [] if not inside(span(c["content"]), zones)]
    wanted = [c for c in doc["claims"] if not c["in_boilerplate"]]
    hits = 0
    for g in wanted:
        def likeness(c: Json) -> float:
            return similar(span(c["content"]), span(g["content"])) + bool(shared(span(c["cue"]), span(g["cue"])))

        best = max(free, key=likeness, default=None)
        if best is not None and likeness(best) >= HALF:
            free.remove(best)
            hits += 1
        else:
            result.error("claim missed", doc["doc_id"], g["content"]["text"], g["cue"]["text"])
    result.add("claims", hits, 0, len(wanted))


# ---- command line -------------------------------------------------------------------------------------------------


def failures(figures: dict[str, float], floors: dict[str, float]) -> list[str]:
    """The floors that are not kept, in words."""
    result = []
    for name, floor in floors.items():
        if name not in figures:
            result.append(f"{name}: no such figure")
        elif figures[name] < floor:
            result.append(f"{name}: {figures[name]} is below {floor}")
    return result


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--system", type=Path, required=True, help="analyses.jsonl")
    parser.add_argument("--floor", type=Path, help="JSON object: figure -> lowest accepted value")
    parser.add_argument("--errors", action="store_true", help="list every error on standard error")
    options = parser.parse_args(arguments)
    try:
        result = score(Gold.load(options.gold), read_system(options.system))
        floors = read(options.floor) if options.floor else {}
    except (OSError, ValueError, KeyError) as error:
        print(f"cannot score: {error!r}", file=sys.stderr)
        return 2
    figures = result.figures()
    print(f"{'figure':<16} {'value':>7} {'floor':>7}")
    for name, value in figures.items():
        floor = f"{floors[name]:>7.3f}" if name in floors else ""
        print(f"{name:<16} {value:>7.3f} {floor}".rstrip())
    if options.errors:
        print("\n".join(sorted(result.errors)), file=sys.stderr)
    failed = failures(figures, floors)
    for failure in failed:
        print(f"below the floor: {failure}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

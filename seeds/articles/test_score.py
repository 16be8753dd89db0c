"""Tests of the scorer and of the gold it reads: `python3 -m unittest` in this folder, or with `discover -s` from anywhere."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import score  # noqa: E402

GOLD = HERE / "gold"


def perfect(gold: score.Gold) -> dict[str, dict]:
    """The output of a system that agrees with the gold everywhere."""
    system = {}
    for doc in gold.docs:
        date = doc["publication_date"]
        system[doc["doc_id"]] = {
            "article_id": doc["doc_id"],
            "published": {"date": date["value"] if date["basis"] == "explicit" else None},
            "segments": [
                {"start": s["start"], "end": s["end"], "kind": "boilerplate" if s["boilerplate"] else "body"}
                for s in doc["segments"]
            ],
            "mentions": [copy.deepcopy(m) for m in doc["mentions"] if not m["in_boilerplate"]],
            "events": [
                {"id": e["id"], "trigger": e["trigger"], "type": e["type"], "actors": e["actor"]} for e in doc["events"]
            ],
            "claims": [{"id": c["id"], "cue": c["cue"], "content": c["content"]} for c in doc["claims"]],
        }
    for page in gold.pages:
        system[page["article_id"]] = {
            "article_id": page["article_id"],
            "published": {"date": page["publication_date"]},
            "events": [
                {"trigger": {"start": 0, "end": 1, "text": e["trigger"][0]}, "type": e["type"], "actors": e["actor"]}
                for e in page["events"]
            ],
        }
    return system


class Integrity(unittest.TestCase):
    """The gold agrees with the articles beside it."""

    def setUp(self) -> None:
        self.gold = score.Gold.load(GOLD)

    def test_every_span_is_a_slice_of_its_article(self) -> None:
        def check(value: object, text: str, name: str) -> int:
            if isinstance(value, list):
                return sum(check(item, text, name) for item in value)
            if not isinstance(value, dict):
                return 0
            count = sum(check(item, text, name) for item in value.values())
            if "text" in value:
                self.assertEqual(text[value["start"] : value["end"]], value["text"], name)
                count += 1
            return count

        for doc in self.gold.docs:
            text = (HERE / doc["file"]).read_bytes().decode("utf-8")
            self.assertEqual(len(text), doc["length"], doc["file"])
            self.assertGreater(check(doc, text, doc["file"]), 20)

    def test_segments_cover_every_line_once(self) -> None:
        for doc in self.gold.docs:
            text = (HERE / doc["file"]).read_bytes().decode("utf-8")
            covered = [i for s in doc["segments"] for i in range(s["start"], s["end"])]
            self.assertEqual(covered, [i for i, c in enumerate(text) if c != "\n"], doc["file"])

    def test_entities_are_listed(self) -> None:
        for doc in self.gold.docs:
            used = {m["entity_id"] for m in doc["mentions"]}
            used |= {i for e in doc["events"] for key in ("actor", "recipient", "location") for i in e[key]}
            used |= {i for c in doc["claims"] for i in c["source"]["entity_ids"] + c["via"]}
            self.assertLessEqual(used, set(self.gold.entities), doc["file"])

    def test_index_and_gold_name_the_same_articles(self) -> None:
        index = [entry["file"] for entry in json.loads((HERE / "index.json").read_text(encoding="utf-8"))]
        files = sorted(p.name for p in HERE.iterdir() if p.suffix in (".txt", ".html"))
        self.assertEqual(index, files)
        annotated = {d["doc_id"] for d in self.gold.docs} | {p["article_id"] for p in self.gold.pages}
        without_gold = {"14_mirat", "15_hilal", "16_maydan", "17_zab"}
        self.assertEqual({Path(f).stem for f in files}, annotated | without_gold)

    def test_trigger_words_of_pages_stand_in_them(self) -> None:
        for page in self.gold.pages:
            text = (HERE / f"{page['article_id']}.html").read_text(encoding="utf-8")
            for event in page["events"]:
                self.assertTrue(any(word in text for word in event["trigger"]), event)
            for word in page["leaks"]:
                self.assertIn(word, text)


class Figures(unittest.TestCase):
    """What a system does well or badly shows in the right figure."""

    def setUp(self) -> None:
        self.gold = score.Gold.load(GOLD)
        self.system = perfect(self.gold)

    def figures(self) -> dict[str, float]:
        return score.score(self.gold, self.system).figures()

    def items(self, name: str) -> list[dict]:
        return [item for analysis in self.system.values() for item in analysis.get(name, [])]

    def assert_only(self, lowered: set[str]) -> None:
        """Just these figures are below 1."""
        self.assertEqual({name for name, value in self.figures().items() if value < 1}, lowered)

    def test_perfect(self) -> None:
        self.assert_only(set())

    def test_nothing(self) -> None:
        self.system = {}
        self.assertEqual(set(self.figures().values()), {0.0})

    def test_empty_analyses_are_covered_and_right_about_undated_articles_only(self) -> None:
        self.system = {name: {"article_id": name} for name in self.system}
        figures = self.figures()
        self.assertEqual(figures.pop("covered"), 1.0)
        self.assertLess(figures.pop("published"), 0.5)
        self.assertEqual(set(figures.values()), {0.0})

    def test_wrong_event_type(self) -> None:
        for event in self.items("events"):
            event["type"] = "CULTURE_SPORT"
        self.assert_only({"events.p", "events.r", "events.f1", "actors", "html.events.r"})

    def test_trigger_elsewhere_in_the_sentence_is_accepted_but_not_in_another(self) -> None:
        doc = next(d for d in self.gold.docs if d["doc_id"] == "05_dijla")
        wanted = next(e for e in doc["events"] if e["id"] == "e8")
        given = next(e for e in self.system["05_dijla"]["events"] if e["id"] == "e8")
        start = wanted["sentence"]["end"] - 3
        given["trigger"] = {"start": start, "end": start + 2, "text": ".."}
        self.assert_only(set())
        given["trigger"] = {"start": 0, "end": 2, "text": ".."}
        self.assertLess(self.figures()["events.r"], 1)

    def test_wrong_actors(self) -> None:
        for event in self.items("events"):
            event["actors"] = ["nobody"]
        self.assert_only({"actors"})

    def test_organs_stand_for_their_state(self) -> None:
        for event in self.items("events"):
            event["actors"] = ["us-armed-forces" if a == "US" else a for a in event["actors"]]
        self.assert_only(set())

    def test_wrong_entity(self) -> None:
        for mention in self.items("mentions"):
            mention["entity_id"] = "FR"
        self.assert_only({"names.p", "names.r", "names.f1"})

    def test_ids_of_the_knowledge_stand_for_their_entity(self) -> None:
        for mention in self.items("mentions"):
            mention["entity_id"] = self.gold.entities[mention["entity_id"]].get("ids", [mention["entity_id"]])[-1]
        self.assertIn("gn-98182", [m["entity_id"] for m in self.items("mentions")])
        self.assert_only(set())

    def test_an_entity_no_list_can_know_may_have_any_id_but_not_that_of_another(self) -> None:
        mention = next(m for m in self.items("mentions") if self.gold.entities[m["entity_id"]].get("local"))
        mention["entity_id"] = "6f1c1a5e-0000-5000-8000-000000000000"
        self.assert_only(set())
        mention["entity_id"] = "IQ"
        self.assert_only({"names.p", "names.r", "names.f1"})

    def test_names_in_names_and_descriptions_are_optional(self) -> None:
        for analysis in self.system.values():
            analysis["mentions"] = [m for m in analysis.get("mentions", []) if m["kind"] == "name" and not m["nested"]]
        self.assert_only(set())
        self.system = perfect(self.gold)
        self.assertTrue(any(m["kind"] == "nominal" for m in self.items("mentions")))
        for mention in self.items("mentions"):
            mention["kind"] = "name"
        self.assert_only(set())

    def test_invented_mentions_cost_precision(self) -> None:
        title = {"start": 0, "end": 1, "text": "x", "entity_id": "FR", "kind": "name"}
        self.system["01_rafidain"]["mentions"].append(title)
        self.assert_only({"names.p", "names.f1"})

    def test_nominal_mentions_do_not_count(self) -> None:
        self.system["01_rafidain"]["mentions"].append(
            {"start": 0, "end": 1, "text": "x", "entity_id": "FR", "kind": "nominal"}
        )
        self.assert_only(set())

    def test_guessed_date(self) -> None:
        self.system["02_nakheel"]["published"] = {"date": "2024-01-24"}
        self.assert_only({"published"})

    def test_boilerplate_kept_as_body(self) -> None:
        for segment in self.items("segments"):
            segment["kind"] = "body"
        self.assert_only({"boilerplate.p", "boilerplate.r", "boilerplate.f1"})

    def test_body_dropped_as_boilerplate(self) -> None:
        for segment in self.items("segments"):
            segment["kind"] = "boilerplate"
        figures = self.figures()
        self.assertEqual(figures["boilerplate.r"], 1)
        self.assertLess(figures["boilerplate.p"], 0.5)

    def test_leaks(self) -> None:
        for name, label in (("03_sada_mashriq", "appended_body"), ("08_bariq", "summary_ai")):
            self.system = perfect(self.gold)
            doc = next(d for d in self.gold.docs if d["doc_id"] == name)
            at = next(s["start"] for s in doc["segments"] if s["label"] == label)
            trigger = {"start": at, "end": at + 5, "text": "....."}
            self.system[name]["events"].append({"trigger": trigger, "type": "ASSAULT", "actors": []})
            self.assert_only({"clean"})

    def test_leaks_of_pages(self) -> None:
        page = self.gold.pages[0]
        trigger = {"start": 0, "end": 1, "text": page["leaks"][0]}
        self.system[page["article_id"]]["events"].append({"trigger": trigger, "type": "OTHER", "actors": []})
        self.assert_only({"clean"})

    def test_either_copy_of_a_paragraph_may_be_dropped(self) -> None:
        doc = next(d for d in self.gold.docs if any(s["label"] == "duplicate_paragraph" for s in d["segments"]))
        segment = next(s for s in doc["segments"] if s["label"] == "duplicate_paragraph")
        name, first, second = doc["doc_id"], tuple(segment["duplicate_of"]), score.span(segment)
        swapped = score.moved(copy.deepcopy(self.system[name]), first, second)
        self.assertNotEqual(swapped["events"], self.system[name]["events"])
        self.system[name] = swapped
        self.assert_only(set())

    def test_missing_claims(self) -> None:
        for analysis in self.system.values():
            analysis["claims"] = analysis.get("claims", [])[1:]
        self.assert_only({"claims.r"})


class CommandLine(unittest.TestCase):
    """Exit status and floors."""

    def run_with(self, system: dict[str, dict], floors: dict[str, float]) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            analyses, floor = Path(folder, "analyses.jsonl"), Path(folder, "floors.json")
            analyses.write_text("".join(json.dumps(a) + "\n" for a in system.values()), encoding="utf-8")
            floor.write_text(json.dumps(floors), encoding="utf-8")
            said = io.StringIO()
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
                status = score.main(["--gold", str(GOLD), "--system", str(analyses), "--floor", str(floor)])
            return status, said.getvalue()

    def test_a_good_system_passes_and_a_broken_one_fails(self) -> None:
        gold = score.Gold.load(GOLD)
        floors = dict.fromkeys(score.score(gold, {}).figures(), 0.9)
        self.assertEqual(self.run_with(perfect(gold), floors), (0, ""))
        broken = perfect(gold)
        for analysis in broken.values():
            analysis["events"] = []
        status, said = self.run_with(broken, floors)
        self.assertEqual(status, 1)
        self.assertIn("events.f1", said)
        self.assertNotIn("names", said)
        self.assertEqual(self.run_with({}, floors)[0], 1)

    def test_a_floor_without_a_figure_fails(self) -> None:
        self.assertEqual(self.run_with(perfect(score.Gold.load(GOLD)), {"names.recall": 0.0})[0], 1)

    def test_the_floors_in_use_name_every_figure(self) -> None:
        floors = json.loads((GOLD / "floors.json").read_text(encoding="utf-8"))
        self.assertEqual(set(floors), set(score.score(score.Gold.load(GOLD), {}).figures()))

    def test_unreadable_input(self) -> None:
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(score.main(["--gold", str(GOLD), "--system", str(HERE / "absent.jsonl")]), 2)


if __name__ == "__main__":
    unittest.main()

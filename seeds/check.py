#!/usr/bin/env python3
"""Check every TSV file under seeds/ against the formats in seeds/README.md.

    python3 seeds/check.py            check everything
    python3 seeds/check.py FILE...    report only on these files (the others are still read for their ids)

Each error is printed as file:line: message. Exit status: 0 nothing wrong, 1 errors, 2 wrong usage.
"""

import re
import sys
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parent

COUNTRY_ID = re.compile(r"[A-Z]{2}")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WIKIDATA = re.compile(r"Q[1-9][0-9]*")
DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
SOURCE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*(;[a-z0-9]+([.-][a-z0-9]+)*)*")
INTEGER = re.compile(r"0|[1-9][0-9]*")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
TYPE = re.compile(r"[A-Z]+(_[A-Z]+)*")
WORD = re.compile(r"[\u0621-\u063a\u0641-\u064a]+")
CONTENT = re.compile(r":|obj|[\u0621-\u064a]+( [\u0621-\u064a]+)*")
ROOT_LETTERS = re.compile(r"[\u0621\u0628\u062a-\u063a\u0641-\u0648\u064a](-[\u0621\u0628\u062a-\u063a\u0641-\u0648\u064a]){2,3}")

# A file is described by its columns, each with a rule. A rule is a pattern, a set of allowed
# values, or the name of another check in `Checker`; a leading "?" on the column lets it be empty.
FORMS = {"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "Q1", "Q2"}
ROLES = {"actor", "recipient", "place", "instrument", "topic", "quantity"}
PREPOSITIONS = {"على", "ضد", "من", "إلى", "مع", "بين", "ل", "ب", "في", "عن"}
SLOTS = {"subj", "obj", "gen"} | PREPOSITIONS
CONDITION_SLOTS = SLOTS | {"adj"}
OFFICE_KINDS = {
    "head_of_state", "head_of_government", "foreign_minister", "defence_minister", "interior_minister",
    "speaker", "ambassador", "spokesperson", "head", "commander", "other",
}
MODALITY_KINDS = {
    "negation", "planned", "proposed", "demanded", "conditional", "possible", "denied", "generic",
    "phase_end", "phase_start", "failed",
}
BOILERPLATE_REASONS = {
    "byline_date", "byline", "caption", "ui", "credit", "tags", "related", "summary_ai", "share", "subscription",
}
NUMBER_KINDS = {
    "unit", "ten", "hundred", "scale", "fraction", "vague", "few", "ordinal", "label", "approximator",
    "approximator_after", "bound", "bound_after", "not_dual",
    "not_counted",
}
NAME_TYPES = {
    "PERSON", "ORGANIZATION", "ARMED_GROUP", "MEDIA", "GPE", "LOCATION", "FACILITY", "EVENT_NAME",
}
NAME_CUES = {
    "place_before", "part_of_place", "of_state", "near_state", "visit", "joining", "title_link", "title_body", "institution_alone",
    "state", "group", "backed", "armed", "occupation",
    "forces", "name_cut_short", "short_form", "work", "sport", "club", "club_before", "rival", "result",
}
PLOVER_QUADS = {"verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict"}
PLOVER_SECTORS = {
    "GOV", "JUD", "LEG", "MIL", "COP", "OPP", "PTY", "REB", "PRM", "SPY", "UAF", "CVL", "BUS", "EDU", "MED", "LAB", "AGR",
    "JRN", "REF", "REL", "SOC", "CRM",
}
CONTEXTS = re.compile(r"[a-z]+(_[a-z]+)*(;[a-z]+(_[a-z]+)*)*")
CAMEO = re.compile(r"(0[1-9]|1[0-9]|20)[0-9]{1,2}")
TIME_UNITS = {
    "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century",
}

ENTITY = [("id", "slug"), ("name_ar", "text"), ("name_en", "text")]
TAIL = [("?wikidata", WIKIDATA), ("source", SOURCE)]
IN_COUNTRY = [("?country", "country")]
ROLLS_UP = IN_COUNTRY + [("?rollup", "entity")]
ALIASES = [
    ("id", "entity"), ("surface", "text"), ("kind", {"name", "acronym", "nominal", "pejorative", "latin"}),
    ("source", SOURCE),
]
PERSONAL_NAMES = [
    ("surface", "text"), ("origin", {"arabic", "foreign"}), ("?ambiguity", {"ordinary_word", "place"}),
    ("source", SOURCE),
]

FORMATS = {
    "knowledge/countries.tsv": [("id", COUNTRY_ID), ("name_ar", "text"), ("name_en", "text")] + TAIL,
    "knowledge/places.tsv": [
        ("id", "slug"), ("type", {"GPE", "LOCATION"}), ("name_ar", "text"), ("?name_en", "text"),
    ] + IN_COUNTRY + [("?population", INTEGER)] + TAIL,
    "knowledge/facilities.tsv": ENTITY + IN_COUNTRY + TAIL,
    "knowledge/organizations.tsv": ENTITY + ROLLS_UP + TAIL,
    "knowledge/armed_groups.tsv": ENTITY + ROLLS_UP + TAIL,
    "knowledge/media.tsv": ENTITY + IN_COUNTRY + TAIL,
    "knowledge/named_events.tsv": ENTITY + [("?start", DATE), ("?end", DATE)] + TAIL,
    "knowledge/persons.tsv": ENTITY + IN_COUNTRY + TAIL,
    "knowledge/aliases.tsv": ALIASES,
    "knowledge/aliases_places.tsv": ALIASES,
    "knowledge/ambiguous_names.tsv": [
        ("surface", "text"), ("reason", re.compile(r"ordinary_word|ordinary_phrase|personal_name|homonym(: .+)?")),
        ("source", SOURCE),
    ],
    "knowledge/given_names.tsv": PERSONAL_NAMES,
    "knowledge/family_names.tsv": PERSONAL_NAMES,
    "knowledge/excluded_places.tsv": [("id", "slug"), ("reason", "text"), ("source", SOURCE)],
    "knowledge/division_kinds.tsv": [
        ("country", "country"),
        ("level", {"1", "2"}),
        ("?kind_en", "text"),
        ("kind_ar", "text"),
        ("source", SOURCE),
    ],
    "knowledge/demonyms.tsv": [
        ("surface", "text"), ("country", "entity"), ("form", {"nisba", "plural"}), ("source", SOURCE),
    ],
    "knowledge/backed_groups.tsv": [
        ("backer", "country"), ("country", "country"), ("group", "entity"), ("source", SOURCE),
    ],
    "knowledge/capitals.tsv": [("country", "country"), ("place", "entity"), ("source", SOURCE)],
    "knowledge/country_codes.tsv": [
        ("country", "country"), ("iso3", re.compile(r"[A-Z]{3}")), ("?cow", INTEGER), ("source", SOURCE),
    ],
    "knowledge/domains.tsv": [("domain", DOMAIN), ("media", "media"), ("source", SOURCE)],
    "knowledge/offices.tsv": [
        ("id", "slug"), ("title_ar", "text"), ("title_en", "text"), ("body", "entity"), ("kind", OFFICE_KINDS),
        ("source", SOURCE),
    ],
    "knowledge/office_holders.tsv": [
        ("office", "office"), ("person", "person"), ("?from", DATE), ("?to", DATE), ("source", SOURCE),
    ],
    "lexicon/types.tsv": [
        ("type", TYPE), ("number", INTEGER), ("family", re.compile(r"[a-z]+(_[a-z]+)*")), ("description", "text"),
        ("source", SOURCE),
    ],
    "lexicon/modes.tsv": [
        ("type", "type"), ("mode", TYPE), ("code", INTEGER), ("description", "text"), ("source", SOURCE),
    ],
    "lexicon/plover_types.tsv": [
        ("plover", TYPE), ("quad", PLOVER_QUADS), ("intensity", NUMBER), ("source", SOURCE),
    ],
    "lexicon/plover_sectors.tsv": [
        ("words", re.compile(r"[a-z']+( [a-z']+)*")), ("sector", PLOVER_SECTORS), ("source", SOURCE),
    ],
    "lexicon/plover.tsv": [
        ("type", "type"), ("?mode", "mode"), ("?plover", "plover"), ("?plover_mode", SLUG), ("?contexts", CONTEXTS),
        ("?cameo", CAMEO), ("source", SOURCE),
    ],
    "lexicon/classes.tsv": [("class", re.compile(r"[a-z]+(_[a-z]+)*")), ("surface", "text"), ("source", SOURCE)],
    "lexicon/verbs.tsv": [
        ("lemma", WORD), ("root", ROOT_LETTERS), ("form", FORMS), ("?imperfect_vowel", {"a", "i", "u"}),
        ("?masdars", "masdars"), ("type", "type"), ("?mode", "mode"), ("frame", "event_frame"), ("source", SOURCE),
    ],
    "lexicon/nouns.tsv": [
        ("lemma", WORD), ("?plurals", "words"), ("type", "type"), ("?mode", "mode"), ("frame", "event_frame"),
        ("source", SOURCE),
    ],
    "lexicon/homographs.tsv": [("surface", "text"), ("lemma", WORD), ("source", SOURCE)],
    "lexicon/light_verbs.tsv": [
        ("lemma", WORD), ("root", ROOT_LETTERS), ("form", FORMS), ("?imperfect_vowel", {"a", "i", "u"}),
        ("takes", "takes"), ("source", SOURCE),
    ],
    "lexicon/reporting.tsv": [
        ("lemma", WORD), ("root", ROOT_LETTERS), ("form", FORMS), ("?imperfect_vowel", {"a", "i", "u"}),
        ("frame", "reporting_frame"), ("source", SOURCE),
    ],
    "lexicon/claim_cues.tsv": [
        ("surface", "text"), ("source_slot", {"after", "before", "none", "subject"}), ("via", {"yes", "no"}), ("source", SOURCE),
    ],
    "lexicon/modality.tsv": [
        ("surface", "text"), ("kind", MODALITY_KINDS), ("scope", {"verb", "clause", "noun", "adjective", "predicate"}),
        ("source", SOURCE),
    ],
    "lexicon/sources.tsv": [("surface", "text"), ("number", {"sg", "du", "pl"}), ("source", SOURCE)],
    "lexicon/titles.tsv": [("surface", "text"), ("source", SOURCE)],
    "lexicon/name_descriptors.tsv": [
        ("surface", "text"), ("position", {"before", "after"}), ("type", NAME_TYPES), ("source", SOURCE),
    ],
    "lexicon/name_cues.tsv": [("cue", NAME_CUES), ("surface", "text"), ("source", SOURCE)],
    "lexicon/language_words.tsv": [("language", {"ar", "ckb", "fa", "ur"}), ("surface", "text"), ("source", SOURCE)],
    "lexicon/institutions.tsv": [
        ("surface", "text"), ("category", "slug"), ("kind", {"name", "nominal"}), ("source", SOURCE),
    ],
    "lexicon/boilerplate.tsv": [
        ("match", {"line", "prefix", "suffix", "contains", "closing"}), ("pattern", "text"),
        ("reason", BOILERPLATE_REASONS),
        ("source", SOURCE),
    ],
    "lexicon/function_words.tsv": [
        ("surface", "text"), ("class", {"preposition", "particle", "conjunction", "verb", "pronoun"}), ("source", SOURCE),
    ],
    "lexicon/months.tsv": [
        ("surface", "text"), ("month", {str(n) for n in range(1, 13)}), ("calendar", {"gregorian", "hijri"}),
        ("source", SOURCE),
    ],
    "lexicon/weekdays.tsv": [
        ("surface", "text"), ("weekday", {str(n) for n in range(1, 8)}), ("source", SOURCE),
    ],
    "lexicon/word_splits.tsv": [
        ("surface", "text"), ("pieces", "text"), ("source", SOURCE),
    ],
    "lexicon/number_words.tsv": [
        ("surface", "text"), ("?value", "number_value"), ("kind", NUMBER_KINDS), ("source", SOURCE),
    ],
    "lexicon/time_units.tsv": [
        ("surface", "text"), ("unit", TIME_UNITS), ("number", {"sg", "du", "du_construct", "pl"}), ("source", SOURCE),
    ],
    "lexicon/time_cues.tsv": [("surface", "text"), ("value", "text"), ("source", SOURCE)],
    "lexicon/time_context.tsv": [("surface", "text"), ("value", "text"), ("source", SOURCE)],
    "lexicon/units.tsv": [("surface", "text"), ("unit", "text"), ("source", SOURCE)],
    "lexicon/counted.tsv": [("unit", "text"), ("class", SLUG), ("source", SOURCE)],
}

# Files whose first column is an id; ids are unique over all of them together.
ENTITY_FILES = [
    "knowledge/" + stem + ".tsv"
    for stem in ("countries", "places", "facilities", "organizations", "armed_groups", "media", "named_events", "persons")
]
# Columns that together may occur only once in a file (the ids above are checked over all files).
KEYS = {
    "knowledge/aliases.tsv": ("id", "surface"),
    "knowledge/aliases_places.tsv": ("id", "surface"),
    "knowledge/ambiguous_names.tsv": ("surface",),
    "knowledge/given_names.tsv": ("surface",),
    "knowledge/family_names.tsv": ("surface",),
    "knowledge/excluded_places.tsv": ("id",),
    "knowledge/division_kinds.tsv": ("country", "level", "kind_en"),
    "knowledge/demonyms.tsv": ("surface", "country"),
    "knowledge/backed_groups.tsv": ("backer", "country"),
    "knowledge/country_codes.tsv": ("country",),
    "knowledge/domains.tsv": ("domain",),
    "knowledge/offices.tsv": ("id",),
    "lexicon/types.tsv": ("type",),
    "lexicon/modes.tsv": ("mode",),
    "lexicon/plover_types.tsv": ("plover",),
    "lexicon/plover_sectors.tsv": ("words",),
    "lexicon/plover.tsv": ("type", "mode"),
    "lexicon/classes.tsv": ("class", "surface"),
    "lexicon/verbs.tsv": ("lemma", "root", "form", "frame"),
    "lexicon/nouns.tsv": ("lemma", "frame"),
    "lexicon/homographs.tsv": ("surface", "lemma"),
    "lexicon/light_verbs.tsv": ("lemma", "takes"),
    "lexicon/reporting.tsv": ("lemma", "root", "form"),
    "lexicon/claim_cues.tsv": ("surface", "source_slot"),
    "lexicon/modality.tsv": ("surface", "kind", "scope"),
    "lexicon/sources.tsv": ("surface",),
    "lexicon/titles.tsv": ("surface",),
    "lexicon/name_descriptors.tsv": ("surface", "position", "type"),
    "lexicon/name_cues.tsv": ("cue", "surface"),
    "lexicon/language_words.tsv": ("language", "surface"),
    "lexicon/institutions.tsv": ("surface",),
    "lexicon/boilerplate.tsv": ("match", "pattern"),
    "lexicon/function_words.tsv": ("surface", "class"),
    "lexicon/months.tsv": ("surface", "calendar"),
    "lexicon/weekdays.tsv": ("surface",),
    "lexicon/word_splits.tsv": ("surface",),
    "lexicon/number_words.tsv": ("surface", "value", "kind"),
    "lexicon/time_units.tsv": ("surface",),
    "lexicon/time_cues.tsv": ("surface", "value"),
    "lexicon/time_context.tsv": ("surface", "value"),
    "lexicon/units.tsv": ("surface",),
    "lexicon/counted.tsv": ("unit",),
}


class Checker:
    """Reads all files first, so that a reference may point into any of them."""

    def __init__(self):
        self.errors = []
        self.tables = {}
        self.ids = {}
        self.types = {}
        self.modes = {}
        self.classes = set()

    def error(self, name, line, message):
        self.errors.append((name, line, message))

    def run(self):
        found = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.tsv")}
        for name in sorted(found - FORMATS.keys()):
            self.error(name, 1, "no format is documented for this file")
        for name in sorted(FORMATS.keys() - found):
            self.error(name, 1, "file is missing")
        for name in sorted(found & FORMATS.keys()):
            self.tables[name] = self.read(name)
        self.collect()
        for name, rows in self.tables.items():
            self.check_rows(name, rows)
        self.errors.sort()

    def read(self, name):
        """Checks what concerns the text of a file, and returns its well-formed rows as (line, values)."""
        data = (ROOT / name).read_bytes()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as problem:
            self.error(name, data[: problem.start].count(b"\n") + 1, "not UTF-8")
            return []
        if not text.endswith("\n") or text.endswith("\n\n"):
            self.error(name, text.count("\n") + 1, "the file must end with exactly one newline")
        columns = [column.lstrip("?") for column, _ in FORMATS[name]]
        lines = text.rstrip("\n").split("\n")
        if lines[0] != "\t".join(columns):
            self.error(name, 1, "header must be: " + " ".join(columns))
        rows, previous = [], b""
        for number, line in enumerate(lines[1:], 2):
            encoded = line.encode()
            if encoded == previous:
                self.error(name, number, "duplicate row")
            elif encoded < previous:
                self.error(name, number, "not sorted by bytes (LC_ALL=C sort)")
            previous = encoded
            values = line.split("\t")
            if len(values) != len(columns):
                self.error(name, number, f"{len(values)} columns instead of {len(columns)}")
                continue
            for column, value in zip(columns, values):
                self.check_text(name, number, column, value)
            rows.append((number, dict(zip(columns, values))))
        return rows

    def check_text(self, name, number, column, value):
        if value != value.strip() or "  " in value:
            self.error(name, number, f"{column}: spaces at an end or doubled")
        if value != unicodedata.normalize("NFC", value):
            self.error(name, number, f"{column}: not in NFC")
        for char in value:
            if char != " " and unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs"):
                self.error(name, number, f"{column}: invisible character U+{ord(char):04X}")

    def collect(self):
        for name in ENTITY_FILES:
            for line, row in self.tables.get(name, []):
                first = self.ids.setdefault(row["id"], (name, line))
                if first != (name, line):
                    self.error(name, line, f"id {row['id']} is also at {first[0]}:{first[1]}")
        for line, row in self.tables.get("lexicon/types.tsv", []):
            if row["number"] in self.types.values():
                self.error("lexicon/types.tsv", line, f"number {row['number']} is used twice")
            self.types[row["type"]] = row["number"]
        codes = set()
        for line, row in self.tables.get("lexicon/modes.tsv", []):
            self.modes[row["mode"]] = row["type"]
            code, family = row["code"], self.types.get(row["type"], "")
            if not row["mode"].startswith(row["type"] + "_"):
                self.error("lexicon/modes.tsv", line, "a mode is named TYPE_NAME after its type")
            if len(code) != len(family) + 2 or not code.startswith(family) or code.endswith("00"):
                self.error("lexicon/modes.tsv", line, f"code {code} is not type number x 100 + n")
            if code in codes:
                self.error("lexicon/modes.tsv", line, f"code {code} is used twice")
            codes.add(code)
        coded = {row["type"] for _, row in self.tables.get("lexicon/plover.tsv", []) if not row["mode"]}
        for missing in sorted(self.types.keys() - coded):
            self.error("lexicon/plover.tsv", 1, f"no row for the type {missing}")
        self.classes = {row["class"] for _, row in self.tables.get("lexicon/classes.tsv", [])}

    def check_rows(self, name, rows):
        key_columns, seen = KEYS.get(name), {}
        for line, row in rows:
            for column, rule in FORMATS[name]:
                value = row[column.lstrip("?")]
                if not value:
                    if not column.startswith("?"):
                        self.error(name, line, f"{column} is empty")
                    continue
                message = self.violation(rule, value)
                if message:
                    self.error(name, line, f"{column.lstrip('?')}: {message}")
            if key_columns:
                key = tuple(row[column] for column in key_columns)
                if key in seen:
                    self.error(name, line, f"same {' + '.join(key_columns)} as line {seen[key]}")
                seen[key] = line
            self.check_row(name, line, row)

    def violation(self, rule, value):
        """What is wrong with one value, or None."""
        if isinstance(rule, re.Pattern):
            return None if rule.fullmatch(value) else f"'{value}' is malformed"
        if isinstance(rule, (set, frozenset)):
            return None if value in rule else f"'{value}' is not one of {' '.join(sorted(rule))}"
        return getattr(self, "rule_" + rule)(value)

    def check_row(self, name, line, row):
        """Rules that concern several columns of one row."""
        if "mode" in row and "type" in row and row["mode"] and self.modes.get(row["mode"], row["type"]) != row["type"]:
            self.error(name, line, f"mode {row['mode']} does not belong to type {row['type']}")
        if "plover" in row and "cameo" in row and not row["plover"] and (row["plover_mode"] or row["contexts"] or row["cameo"]):
            self.error(name, line, "what PLOVER has no type for has no mode, context or code")
        if "imperfect_vowel" in row:
            if (row["form"] == "I") != bool(row["imperfect_vowel"]):
                self.error(name, line, "imperfect_vowel is given for form I and for no other form")
            if row["form"] in FORMS and (row["form"][0] == "Q") != (row["root"].count("-") == 3):
                self.error(name, line, "forms Q1 and Q2 have four root letters, the others three")
            if not strong_radicals_in_order(row["root"], row["lemma"]):
                self.error(name, line, f"lemma {row['lemma']} does not contain the root {row['root']}")
        for start, end in (("start", "end"), ("from", "to")):
            if row.get(start) and row.get(end):
                length = min(len(row[start]), len(row[end]))
                if row[start][:length] > row[end][:length]:
                    self.error(name, line, f"{start} is after {end}")

    def rule_text(self, value):
        return None

    def rule_slug(self, value):
        return None if SLUG.fullmatch(value) else f"'{value}' is not a lower-case slug"

    def reference(self, value, names, what):
        if not any(name in self.tables for name in names):
            return None
        owner = self.ids.get(value)
        return None if owner and owner[0] in names else f"no {what} has the id {value}"

    def rule_entity(self, value):
        return self.reference(value, ENTITY_FILES, "entity")

    def rule_country(self, value):
        return self.reference(value, ["knowledge/countries.tsv"], "country")

    def rule_media(self, value):
        return self.reference(value, ["knowledge/media.tsv", "knowledge/organizations.tsv"], "outlet")

    def rule_person(self, value):
        return self.reference(value, ["knowledge/persons.tsv"], "person")

    def rule_office(self, value):
        offices = {row["id"] for _, row in self.tables.get("knowledge/offices.tsv", [])}
        return None if value in offices else f"no office has the id {value}"

    def rule_type(self, value):
        return None if value in self.types else f"unknown type {value}"

    def rule_mode(self, value):
        return None if value in self.modes else f"unknown mode {value}"

    def rule_plover(self, value):
        known = {row["plover"] for _, row in self.tables.get("lexicon/plover_types.tsv", [])}
        return None if value in known else f"unknown PLOVER type {value}"

    def rule_words(self, value):
        bad = [word for word in value.split("|") if not WORD.fullmatch(word)]
        return f"'{bad[0]}' is not one unvocalised word" if bad else None

    def rule_masdars(self, value):
        return None if value == "-" else self.rule_words(value)

    def rule_number_value(self, value):
        if NUMBER.fullmatch(value) or value in {"<", "<=", ">", ">=", "~", "="}:
            return None
        return f"'{value}' is neither a number nor an operator"

    def rule_takes(self, value):
        slot, colon, role = value.partition(":")
        if slot not in PREPOSITIONS | {"obj", "subj"}:
            return f"unknown slot {slot}"
        return f"unknown role {role}" if colon and role not in ROLES else None

    def rule_event_frame(self, value):
        roles = set()
        conditions = False
        for part in value.split(";"):
            name, sign, alternatives = re.match(r"([^:=!]*)(:|!?=|)(.*)", part).groups()
            items = alternatives.split("|")
            if not sign or "" in items:
                return f"'{part}' is neither role:slot nor slot=word"
            if len(set(items)) != len(items):
                return f"'{part}' repeats an alternative"
            if sign == ":":
                if conditions:
                    return "conditions come after all roles"
                if name not in ROLES:
                    return f"unknown role {name}"
                if name in roles:
                    return f"role {name} occurs twice"
                roles.add(name)
                bad = [slot for slot in items if slot not in SLOTS]
            else:
                conditions = True
                if name not in CONDITION_SLOTS:
                    return f"unknown slot {name}"
                bad = [item for item in items if not self.is_condition(item)]
                if "*" in items and len(items) > 1:
                    return "'*' stands alone"
            if bad:
                return f"unknown {'slot' if sign == ':' else 'word or class'} {bad[0]}"
        return None if roles else "no role"

    def is_condition(self, item):
        if item.startswith("@"):
            return item[1:] in self.classes | NAME_TYPES | {"PRONOUN"}
        return item == "*" or bool(WORD.fullmatch(item))

    def rule_reporting_frame(self, value):
        names = set()
        for part in value.split(";"):
            name, _, alternatives = part.partition(":")
            names.add(name)
            if name == "content":
                bad = [item for item in alternatives.split("|") if not CONTENT.fullmatch(item)]
            elif name == "source":
                bad = [item for item in alternatives.split("|") if item not in PREPOSITIONS]
            elif name == "via":
                bad = [] if alternatives == "subj" else [alternatives]
            elif name in ("denies", "judges"):
                bad = [] if alternatives == "yes" else [alternatives]
            elif name == "needs":
                bad = [] if WORD.fullmatch(alternatives) else [alternatives]
            else:
                return f"unknown key {name}"
            if bad:
                return f"{name}: unknown value '{bad[0]}'"
        return None if "content" in names else "no content"


def strong_radicals_in_order(root, lemma):
    """Whether the letters of the root that cannot change or vanish occur in the lemma in this order."""
    position = 0
    letters = root.split("-")
    for index, letter in enumerate(letters):
        if letter in "ءوي" or (index and letter == letters[index - 1]):
            continue
        position = lemma.find(letter, position) + 1
        if not position:
            return False
    return True


def main(arguments):
    only = set()
    for argument in arguments:
        path = Path(argument).resolve()
        if not path.is_file() or not path.is_relative_to(ROOT):
            print(f"{argument}: not a file under {ROOT.name}/", file=sys.stderr)
            return 2
        only.add(path.relative_to(ROOT).as_posix())
    checker = Checker()
    checker.run()
    errors = [entry for entry in checker.errors if not only or entry[0] in only]
    for name, line, message in errors:
        print(f"{ROOT.name}/{name}:{line}: {message}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

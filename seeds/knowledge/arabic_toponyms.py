"""Chooses the Arabic newspaper name of a place among names in Arabic script.

GeoNames lists the names of a place without their language, so Persian, Urdu, Kurdish and Uyghur
names stand among the Arabic ones. A name is kept when it is spelt in the Arabic alphabet alone and
sounds like a Latin name of the place: a wrong Arabic name is worse than none.
"""

import re
from difflib import SequenceMatcher

from unidecode import unidecode

ARABIC_LETTERS = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"
ARABIC_NAME = re.compile(rf"[{ARABIC_LETTERS}]+(?:[ -][{ARABIC_LETTERS}]+)*")
MARKS = re.compile("[\u0640\u064b-\u0652\u0670\u200e\u200f]")
# Letters that Arabic names are typed with on a Persian keyboard, and those that newspapers write otherwise.
MENDED = str.maketrans({"ی": "ي", "ک": "ك", "ھ": "ه", "ہ": "ه", "ے": "ي", "گ": "غ", "ڤ": "ف", "پ": "ب", "چ": "تش", "ٱ": "ا", "\u00a0": " ", "\u200c": " "})
LATIN_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '’‘`ʻʿʾ.-])*")

# Words for the kind of place that GeoNames writes before the name itself.
KIND_WORDS = (
    "مدينة محافظة ولاية إقليم اقليم منطقة مركز قضاء ناحية لواء معتمدية مديرية إمارة مقاطعة بلدية "
    "قرية جهة عمالة دائرة قسم شهرستان استان شعبية"
).split()
# Persian and Urdu words spelt with letters that Arabic has too.
FOREIGN_WORDS = {"بالا", "پایین", "پائين", "بائين", "سفلي", "علیا", "شهر", "آباد", "شهرستان", "استان", "ضلع", "فرماندارئ", "شهرك", "ده", "روستا", "سابقا", "ولايت"}
# A surface with these spellings comes from Kurdish, Uyghur or a text read backwards.
FOREIGN_SHAPES = re.compile(r"(?:^|[ -])(?:ئ|ة|ى)|ة\B|ى\B|وو|اا|ييي|ؤ$")

ARTICLES = re.compile(r"^(?:al|ar|as|an|ad|az|ash|at|el|ath|adh|ech|es|er|ed)[ -]", re.I)

ARABIC_SOUNDS = {
    "K": "جغقكخ", "S": "سشصزث", "T": "تطدضذظ", "B": "ب", "F": "ف", "M": "م", "N": "ن", "L": "ل", "R": "ر",
}
# Letters that Persian and Urdu code otherwise or lack: the name was written as Arabic.
ARABIC_EVIDENCE = re.compile("[يكأإةئؤغ]|تش|^ال")
SOUND_OF = {letter: sound for sound, letters in ARABIC_SOUNDS.items() for letter in letters}
LATIN_SOUNDS = [
    ("tch", "TS"), ("sch", "S"), ("sh", "S"), ("ch", "S"), ("zh", "S"), ("kh", "K"), ("gh", "K"), ("th", "T"),
    ("dh", "T"), ("ph", "F"), ("ck", "K"), ("ce", "S"), ("ci", "S"), ("cy", "S"), ("x", "KS"), ("k", "K"), ("q", "K"),
    ("c", "K"), ("g", "K"), ("j", "K"), ("s", "S"), ("z", "S"), ("t", "T"), ("d", "T"), ("b", "B"), ("p", "B"),
    ("f", "F"), ("v", "F"), ("m", "M"), ("n", "N"), ("l", "L"), ("r", "R"),
]
VOWELS = {"ا": "a", "آ": "a", "أ": "a", "ى": "a", "ة": "a", "و": "u", "ؤ": "u", "ي": "i", "ئ": "i", "إ": "i"}


def fold(name):
    """The spelling with hamza seats, ta marbuta and alif maqsura levelled: what search folding gives."""
    name = re.sub("[أإآ]", "ا", MARKS.sub("", name))
    return name.replace("ة", "ه").replace("ى", "ي").replace("-", " ")


def without_article(name):
    """`الرقة` -> `رقة`, for comparing a name with its form without ال."""
    return name[2:] if name.startswith("ال") and len(name) > 4 else name


def clean(name):
    """An Arabic-alphabet name of three letters or more, without vowel marks; None for anything else."""
    name = " ".join(MARKS.sub("", name).split())
    if not ARABIC_NAME.fullmatch(name) or FOREIGN_SHAPES.search(name):
        return None
    if len(without_article(name)) < 3 or FOREIGN_WORDS & set(name.split()):
        return None
    return name


def without_kind(name):
    """`محافظة حلب` -> (`حلب`, `محافظة`); a name without a kind word gives an empty kind."""
    first, _, rest = name.partition(" ")
    return (rest, first) if rest and first in KIND_WORDS else (name, "")


def _squeeze(text):
    return re.sub(r"(.)\1+", r"\1", text)


def arabic_sounds(name):
    """Consonant classes and the long vowels of an Arabic name."""
    plain = without_article(name)
    return (
        _squeeze("".join(SOUND_OF.get(c, "") for c in plain)),
        _squeeze("".join(SOUND_OF.get(c, VOWELS.get(c, "")) for c in plain)),
    )


def latin_sounds(name):
    """The same for a Latin name."""
    text = ARTICLES.sub("", unidecode(name).lower().strip("'` "))
    text = text.replace("ou", "u").replace("oo", "u").replace("ee", "i")
    consonants, full = "", ""
    i = 0
    while i < len(text):
        for spelling, sound in LATIN_SOUNDS:
            if text.startswith(spelling, i):
                consonants += sound
                full += sound
                # `c` before a front vowel is soft; the vowel itself is still to be read.
                i += 1 if spelling in ("ce", "ci", "cy") else len(spelling)
                break
        else:
            full += {"a": "a", "o": "u", "u": "u", "w": "u", "e": "i", "i": "i", "y": "i"}.get(text[i], "")
            i += 1
    return _squeeze(consonants), _squeeze(full)


def likeness(arabic, latin):
    """How alike two names sound, 0 to 1; consonants count three times the vowels."""
    (ac, af), (lc, lf) = arabic_sounds(arabic), latin_sounds(latin)
    if not ac or not lc:
        return SequenceMatcher(None, af, lf).ratio() * 0.8
    return 0.75 * SequenceMatcher(None, ac, lc).ratio() + 0.25 * SequenceMatcher(None, af, lf).ratio()


def labelled_name(text):
    """A name that its source labels as Arabic, with the letters of Persian typists mended; None where unusable."""
    text = re.split("[،,(/]", text.translate(MENDED))[0]
    return clean(re.sub("[^" + ARABIC_LETTERS + " -]", "", MARKS.sub("", text)).strip(" -"))


def is_backwards(name, latin_name):
    """Whether the letters stand in reverse order: `نويعلا` for العيون."""
    return name.endswith("لا") and likeness(name[::-1], latin_name) > likeness(name, latin_name)


def choose(candidates, latin_name, latin_others, in_arab_country):
    """Best Arabic name and good other spellings: (name, aliases), or None.

    `latin_others` help only where no candidate sounds like the usual Latin name (Aleppo, Halab).
    """
    names = {n for n in map(clean, candidates) if n}
    # The kind word goes, but for a city that is called one (مدينة الصدر, Sadr City).
    called_city = re.search("city|mad[iī]nat", latin_name, re.I)
    names = {n if called_city and without_kind(n)[1] == "مدينة" else without_kind(n)[0] for n in names}
    names = {n for n in names if clean(n) and not is_backwards(n, latin_name)}
    if not names:
        return None
    others = [o for o in latin_others if LATIN_NAME.fullmatch(o)]
    scored = []
    for name in names:
        main = likeness(name, latin_name)
        best_other = max((likeness(name, o) for o in others), default=0.0)
        scored.append((main, best_other, name))
    if in_arab_country:
        good = [(main, name) for main, _, name in scored if main >= 0.62]
        good = good or [(other, name) for _, other, name in scored if other >= 0.85]
    else:
        # A spelling that Persian shares must sound right to the letter.
        good = [(main, name) for main, _, name in scored if main >= (0.75 if ARABIC_EVIDENCE.search(name) else 0.9)]
    if not good:
        return None
    has_article = bool(ARTICLES.match(unidecode(latin_name)))

    def merit(item):
        sound, name = item
        value = sound
        value += 0.10 if name[0] in "أإآ" or name.startswith("ال") and in_arab_country else 0.0
        value -= 0.10 if name[0] == "ا" and not name.startswith("ال") else 0.0
        value -= 0.12 if name.endswith("ى") and unidecode(latin_name).lower()[-1:] in "iy" else 0.0
        value -= 0.06 if name.endswith("ه") and name[:-1] + "ة" in names else 0.0
        value += 0.06 if name.endswith("ة") and in_arab_country else 0.0
        value += 0.08 if has_article and name.startswith("ال") else 0.0
        value += 0.20 if in_arab_country and name.startswith("ال") and name[2:] in names else 0.0
        # The Levant and most agencies write غ for a hard g, Egypt ج.
        value += 0.03 if "غ" in name else 0.0
        value -= 0.02 * name.count("-")
        value -= 0.004 * len(name)
        return value, name

    good.sort(key=merit, reverse=True)
    chosen = re.sub("(^| )ا(?=(?:م|بو) )", r"\1أ", good[0][1])
    aliases, seen = [], {fold(chosen), fold(without_article(chosen)), fold("ال" + chosen)}
    for _, name in good[1:]:
        if fold(name) in seen or fold(without_article(name)) in seen or without_kind(name)[1]:
            continue
        if SequenceMatcher(None, fold(name), fold(chosen)).ratio() >= 0.7:
            seen.add(fold(name))
            aliases.append(name)
    return chosen, aliases[:4]

//! Reads the lists and generates the surfaces. A row that cannot be read is left out and reported; a test holds the reports
//! to none.

use std::collections::{BTreeMap, HashSet};

use marsad_arabic::morphology::{Gender, Inflection, Mood, Number, Person, Verb, Voice, nominal_forms};
use marsad_arabic::orthography::fold;

use super::cues::{ClaimCue, CueKind, ModalityCue, Scope, SourceSlot};
use super::frame::{Frame, Part, Preposition, Slot};
use super::{FunctionClass, Lexeme, Lexicon, LightUse, Opener, Reporting, Sense, WordForm, WordReading};

macro_rules! list {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../../../seeds/lexicon/", $name)))
    };
}

const VERBS: List = list!("verbs.tsv");
const NOUNS: List = list!("nouns.tsv");
const LIGHT_VERBS: List = list!("light_verbs.tsv");
const REPORTING: List = list!("reporting.tsv");
const CLAIM_CUES: List = list!("claim_cues.tsv");
const MODALITY: List = list!("modality.tsv");
const SOURCES: List = list!("sources.tsv");
const CLASSES: List = list!("classes.tsv");
const HOMOGRAPHS: List = list!("homographs.tsv");

const FUNCTION_WORDS: List = list!("function_words.tsv");
const NUMBER_WORDS: List = list!("number_words.tsv");

/// Lists that only say which words there are; their first column holds the words.
const WORD_LISTS: [List; 6] = [
    list!("titles.tsv"),
    list!("months.tsv"),
    list!("weekdays.tsv"),
    list!("time_units.tsv"),
    list!("time_cues.tsv"),
    list!("units.tsv"),
];

/// File name and content.
type List = (&'static str, &'static str);

/// A verb is one whatever list it stands in; its vowel and masdars too tell verbs apart.
type VerbKey = (&'static str, &'static str, &'static str, &'static str);

#[derive(Default)]
struct VerbEntry {
    masdars: Vec<&'static str>,
    no_masdar: bool,
    senses: Vec<Sense>,
    light: Vec<LightUse>,
    reporting: Option<Reporting>,
}

/// The lexicon, and what was wrong in the lists, as `file:line: message`.
pub(super) fn load() -> (Lexicon, Vec<String>) {
    let mut loader = Loader::default();
    loader.words();
    loader.verbs();
    loader.nouns();
    loader.cues();
    loader.lexicon.surfaces.shrink_to_fit();
    (loader.lexicon, loader.problems)
}

#[derive(Default)]
struct Loader {
    lexicon: Lexicon,
    /// Forms of a lemma that are mostly another word: lemma, and surface, folded.
    homographs: HashSet<(&'static str, String)>,
    problems: Vec<String>,
}

impl Loader {
    /// Rows of a list as exactly `N` columns.
    fn each<const N: usize>(
        &mut self,
        (name, text): List,
        mut read: impl FnMut(&mut Self, [&'static str; N]) -> Result<(), String>,
    ) {
        for (number, line) in text.lines().enumerate().skip(1) {
            let columns: Vec<&'static str> = line.split('\t').collect();
            let result = match <[&'static str; N]>::try_from(columns) {
                Ok(row) => read(self, row),
                Err(row) => Err(format!("{} columns instead of {N}", row.len())),
            };
            if let Err(message) = result {
                self.problems.push(format!("{name}:{}: {message}", number + 1));
            }
        }
    }

    fn words(&mut self) {
        for (_, text) in WORD_LISTS {
            for surface in text.lines().skip(1).filter_map(|line| line.split('\t').next()) {
                self.add_words(surface);
            }
        }
        self.each(FUNCTION_WORDS, |loader, [surface, class, _source]| {
            let class = match class {
                "preposition" => FunctionClass::Preposition,
                "conjunction" => FunctionClass::Conjunction,
                "verb" => FunctionClass::Verb,
                "pronoun" => FunctionClass::Pronoun,
                "particle" => FunctionClass::Particle,
                other => return Err(format!("`{other}` is no class of function words")),
            };
            loader.add_words(surface);
            loader.lexicon.functions.entry(fold(surface)).or_default().insert(class);
            Ok(())
        });
        self.each(NUMBER_WORDS, |loader, [surface, value, kind, _source]| {
            loader.add_words(surface);
            if !matches!(kind, "ordinal" | "label") {
                if let ("unit" | "ten" | "hundred", Ok(value)) = (kind, value.parse()) {
                    loader.lexicon.cardinals.insert(fold(surface), value);
                }
                loader.lexicon.counting.extend(surface.split(' ').map(fold));
            }
            Ok(())
        });
        self.each(CLASSES, |loader, [class, surface, _source]| {
            loader.add_words(surface);
            loader.lexicon.classes.entry(class.to_owned()).or_default().insert(fold(surface));
            Ok(())
        });
        self.each(HOMOGRAPHS, |loader, [surface, lemma, _source]| {
            loader.homographs.insert((lemma, fold(surface)));
            Ok(())
        });
        self.each(SOURCES, |loader, [surface, number, _source]| {
            let number = match number {
                "sg" => Number::Singular,
                "du" => Number::Dual,
                "pl" => Number::Plural,
                other => return Err(format!("`{other}` is no number")),
            };
            loader.add_words(surface);
            loader.lexicon.sources.insert(fold(surface), number);
            Ok(())
        });
    }

    /// Single letters are particles, not words.
    fn add_words(&mut self, surface: &str) {
        let words = surface.split(' ').map(fold).filter(|word| word.chars().count() > 1);
        self.lexicon.words.extend(words);
    }

    fn verbs(&mut self) {
        let mut verbs: BTreeMap<VerbKey, VerbEntry> = BTreeMap::new();
        self.each(VERBS, |loader, [lemma, root, form, vowel, masdars, kind, mode, frame, _source]| {
            let frame = Frame::parse(frame, &loader.lexicon.classes)?;
            let event_type = kind.parse().map_err(|e| format!("{e}"))?;
            let entry = verbs.entry((lemma, root, form, vowel)).or_default();
            entry.no_masdar |= masdars == "-";
            for masdar in masdars.split('|').filter(|m| !m.is_empty() && *m != "-") {
                if !entry.masdars.contains(&masdar) {
                    entry.masdars.push(masdar);
                }
            }
            entry.senses.push(Sense { event_type, mode: Some(mode).filter(|m| !m.is_empty()), frame });
            Ok(())
        });
        self.each(LIGHT_VERBS, |_, [lemma, root, form, vowel, takes, _source]| {
            let light = light_use(takes)?;
            verbs.entry((lemma, root, form, vowel)).or_default().light.push(light);
            Ok(())
        });
        self.each(REPORTING, |_, [lemma, root, form, vowel, frame, _source]| {
            let reporting = reporting(frame)?;
            verbs.entry((lemma, root, form, vowel)).or_default().reporting = Some(reporting);
            Ok(())
        });
        for ((lemma, root, form, vowel), entry) in verbs {
            if let Err(error) = self.add_verb(lemma, root, form, vowel, entry) {
                self.problems.push(format!("verb {lemma}: {error}"));
            }
        }
    }

    fn add_verb(
        &mut self,
        lemma: &'static str,
        root: &str,
        form: &str,
        vowel: &str,
        entry: VerbEntry,
    ) -> Result<(), marsad_arabic::morphology::MorphologyError> {
        let vowel = if vowel.is_empty() { None } else { Some(vowel.parse()?) };
        let verb = Verb::from_lemma(lemma, root.parse()?, form.parse()?, vowel)?;
        let VerbEntry { masdars, no_masdar, senses, light, reporting } = entry;
        let lexeme = self.lexicon.lexemes.len();
        let regular = if masdars.is_empty() && !no_masdar { verb.masdars() } else { Vec::new() };
        let names_event = !senses.is_empty() || reporting.is_some();
        self.lexicon.lexemes.push(Lexeme { lemma, senses, light, reporting });
        let surfaces = verb.conjugate();
        let full: HashSet<&str> = (surfaces.iter())
            .filter(|s| s.inflection != Inflection::Imperfect(Mood::Jussive))
            .map(|s| s.surface.as_str())
            .collect();
        for surface in &surfaces {
            let form = match surface.inflection {
                Inflection::Past => WordForm::Past,
                Inflection::Imperfect(_) => WordForm::Imperfect,
                Inflection::ActiveParticiple(_) => WordForm::ActiveParticiple,
                Inflection::PassiveParticiple(_) => WordForm::PassiveParticiple,
                Inflection::Masdar(_) | Inflection::Imperative => continue,
            };
            // Newspapers do not address the reader.
            if surface.person == Some(Person::Second) {
                continue;
            }
            // The dual of a passive is spelled like many a noun, and hardly used.
            let dual_passive = surface.voice == Voice::Passive && surface.number == Number::Dual;
            if dual_passive && surface.inflection == Inflection::Past {
                continue;
            }
            // ووجهت is و before وجهت.
            if surface.voice == Voice::Passive && surface.surface.starts_with("وو") {
                continue;
            }
            self.add_surface(
                &surface.surface,
                WordReading {
                    lexeme,
                    form,
                    voice: surface.voice,
                    number: surface.number,
                    gender: surface.gender,
                    before_pronoun: surface.before_pronoun,
                    jussive: !full.contains(surface.surface.as_str()),
                    first_person: surface.person == Some(Person::First),
                },
            );
        }
        if names_event {
            let listed = masdars.iter().map(|masdar| (*masdar).to_owned());
            for masdar in listed.chain(regular.into_iter().take(1)) {
                // Masdars take the plural on ات, never the one on ون.
                self.add_nominal(&masdar, lexeme, WordForm::Masdar, |number, gender| {
                    number != Number::Plural || gender == Gender::Feminine
                });
            }
        }
        Ok(())
    }

    fn add_nominal(
        &mut self,
        base: &str,
        lexeme: usize,
        form: WordForm,
        takes: impl Fn(Number, Gender) -> bool,
    ) {
        for surface in nominal_forms(base) {
            if takes(surface.number, surface.gender) {
                self.add_surface(
                    &surface.surface,
                    WordReading {
                        lexeme,
                        form,
                        voice: Voice::Active,
                        number: surface.number,
                        gender: Some(surface.gender),
                        before_pronoun: surface.before_pronoun,
                        jussive: false,
                        first_person: false,
                    },
                );
            }
        }
    }

    fn add_surface(&mut self, surface: &str, reading: WordReading) {
        let surface = fold(surface);
        let lemma = self.lexicon.lexemes.get(reading.lexeme).map_or("", |lexeme| lexeme.lemma);
        if self.homographs.contains(&(lemma, surface.clone())) {
            return;
        }
        let readings = self.lexicon.surfaces.entry(surface).or_default();
        // A free form serves before a pronoun too.
        let known = readings.iter().any(|r| {
            *r == reading
                || (reading.before_pronoun && *r == WordReading { before_pronoun: false, ..reading })
        });
        if !known {
            readings.push(reading);
        }
    }

    fn nouns(&mut self) {
        let mut nouns: BTreeMap<&'static str, (Vec<&'static str>, Vec<Sense>)> = BTreeMap::new();
        self.each(NOUNS, |loader, [lemma, plurals, kind, mode, frame, _source]| {
            let frame = Frame::parse(frame, &loader.lexicon.classes)?;
            let event_type = kind.parse().map_err(|e| format!("{e}"))?;
            let (all, senses) = nouns.entry(lemma).or_default();
            all.extend(plurals.split('|').filter(|p| !p.is_empty()));
            senses.push(Sense { event_type, mode: Some(mode).filter(|m| !m.is_empty()), frame });
            Ok(())
        });
        for (lemma, (plurals, senses)) in nouns {
            let lexeme = self.lexicon.lexemes.len();
            self.lexicon.lexemes.push(Lexeme { lemma, senses, light: Vec::new(), reporting: None });
            self.add_nominal(lemma, lexeme, WordForm::Noun, |number, _| number != Number::Plural);
            for plural in plurals {
                let before = |form: &marsad_arabic::morphology::NominalForm| form.number == Number::Singular;
                for form in nominal_forms(plural).into_iter().filter(before) {
                    self.add_surface(
                        &form.surface,
                        WordReading {
                            lexeme,
                            form: WordForm::Noun,
                            voice: Voice::Active,
                            number: Number::Plural,
                            gender: None,
                            before_pronoun: form.before_pronoun,
                            jussive: false,
                            first_person: false,
                        },
                    );
                }
            }
        }
    }

    fn cues(&mut self) {
        self.each(MODALITY, |loader, [surface, kind, scope, _source]| {
            let cue = ModalityCue { kind: CueKind::parse(kind)?, scope: Scope::parse(scope)? };
            loader.lexicon.modality.insert(surface, cue);
            Ok(())
        });
        self.each(CLAIM_CUES, |loader, [surface, slot, via, _source]| {
            let cue = ClaimCue { source: SourceSlot::parse(slot)?, via: via == "yes" };
            loader.lexicon.claim_cues.insert(surface, cue);
            Ok(())
        });
        let words: Vec<String> = (self.lexicon.modality.words())
            .chain(self.lexicon.claim_cues.words())
            // لوكالة is a particle and a word.
            .filter(|word| word.chars().count() > 1 && !word.starts_with(['ل', 'ب']))
            .map(str::to_owned)
            .collect();
        self.lexicon.words.extend(words);
    }
}

fn preposition(text: &str) -> Result<Preposition, String> {
    Preposition::of(&fold(text)).ok_or_else(|| format!("`{text}` is no preposition"))
}

/// `obj`, `ب`, `ل:recipient` …
fn light_use(takes: &str) -> Result<LightUse, String> {
    let (noun, subject) = takes.split_once(':').unwrap_or((takes, "actor"));
    let noun = match noun {
        "obj" => Slot::Object,
        "subj" => Slot::Subject,
        other => Slot::After(preposition(other)?),
    };
    let subject = match subject {
        "actor" => Part::Actor,
        "recipient" => Part::Recipient,
        "place" => Part::Place,
        other => return Err(format!("`{other}` is no part of a light verb's subject")),
    };
    Ok(LightUse { noun, subject })
}

/// `content:إلى أن|إلى|:;source:عن;via:subj;denies:yes;judges:yes;needs:مسؤولية`
fn reporting(frame: &str) -> Result<Reporting, String> {
    let mut reporting = Reporting::default();
    for part in frame.split(';') {
        let (key, value) = part.split_once(':').ok_or_else(|| format!("`{part}` has no colon"))?;
        match (key, value) {
            ("content", openers) => {
                reporting.openers = openers.split('|').map(opener).collect::<Result<_, _>>()?;
            }
            ("source", prepositions) => {
                reporting.source = prepositions.split('|').map(preposition).collect::<Result<_, _>>()?;
            }
            ("via", "subj") => reporting.subject_is_via = true,
            ("denies", "yes") => reporting.denies = true,
            ("judges", "yes") => reporting.judges = true,
            ("needs", noun) => reporting.needs = Some(fold(noun)),
            _ => return Err(format!("`{part}` is no part of a reporting frame")),
        }
    }
    Ok(reporting)
}

fn opener(text: &str) -> Result<Opener, String> {
    Ok(match fold(text).as_str() {
        ":" => Opener::Colon,
        "obj" => Opener::Object,
        "ان" => Opener::That(None),
        "بان" => Opener::That(Some(Preposition::By)),
        "لان" => Opener::That(Some(Preposition::For)),
        folded => match folded.split_once(' ') {
            Some((first, "ان")) => Opener::That(Some(preposition(first)?)),
            Some(_) => return Err(format!("`{text}` opens no content")),
            None => match Preposition::of(folded) {
                Some(preposition) => Opener::After(preposition),
                None => Opener::Saying(folded.to_owned()),
            },
        },
    })
}

/// Used by tests: all classes that frames may name.
#[cfg(test)]
pub(super) fn class_names(lexicon: &Lexicon) -> std::collections::HashMap<&str, usize> {
    lexicon.classes.iter().map(|(name, words)| (name.as_str(), words.len())).collect()
}

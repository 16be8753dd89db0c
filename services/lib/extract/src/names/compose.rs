//! Names that are made by rule: a descriptor with a name (وكالة رويترز), a kind of facility with a place (مطار البصرة), an
//! institution with a country (الخارجية الفرنسية), something in quotation marks after what it is.

use marsad_arabic::orthography::fold;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{EntityId, Span};

use super::dictionary::is_quote;
use super::find::{Find, Finder};
use super::lists::{DESCRIPTORS, INSTITUTIONS, Institution};
use crate::lexicon;

/// Most words of a name in quotation marks.
const LONGEST_QUOTED: usize = 4;

/// Institutions with the demonym or the name of their country.
pub(super) fn institutions(finder: &mut Finder<'_>) {
    for at in 0..finder.reading.words.len() {
        let Some(word) = finder.reading.words.get(at) else { return };
        if !word.is_arabic() || word.enclitic.is_some() {
            continue;
        }
        let (host, start) = (word.host.clone(), word.host_span.start);
        if finder.covering(at).is_some_and(|find| find.kind != MentionKind::Adjectival) {
            describe(finder, at, &host);
            continue;
        }
        let definite = INSTITUTIONS.definite.at(finder.reading, at, &host);
        let construct = INSTITUTIONS.construct.at(finder.reading, at, &host);
        let with_demonym = definite.or(construct).and_then(|(length, institution)| {
            // One adjective may stand between: القوات البرية الفرنسية.
            let next = at + length;
            let between = |at: usize| {
                let word = finder.reading.words.get(at)?;
                (word.article == definite.is_some() && word.proclitics.is_empty() && finder.is_free(at)).then_some(at + 1)
            };
            let (end, country) = demonym(finder, next, definite.is_some())
                .or_else(|| between(next).and_then(|next| demonym(finder, next, definite.is_some())))?;
            Some((end, country, institution))
        });
        let with_name = || {
            let (length, institution) = construct?;
            let find = finder.starting(at + length).filter(|f| f.kind == MentionKind::Name)?;
            let word = finder.reading.words.get(at + length)?;
            let country = finder.country_of(&find.entity).filter(|c| *c == find.entity.as_str())?;
            word.proclitics.is_empty().then_some((find.words.end, country, institution))
        };
        if let Some((end, country, institution)) = with_demonym.or_else(with_name) {
            add(finder, at, start, end, country, institution);
        }
    }
}

/// The end and the country of a demonym at a word, which must agree in definiteness.
fn demonym(finder: &Finder<'_>, at: usize, definite: bool) -> Option<(usize, &'static str)> {
    let word = finder.reading.words.get(at)?;
    let find = finder.covering(at).filter(|find| find.kind == MentionKind::Adjectival)?;
    let agrees = word.proclitics.is_empty() && word.host.starts_with("ال") == definite;
    let country = finder.knowledge.entity(&find.entity).map(|entity| entity.id)?;
    agrees.then_some((at + 1, country))
}

/// The entity of an institution of a country: the known one, else one made for the two.
pub(super) fn institution_of(finder: &mut Finder<'_>, category: &'static str, country: &str) -> EntityId {
    let known = INSTITUTIONS.known.iter().find(|((c, of), _)| *c == category && *of == country);
    if let Some((_, id)) = known {
        return EntityId::known(*id);
    }
    let state = finder.knowledge.by_id(country).map_or(country, |entity| entity.name);
    let name = format!("{} – {state}", INSTITUTIONS.names.get(category).unwrap_or(&category));
    let id = EntityId::unknown(EntityType::Organization, &fold(&name));
    finder.make(id, EntityType::Organization, name, Some(country))
}

fn add(finder: &mut Finder<'_>, at: usize, start: usize, end: usize, country: &'static str, institution: Institution) {
    let Some(last) = finder.reading.words.get(end - 1) else { return };
    let span = Span::new(start, last.span.end);
    let entity = institution_of(finder, institution.category, country);
    finder.add(Find {
        words: at..end,
        span,
        entity,
        entity_type: EntityType::Organization,
        kind: institution.kind,
        metonymy: false,
        confidence: 0.85,
    });
}

/// The kind of what the knowledge names as an organ of a state goes by the institution's (القوات الأميركية describes).
fn describe(finder: &mut Finder<'_>, at: usize, host: &str) {
    let Some(index) = finder.covering_index(at) else { return };
    let (reading, words) = (finder.reading, finder.finds[index].words.clone());
    if words.start != at || finder.finds[index].entity_type != EntityType::Organization {
        return;
    }
    let found = INSTITUTIONS.definite.at(reading, at, host).or_else(|| INSTITUTIONS.construct.at(reading, at, host));
    if let Some((length, institution)) = found
        && length + 1 == words.len()
        && finder.finds[index].kind == MentionKind::Name
    {
        finder.finds[index].kind = institution.kind;
    }
}

/// Facilities named by a place, and names in quotation marks after what they are names of.
pub(super) fn described(finder: &mut Finder<'_>) {
    for at in 0..finder.reading.words.len() {
        let Some(word) = finder.reading.words.get(at) else { return };
        let Some(types) = DESCRIPTORS.before.get(&word.host) else { continue };
        if !finder.is_free(at) || word.enclitic.is_some() || word.article {
            continue;
        }
        let start = word.host_span.start;
        let next = finder.starting(at + 1);
        let place = next.filter(|f| f.entity_type == EntityType::Gpe && f.kind == MentionKind::Name);
        let bare = finder.reading.words.get(at + 1).is_some_and(|next| next.proclitics.is_empty());
        if types.contains(&EntityType::Facility) && bare && let Some(place) = place {
            let end = place.words.end;
            make(finder, at, start, end, EntityType::Facility);
        } else if is_quote(finder.reading.raw(at + 1)) {
            let close = (at + 3..at + 4 + LONGEST_QUOTED).find(|i| is_quote(finder.reading.raw(*i)));
            let entity_type = types.iter().find(|t| !matches!(t, EntityType::Gpe | EntityType::Location));
            if let (Some(close), Some(entity_type)) = (close, entity_type)
                && (at + 2..close).all(|i| finder.is_free(i))
            {
                make(finder, at, start, close + 1, *entity_type);
            }
        }
    }
}

fn make(finder: &mut Finder<'_>, at: usize, start: usize, end: usize, entity_type: EntityType) {
    let Some(last) = finder.reading.words.get(end - 1) else { return };
    let span = Span::new(start, last.span.end);
    let name: Vec<String> = (at..end)
        .filter(|i| !is_quote(finder.reading.raw(*i)))
        .map(|i| if i == at { finder.reading.host(i).to_owned() } else { finder.reading.folded(i).to_owned() })
        .collect();
    let id = EntityId::unknown(entity_type, &name.join(" "));
    let text = finder.text(span).replace(['"', '“', '”', '«', '»'], "");
    let entity = finder.make(id, entity_type, text, None);
    finder.add(Find {
        words: at..end,
        span,
        entity,
        entity_type,
        kind: MentionKind::Name,
        metonymy: false,
        confidence: 0.6,
    });
}

/// Widens names by the descriptor before them, quotation marks included, and by the adjective after them.
pub(super) fn widen(finder: &mut Finder<'_>) {
    for index in 0..finder.finds.len() {
        let find = finder.finds[index].clone();
        if find.kind != MentionKind::Name || finder.covering(find.words.start).is_some_and(|f| f.words != find.words) {
            continue;
        }
        let reading = finder.reading;
        let (mut words, mut span) = (find.words.clone(), find.span);
        let first = reading.words.get(words.start);
        let country = finder.country_of(&find.entity) == Some(find.entity.as_str());
        if let Some(before) = words.start.checked_sub(1) {
            let quoted = is_quote(reading.raw(before)) && is_quote(reading.raw(words.end));
            let at = if quoted { before.checked_sub(1) } else { Some(before) };
            let unattached = quoted || first.is_some_and(|word| word.proclitics.is_empty());
            let same_sentence = at.is_some_and(|at| reading.sentence_of(at) == reading.sentence_of(words.start));
            if let Some(at) = at.filter(|_| unattached && same_sentence)
                && let Some(word) = reading.words.get(at)
                && finder.is_free(at)
                && !word.article
                && word.enclitic.is_none()
                && DESCRIPTORS.before.get(&word.host).is_some_and(|types| types.contains(&find.entity_type))
                && !(country && !matches!(word.host.as_str(), "دوله" | "جمهوريه" | "مملكه"))
            {
                words.start = at;
                span.start = word.host_span.start;
                if quoted {
                    span.end = reading.words.get(words.end).map_or(span.end, |close| close.span.end);
                    words.end += 1;
                }
            }
        }
        while let Some(after) = reading.words.get(words.end)
            && finder.is_free(words.end)
            && reading.sentence_of(words.end) == reading.sentence_of(words.start)
            && DESCRIPTORS.after.get(&after.folded).is_some_and(|types| types.contains(&find.entity_type))
        {
            span.end = after.span.end;
            words.end += 1;
        }
        if words != find.words {
            finder.widen(index, words, span);
        }
    }
}

/// Institutions and states that are named without saying whose: الحكومة, وزارة الخارجية, البلاد. They are those of
/// the country whose institution of that kind the article names elsewhere, else of the country that it speaks of most.
pub(super) fn alone(finder: &mut Finder<'_>) {
    let Some(main) = finder.main_country() else { return };
    let mut of_category: std::collections::BTreeMap<&'static str, EntityId> = std::collections::BTreeMap::new();
    for at in 0..finder.reading.words.len() {
        let Some(word) = finder.reading.words.get(at) else { return };
        if !word.is_arabic() || word.enclitic.is_some() {
            continue;
        }
        let (host, start) = (word.host.clone(), word.host_span.start);
        let Some((length, institution)) = INSTITUTIONS.definite.at(finder.reading, at, &host) else {
            if host == "البلاد" && finder.is_free(at) {
                let entity = EntityId::known(main);
                let span = Span::new(start, word.span.end);
                let kind = MentionKind::Nominal;
                let (entity_type, metonymy) = (EntityType::Gpe, false);
                finder.add(Find { words: at..at + 1, span, entity, entity_type, kind, metonymy, confidence: 0.5 });
            }
            continue;
        };
        if let Some(find) = finder.covering(at) {
            if find.entity_type == EntityType::Organization && find.words.start == at {
                of_category.insert(institution.category, find.entity.clone());
            }
            continue;
        }
        let free = (at..at + length).all(|i| finder.is_free(i));
        if !free || !STANDING_ALONE.contains(&institution.category) || length == 1 && !alone_as_a_word(&host) {
            continue;
        }
        let entity = match of_category.get(institution.category) {
            Some(entity) => entity.clone(),
            None => institution_of(finder, institution.category, main),
        };
        let Some(last) = finder.reading.words.get(at + length - 1) else { continue };
        let kind = if length > 1 { institution.kind } else { MentionKind::Nominal };
        finder.add(Find {
            words: at..at + length,
            span: Span::new(start, last.span.end),
            entity,
            entity_type: EntityType::Organization,
            kind,
            metonymy: false,
            confidence: 0.5,
        });
    }
}

/// Categories of which a country has one, so that its bare name is clear.
const STANDING_ALONE: [&str; 12] = [
    "government", "armed-forces", "presidency", "parliament", "cabinet", "mfa", "mod", "moi", "police", "judiciary",
    "central-bank", "security-forces",
];

/// Single words that name an institution without any other: الحكومة but not الخارجية, which may be an adjective.
fn alone_as_a_word(host: &str) -> bool {
    matches!(host, "الحكومه" | "البرلمان" | "الجيش" | "الشرطه") && lexicon::get().readings(host).is_empty()
}

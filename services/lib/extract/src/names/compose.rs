//! Names that are made by rule: a descriptor with a name (وكالة رويترز), a kind of facility with a place (مطار البصرة), an
//! institution with a country (الخارجية الفرنسية), something in quotation marks after what it is. And names cut short.

use std::collections::HashMap;
use std::sync::LazyLock;

use marsad_arabic::orthography::fold;
use marsad_model::ontology::{EntityType, MentionKind};
use marsad_model::{EntityId, Span};

use super::dictionary::is_quote;
use super::find::{Find, Finder};
use super::labeller::Labelling;
use super::lists::{Cue, DESCRIPTORS, INSTITUTIONS, Institution, TITLES};
use crate::knowledge::{self, SurfaceKind};
use crate::lexicon;

/// Most words of a name in quotation marks.
const LONGEST_QUOTED: usize = 4;

/// Institutions with the demonym or the name of their country.
pub(super) fn institutions(finder: &mut Finder<'_>) {
    let reading = finder.reading;
    for (at, word) in reading.words.iter().enumerate() {
        if !word.is_arabic() || word.enclitic.is_some() || !word.facts().begins_institution {
            continue;
        }
        let (host, start) = (word.host.as_str(), word.host_span.start);
        // الدفاع in وزير الدفاع العراقي is the minister's, not the ministry.
        let title = || {
            let before = at.checked_sub(1);
            before.and_then(|i| TITLES.at(reading, i, reading.host(i))).map_or(0, |(length, ())| length)
        };
        if finder.covering(at).is_some_and(|find| find.kind != MentionKind::Adjectival) {
            describe(finder, at, host, title() > 1);
            continue;
        }
        let definite = INSTITUTIONS.definite.at(reading, at, host);
        let construct = INSTITUTIONS.construct.at(reading, at, host);
        if definite.or(construct).is_some_and(|(length, _)| length == 1) && title() > 0 {
            continue;
        }
        let with_demonym = definite.or(construct).and_then(|(length, institution)| {
            // One adjective may stand between: القوات البرية الفرنسية.
            let next = at + length;
            let between = |at: usize| {
                let word = reading.words.get(at)?;
                (word.article == definite.is_some() && word.proclitics.is_empty() && finder.is_free(at))
                    .then_some(at + 1)
            };
            let form = Form { definite: definite.is_some(), feminine: is_feminine(host) };
            let (end, country) = demonym(finder, next, form)
                .or_else(|| between(next).and_then(|next| demonym(finder, next, form)))?;
            Some((end, country, institution))
        });
        let with_name = || {
            let (length, institution) = construct?;
            let find = finder.starting(at + length).filter(|f| f.kind == MentionKind::Name)?;
            let word = reading.words.get(at + length)?;
            let country = finder.country_of(&find.entity).filter(|c| *c == find.entity.as_str())?;
            word.proclitics.is_empty().then_some((find.words.end, country, institution))
        };
        // حكومة عراقية is any of its governments.
        let indefinite = |found: (usize, &'static str, Institution)| {
            let kind = if definite.is_some() { found.2.kind } else { MentionKind::Nominal };
            (found.0, found.1, Institution { kind, ..found.2 })
        };
        if let Some((end, country, institution)) = with_demonym.map(indefinite).or_else(with_name) {
            add(finder, at, start, end, country, institution);
        }
    }
}

/// What an adjective must agree with.
#[derive(Clone, Copy)]
struct Form {
    definite: bool,
    feminine: bool,
}

/// Whether adjectives of a noun are feminine: وزارة, قوات. (وزير الخارجية العراقي is no الخارجية العراقية.)
fn is_feminine(noun: &str) -> bool {
    noun.ends_with('ه') || noun.ends_with("ات")
}

/// The end and the country of a demonym at a word, which must agree.
fn demonym(finder: &Finder<'_>, at: usize, form: Form) -> Option<(usize, &'static str)> {
    let word = finder.reading.words.get(at)?;
    let find = finder.covering(at).filter(|find| find.kind == MentionKind::Adjectival)?;
    let agrees = word.proclitics.is_empty()
        && word.host.starts_with("ال") == form.definite
        && is_feminine(&word.host) == form.feminine;
    let country = finder.knowledge.entity(&find.entity).map(|entity| entity.id)?;
    agrees.then_some((at + 1, country))
}

/// The entity of an institution of a country: the known one, else one made for the two.
pub(super) fn institution_of(
    finder: &mut Finder<'_>,
    category: &'static str,
    country: &'static str,
) -> EntityId {
    if let Some(id) = INSTITUTIONS.known.get(&(category, country)) {
        return EntityId::known(*id);
    }
    let state = finder.knowledge.by_id(country).map_or(country, |entity| entity.name);
    let name = format!("{} – {state}", INSTITUTIONS.names.get(category).unwrap_or(&category));
    let id = EntityId::unknown(EntityType::Organization, &fold(&name));
    finder.make(id, EntityType::Organization, name, Some(country))
}

fn add(
    finder: &mut Finder<'_>,
    at: usize,
    start: usize,
    end: usize,
    country: &'static str,
    institution: Institution,
) {
    let Some(last) = finder.reading.words.get(end - 1) else { return };
    let span = Span::new(start, last.span.end);
    let entity = institution_of(finder, institution.category, country);
    let find = Find::new(at..end, span, entity, EntityType::Organization);
    finder.add(Find { kind: institution.kind, confidence: 0.85, ..find });
}

/// The kind of what the knowledge names as an organ of a state goes by the institution's (القوات الأميركية describes).
fn describe(finder: &mut Finder<'_>, at: usize, host: &str, titled: bool) {
    let Some(index) = finder.covering_index(at) else { return };
    let (reading, words) = (finder.reading, finder.finds[index].words.clone());
    if words.start != at || finder.finds[index].entity_type != EntityType::Organization {
        return;
    }
    let found =
        INSTITUTIONS.definite.at(reading, at, host).or_else(|| INSTITUTIONS.construct.at(reading, at, host));
    let demonym = |at: usize| {
        finder.knowledge.look_up(reading.folded(at)).any(|(_, kind)| kind == SurfaceKind::Demonym)
    };
    if let Some((length, institution)) = found
        && length + 1 == words.len()
        && demonym(at + length)
        && finder.finds[index].kind == MentionKind::Name
    {
        let of_title = titled && length == 1;
        finder.finds[index].kind = if of_title { MentionKind::Nominal } else { institution.kind };
    }
}

/// Facilities named by a place, and names in quotation marks after what they are names of.
pub(super) fn described(finder: &mut Finder<'_>) {
    for at in 0..finder.reading.words.len() {
        let Some(word) = finder.reading.words.get(at) else { return };
        let Some(types) = DESCRIPTORS.before.get(word.host.as_str()) else { continue };
        if !finder.is_free(at) || word.enclitic.is_some() || word.article {
            continue;
        }
        let start = word.host_span.start;
        let next = finder.starting(at + 1);
        let place = next.filter(|f| f.entity_type == EntityType::Gpe && f.kind == MentionKind::Name);
        let bare = finder.reading.words.get(at + 1).is_some_and(|next| next.proclitics.is_empty());
        if types.contains(&EntityType::Facility)
            && bare
            && let Some(place) = place
        {
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

/// Outlets by what they are called without the kind of outlet, folded.
static OUTLETS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut outlets = HashMap::new();
    let entities = knowledge::get().entities().iter();
    for outlet in entities.filter(|entity| entity.entity_type == EntityType::Media) {
        let name = fold(outlet.name);
        if let Some((kind, bare)) = name.split_once(' ')
            && DESCRIPTORS.before.get(kind).is_some_and(|types| types.contains(&EntityType::Media))
        {
            outlets.entry(bare.to_owned()).or_insert(outlet.id);
        }
    }
    outlets
});

/// Outlets in quotation marks, where what they are called is a place or a word too: «الشرق الأوسط».
pub(super) fn quoted_outlets(finder: &mut Finder<'_>) {
    for open in 0..finder.reading.words.len() {
        if !is_quote(finder.reading.raw(open)) {
            continue;
        }
        let close = (open + 2..open + 2 + LONGEST_QUOTED).find(|at| is_quote(finder.reading.raw(*at)));
        let Some(words) = close.map(|close| open + 1..close) else { continue };
        let name = finder.name_words(&words).collect::<Vec<_>>().join(" ");
        let Some((outlet, span)) = OUTLETS.get(&name).zip(finder.span_of(&words)) else { continue };
        let described = open.checked_sub(1).is_some_and(|before| {
            let kinds = DESCRIPTORS.before.get(finder.reading.host(before));
            kinds.is_some_and(|kinds| !kinds.contains(&EntityType::Media))
        });
        let inside = words.clone().all(|at| finder.covering(at).is_none_or(|find| span.contains(find.span)));
        if inside && !described {
            finder.drop_inside(words.clone(), span);
            let find = Find::new(words, span, EntityId::known(*outlet), EntityType::Media);
            finder.add(Find { confidence: 0.8, ..find });
        }
    }
}

fn make(finder: &mut Finder<'_>, at: usize, start: usize, end: usize, entity_type: EntityType) {
    let Some(last) = finder.reading.words.get(end - 1) else { return };
    let span = Span::new(start, last.span.end);
    let name: Vec<&str> = finder.name_words(&(at..end)).filter(|word| !is_quote(word)).collect();
    let id = EntityId::unknown(entity_type, &name.join(" "));
    let text = finder.text(span).replace(['"', '“', '”', '«', '»'], "");
    let entity = finder.make(id, entity_type, text, None);
    finder.add(Find { confidence: 0.6, ..Find::new(at..end, span, entity, entity_type) });
}

/// Widens names by the descriptor before them, quotation marks included, and by the adjective after them. What the labeller
/// takes for a name as it is stays.
pub(super) fn widen(finder: &mut Finder<'_>, labelling: &Labelling) {
    for index in 0..finder.finds.len() {
        let find = finder.finds[index].clone();
        if labelling.is_name(&find.words)
            || find.dropped
            || find.kind != MentionKind::Name
            || finder.covering(find.words.start).is_some_and(|f| f.words != find.words)
        {
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
            let same_sentence =
                at.is_some_and(|at| reading.sentence_of(at) == reading.sentence_of(words.start));
            if let Some(at) = at.filter(|_| unattached && same_sentence)
                && let Some(word) = reading.words.get(at)
                && finder.is_free(at)
                && !word.article
                && word.enclitic.is_none()
                && DESCRIPTORS
                    .before
                    .get(word.host.as_str())
                    .is_some_and(|types| types.contains(&find.entity_type))
                && (!country || Cue::State.is(&word.host))
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
            && DESCRIPTORS
                .after
                .get(after.folded.as_str())
                .is_some_and(|types| types.contains(&find.entity_type))
        {
            span.end = after.span.end;
            words.end += 1;
            // وكالة … للأنباء الفلسطينية
            if let Some(demonym) = finder.starting(words.end).filter(|f| f.kind == MentionKind::Adjectival)
                && after.has_preposition()
                && demonym.words.len() == 1
            {
                span.end = demonym.span.end;
                words.end += 1;
            }
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
    let mut of_category: std::collections::BTreeMap<&'static str, EntityId> =
        std::collections::BTreeMap::new();
    let reading = finder.reading;
    for (at, word) in reading.words.iter().enumerate() {
        let named = word.facts().begins_institution || word.host == "البلاد";
        if !word.is_arabic() || word.enclitic.is_some() || !named {
            continue;
        }
        let (host, start) = (word.host.as_str(), word.host_span.start);
        let Some((length, institution)) = INSTITUTIONS.definite.at(reading, at, host) else {
            if host == "البلاد" && finder.is_free(at) {
                let entity = EntityId::known(main);
                let span = Span::new(start, word.span.end);
                let find = Find::new(at..at + 1, span, entity, EntityType::Gpe);
                finder.add(Find { kind: MentionKind::Nominal, confidence: 0.5, ..find });
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
        let stands_alone =
            STANDING_ALONE.contains(&institution.category) || institution.category.ends_with("court");
        if !free || !stands_alone || length == 1 && !alone_as_a_word(host) {
            continue;
        }
        let entity = match of_category.get(institution.category) {
            Some(entity) => entity.clone(),
            None => institution_of(finder, institution.category, main),
        };
        let Some(last) = reading.words.get(at + length - 1) else { continue };
        // القوات المسلحة are those of whatever country is spoken of.
        let described = length == 1 || institution.category == "armed-forces";
        let kind = if described { MentionKind::Nominal } else { institution.kind };
        let span = Span::new(start, last.span.end);
        let find = Find::new(at..at + length, span, entity, EntityType::Organization);
        finder.add(Find { kind, confidence: 0.5, ..find });
    }
}

/// Names cut to their first word, once the article has given them in full: التحالف, الحركة, الوكالة, with an adjective
/// after it (التنظيم المتطرف). They are the last such name before, or the next one after (titles come first).
pub(super) fn short_forms(finder: &mut Finder<'_>) {
    // By the first word of names, without the article: where they stand, and whether the word had it there.
    let mut full: HashMap<String, Vec<(usize, EntityId, EntityType, bool)>> = HashMap::new();
    for find in finder.finds.iter().filter(|f| !f.dropped && f.kind != MentionKind::Adjectival) {
        if !matches!(find.entity_type, EntityType::Organization | EntityType::ArmedGroup | EntityType::Media)
        {
            continue;
        }
        let Some(word) = finder.reading.words.get(find.words.start) else { continue };
        let known = finder.knowledge.entity(&find.entity).map(|entity| fold(entity.name));
        let head = known.as_deref().and_then(|name| name.split(' ').next()).unwrap_or("");
        let heads = [word.host.as_str(), head];
        // القوات are anybody's.
        for head in heads
            .into_iter()
            .filter(|head| bare(head) != "قوات")
            .filter(|head| DESCRIPTORS.before.contains_key(bare(head)) || Cue::ShortForm.is(bare(head)))
        {
            let article = head.starts_with("ال");
            full.entry(bare(head).to_owned()).or_default().push((
                find.words.start,
                find.entity.clone(),
                find.entity_type,
                article,
            ));
        }
    }
    for names in full.values_mut() {
        names.sort_by_key(|(at, ..)| *at);
    }
    for at in 0..finder.reading.words.len() {
        let Some(word) = finder.reading.words.get(at).filter(|w| w.is_arabic() && w.enclitic.is_none())
        else {
            continue;
        };
        if !finder.is_free(at) || !word.host.starts_with("ال") {
            continue;
        }
        let Some(names) = full.get(bare(&word.host)) else { continue };
        let before = names.partition_point(|(start, ..)| *start < at);
        let Some((_, entity, entity_type, article)) =
            before.checked_sub(1).and_then(|i| names.get(i)).or(names.get(before))
        else {
            continue;
        };
        let adjective = finder.reading.words.get(at + 1).filter(|next| {
            next.article
                && next.proclitics.is_empty()
                && finder.is_free(at + 1)
                && finder.reading.sentence_of(at + 1) == finder.reading.sentence_of(at)
                && is_feminine(&next.host) == is_feminine(&word.host)
        });
        let (end, last) = adjective.map_or((at + 1, word), |adjective| (at + 2, adjective));
        let find =
            Find::new(at..end, Span::new(word.host_span.start, last.span.end), entity.clone(), *entity_type);
        // البنك is any bank, التحالف is what it is called.
        let name = *article && Cue::NameCutShort.is(bare(&word.host));
        let kind = if name { MentionKind::Name } else { MentionKind::Nominal };
        finder.add(Find { kind, confidence: 0.7, ..find });
    }
}

/// A folded word without the article.
fn bare(word: &str) -> &str {
    word.strip_prefix("ال").unwrap_or(word)
}

/// Categories of which a country has one, so that its bare name is clear.
const STANDING_ALONE: [&str; 13] = [
    "government",
    "armed-forces",
    "presidency",
    "parliament",
    "cabinet",
    "mfa",
    "mod",
    "moi",
    "police",
    "judiciary",
    "central-bank",
    "security-forces",
    "prosecution",
];

/// Whether a single word names an institution by itself.
fn alone_as_a_word(host: &str) -> bool {
    Cue::InstitutionAlone.is(host) && lexicon::get().readings(host).is_empty()
}

//! Capitals that stand for their states: "واشنطن ترفض", "بين بغداد وأنقرة".

use marsad_arabic::clitics::Proclitic;
use marsad_model::EntityId;
use marsad_model::ontology::{EntityType, MentionKind};

use super::find::{Find, Finder};
use super::lists::Cue;

/// Words that may stand between a verb of visiting and the place.
const VISIT_REACH: usize = 4;

/// Marks the capitals that act for their states, and links them to the state.
pub(super) fn metonymy(finder: &mut Finder<'_>) {
    let mut last: Option<(usize, bool)> = None;
    for index in in_order(finder) {
        let find = finder.finds[index].clone();
        let outermost = finder.covering(find.words.start).is_some_and(|cover| cover.span == find.span);
        if find.kind != MentionKind::Name
            || find.entity_type != EntityType::Gpe
            || find.words.len() > 2
            || !outermost
        {
            continue;
        }
        let coordinated = last.filter(|(end, _)| *end == find.words.start).map(|(_, acts)| acts);
        let country = finder.knowledge.country_of_capital(find.entity.as_str());
        // زار بنغازي وبيروت: a city that is no capital tells of the capital after it.
        if country.is_none() && finder.country_of(&find.entity) == Some(find.entity.as_str()) {
            continue;
        }
        let acts = acts(finder, &find, coordinated);
        last = Some((find.words.end, acts));
        if let Some(country) = country.filter(|_| acts) {
            let find = &mut finder.finds[index];
            find.entity = EntityId::known(country.id);
            find.metonymy = true;
            find.confidence = 0.8;
        }
    }
}

fn in_order(finder: &Finder<'_>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..finder.finds.len()).collect();
    order.sort_by_key(|index| finder.finds[*index].span);
    order
}

fn acts(finder: &Finder<'_>, find: &Find, coordinated: Option<bool>) -> bool {
    let reading = finder.reading;
    let Some(word) = reading.words.get(find.words.start) else { return false };
    // The second of two cities goes with the first: في دمشق وبغداد, بين دمشق وبغداد.
    if word.proclitics == [Proclitic::And]
        && let Some(acts) = coordinated
    {
        return acts;
    }
    if word.proclitics.contains(&Proclitic::By) {
        return false;
    }
    // A dateline or a list of places: "بغداد، العراق".
    let followed_by_country = reading.raw(find.words.end) == "،"
        && finder.starting(find.words.end + 1).is_some_and(|next| {
            next.entity_type == EntityType::Gpe
                && finder.country_of(&find.entity) == Some(next.entity.as_str())
        });
    if followed_by_country || reading.raw(find.words.end) == ")" {
        return false;
    }
    if word.has_preposition() || word.has_conjunction() {
        return true;
    }
    let sentence = reading.sentences.get(reading.sentence_of(find.words.start));
    let Some(before) =
        find.words.start.checked_sub(1).filter(|at| sentence.is_some_and(|s| s.words.contains(at)))
    else {
        return true;
    };
    let host = reading.host(before);
    let back = |by: usize| before.checked_sub(by).map_or("", |at| reading.host(at));
    if host == "من" {
        return Cue::NearState.begins(back(1).trim_start_matches("ال"))
            || Cue::OfState.is(back(1))
            || Cue::OfState.is(back(2));
    }
    // رسالة من واشنطن إلى بغداد
    if host == "الي" && before.checked_sub(1).and_then(|at| finder.covering(at)).is_some_and(|f| f.metonymy)
    {
        return true;
    }
    let start = sentence.map_or(0, |s| s.words.start).max(before.saturating_sub(VISIT_REACH));
    if (start..=before).any(|at| reading.words.get(at).is_some_and(|word| Cue::Visit.is(&word.stem))) {
        return false;
    }
    // كانت فيه موسكو: the pronoun is what the preposition stands before.
    let with_pronoun = reading.words.get(before).is_some_and(|word| word.enclitic.is_some());
    let governs = !with_pronoun && Cue::PlaceBefore.is(host);
    !(governs || Cue::PlaceBefore.is(reading.folded(before)))
}

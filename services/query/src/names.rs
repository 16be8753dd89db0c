//! The names of the knowledge: what entities are called besides the names that articles give them.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use marsad_arabic::search::{Name, NameFit, NameQuery};
use marsad_extract::knowledge;
use marsad_model::EntityId;
use marsad_store::record::NamedEntity;

/// Names and the ids of what they name; made at the first search.
static NAMES: LazyLock<Vec<(Name, &'static str)>> = LazyLock::new(|| {
    let known = knowledge::get();
    let mut names: BTreeSet<(&'static str, String)> = BTreeSet::new();
    for entity in known.entities() {
        let own = std::iter::once(entity.name).chain(entity.name_en);
        names.extend(own.map(|name| (entity.id, crate::fold_name(name))));
    }
    known.surfaces(|surface, entity| {
        names.insert((entity.id, surface.to_owned()));
    });
    names.into_iter().map(|(id, name)| (Name::new(&name), id)).collect()
});

/// The entities of the knowledge with a name that fits, each with the one that fits best.
pub(crate) fn known(query: &str) -> Vec<NamedEntity> {
    let query = NameQuery::new(query);
    let mut best: HashMap<&'static str, (NameFit, &Name)> = HashMap::new();
    for (name, id) in NAMES.iter() {
        if let Some(fit) = query.fit(name) {
            let so_far = best.entry(id).or_insert((fit, name));
            if (fit, name.folded()) < (so_far.0, so_far.1.folded()) {
                *so_far = (fit, name);
            }
        }
    }
    let named = |(id, (fit, name)): (&str, (NameFit, &Name))| NamedEntity {
        id: EntityId::known(id),
        fit,
        name: name.folded().to_owned(),
    };
    best.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(query: &str, id: &str) -> Option<NameFit> {
        known(query).into_iter().find(|entity| entity.id.as_str() == id).map(|entity| entity.fit)
    }

    #[test]
    fn aliases_scripts_and_slips() {
        for (query, id, expected) in [
            ("العراق", "IQ", NameFit::Equal),
            ("Iraq", "IQ", NameFit::Equal),
            ("جمهورية العراق", "IQ", NameFit::Equal),
            ("العراف", "IQ", NameFit::Spelling),
            ("Irak", "IQ", NameFit::Sound),
            ("رويتر", "reuters", NameFit::Prefix),
            ("al-Qaeda", "al-qaeda", NameFit::Equal),
        ] {
            assert_eq!(fit(query, id), Some(expected), "{query}");
        }
        assert_eq!(fit("xyzzy", "IQ"), None);
    }
}

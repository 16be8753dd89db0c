//! The names of the knowledge, with what is taught: what entities are called besides the names that articles give them.

use std::collections::{BTreeSet, HashMap};

use marsad_arabic::search::{Name, NameFit, NameQuery};
use marsad_extract::knowledge::Knowledge;
use marsad_model::EntityId;
use marsad_store::record::NamedEntity;

/// Names and the ids of what they name.
#[derive(Debug)]
pub(crate) struct Names(Vec<(Name, &'static str)>);

impl Names {
    /// All names that are known, which takes a while.
    pub(crate) fn of(known: &Knowledge) -> Self {
        let mut names: BTreeSet<(&'static str, String)> = BTreeSet::new();
        for entity in known.all_entities() {
            let own = std::iter::once(entity.name).chain(entity.name_en);
            names.extend(own.map(|name| (entity.id, crate::fold_name(name))));
        }
        known.surfaces(|surface, entity| {
            names.insert((entity.id, surface.to_owned()));
        });
        Self(names.into_iter().map(|(id, name)| (Name::new(&name), id)).collect())
    }

    /// The entities with a name that fits, each with the one that fits best.
    pub(crate) fn fitting(&self, query: &str) -> Vec<NamedEntity> {
        let query = NameQuery::new(query);
        let mut best: HashMap<&'static str, (NameFit, &Name)> = HashMap::new();
        for (name, id) in &self.0 {
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
}

#[cfg(test)]
mod tests {
    use marsad_extract::knowledge::Overlay;
    use marsad_model::Teaching;
    use marsad_model::ontology::AliasKind;
    use marsad_model::teaching::Fact;

    use super::*;

    fn fit(names: &Names, query: &str, id: &str) -> Option<NameFit> {
        names.fitting(query).into_iter().find(|entity| entity.id.as_str() == id).map(|entity| entity.fit)
    }

    #[test]
    fn what_is_taught_and_what_is_withdrawn() {
        let id = EntityId::known;
        let facts = [
            Fact::Alias {
                entity: id("IQ"), surface: "أرض السواد".to_owned(), kind: AliasKind::Name
            },
            Fact::NoAlias { entity: id("IQ"), surface: "جمهورية العراق".to_owned() },
        ];
        let taught =
            (1..).zip(facts).map(|(revision, fact)| Teaching { id: fact.id(), revision, fact, taught_at: 0 });
        let (overlay, left_out) = Overlay::new(2, &taught.collect::<Vec<_>>());
        assert_eq!(left_out, []);
        let names = Names::of(overlay.knowledge());
        assert_eq!(fit(&names, "أرض السواد", "IQ"), Some(NameFit::Equal));
        assert_eq!(fit(&names, "العراق", "IQ"), Some(NameFit::Equal));
        assert_ne!(fit(&names, "جمهورية العراق", "IQ"), Some(NameFit::Equal));
    }

    #[test]
    fn aliases_scripts_and_slips() {
        let names = Names::of(Overlay::default().knowledge());
        for (query, id, expected) in [
            ("العراق", "IQ", NameFit::Equal),
            ("Iraq", "IQ", NameFit::Equal),
            ("جمهورية العراق", "IQ", NameFit::Equal),
            ("العراف", "IQ", NameFit::Spelling),
            ("Irak", "IQ", NameFit::Sound),
            ("رويتر", "reuters", NameFit::Prefix),
            ("al-Qaeda", "al-qaeda", NameFit::Equal),
        ] {
            assert_eq!(fit(&names, query, id), Some(expected), "{query}");
        }
        assert_eq!(fit(&names, "xyzzy", "IQ"), None);
    }
}

//! Offices by their titles.

use marsad_arabic::orthography::fold;
use rustc_hash::FxHashMap;

use super::table::{Office, key_word};

/// An office with the folded words of its title.
pub(crate) type TitledOffice = (Vec<String>, Office<'static>);

/// Offices, found by the first words of their titles.
#[derive(Debug)]
pub(super) struct Offices {
    all: Vec<Office<'static>>,
    by_first: FxHashMap<String, Vec<TitledOffice>>,
}

impl Offices {
    pub(super) fn new(all: Vec<Office<'static>>) -> Self {
        let mut by_first: FxHashMap<String, Vec<TitledOffice>> = FxHashMap::default();
        for office in &all {
            let words = title_words(office.title);
            if let Some(first) = words.first() {
                by_first.entry(first.clone()).or_default().push((words, office.clone()));
            }
        }
        Self { all, by_first }
    }

    pub(super) fn all(&self) -> &[Office<'static>] {
        &self.all
    }

    pub(super) fn titled(&self, first: &str) -> &[TitledOffice] {
        self.by_first.get(first).map_or(&[], Vec::as_slice)
    }
}

/// The words of a title as they are compared.
pub(super) fn title_words(title: &str) -> Vec<String> {
    title.split_whitespace().map(|word| key_word(&fold(word)).into_owned()).collect()
}

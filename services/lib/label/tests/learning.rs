//! What a learned model says, against sums over all sequences of labels.
#![cfg(feature = "train")]

use marsad_label::{Feature, Model, ModelError, train};
use proptest::prelude::*;

const LABELS: [&str; 3] = ["O", "B", "I"];

/// A labeller in which the inside follows a beginning or itself.
fn options() -> train::Options {
    train::Options { forbidden: vec![(0, 2)], forbidden_starts: vec![2], ..train::Options::new(LABELS) }
}

fn item(word: &str) -> Vec<Feature> {
    vec![Feature::of(0, &[]), Feature::of(1, &[Feature::hash(word)])]
}

fn items(words: &str) -> Vec<Vec<Feature>> {
    words.split(' ').map(item).collect()
}

fn model() -> Model {
    learn(&options())
}

fn learn(options: &train::Options) -> Model {
    let examples = [
        ("وصل زيد عمرو أمس", [0, 1, 2, 0]),
        ("قال عمرو اليوم أمس", [0, 1, 0, 0]),
        ("وصل وقال زيد عمرو", [0, 0, 1, 2]),
    ];
    let examples = examples.map(|(words, labels)| train::Example::new(items(words), labels.to_vec()));
    train::crf(&[&examples], options)
}

#[test]
fn learns_its_examples() {
    let model = model();
    assert_eq!(model.labels(), LABELS);
    for (words, labels) in [("وصل زيد عمرو أمس", [0, 1, 2, 0]), ("قال عمرو اليوم أمس", [0, 1, 0, 0])]
    {
        assert_eq!(model.score(&items(words)).best(0), labels, "{words}");
    }
}

#[test]
fn learns_the_same_bytes_again() {
    assert_eq!(model().to_bytes().unwrap(), model().to_bytes().unwrap());
}

#[test]
fn runs_have_one_mean() {
    let three = || learn(&train::Options { runs: 3, ..options() });
    assert_eq!(three().to_bytes().unwrap(), three().to_bytes().unwrap());
    let score = |model: Model| model.score(&items("وصل زيد عمرو أمس")).marginals(0)[1];
    let alone = [1, 2, 3].map(|seed| score(learn(&train::Options { seed, ..options() })));
    let mean = score(three());
    assert!(alone.iter().any(|one| *one < mean) && alone.iter().any(|one| *one > mean), "{alone:?} {mean}");
}

#[test]
fn survives_its_bytes() {
    let model = model();
    assert_eq!(Model::from_bytes(&model.to_bytes().unwrap()).unwrap(), model);
}

#[test]
fn refuses_what_is_no_model() {
    let bytes = model().to_bytes().unwrap();
    assert!(matches!(Model::from_bytes(&bytes[..bytes.len() / 2]), Err(ModelError::Unreadable(_))));
    let mut other = bytes.clone();
    other[0] = 99;
    assert!(matches!(Model::from_bytes(&other), Err(ModelError::Format { found: 99, wanted: 2 })));
    assert!(Model::from_bytes(&[]).is_err());
}

#[test]
fn favoured_labels_are_found_more() {
    let model = model();
    let mut scores = model.score(&items("وصل شخص اليوم"));
    scores.favour(0, 1, 100.0);
    assert_eq!(scores.best(0), [1, 1, 1]);
}

#[test]
fn an_empty_sequence_has_no_labels() {
    let scores = model();
    let scores = scores.score::<Vec<Feature>>(&[]);
    assert!(scores.best(0).is_empty() && scores.marginals(0).is_empty());
}

#[test]
fn clusters_hold_words_of_like_surroundings() {
    // Cities come after one verb, persons after another.
    let sentences: Vec<Vec<u32>> = (0..4000)
        .map(|at| if at % 2 == 0 { vec![0, 2 + at / 2 % 4, 0] } else { vec![1, 6 + at / 2 % 4, 1] })
        .collect();
    let options = train::ClusterOptions {
        size: 16,
        frequent: 1.0,
        clusters: vec![4],
        ..train::ClusterOptions::default()
    };
    let learned = train::clusters(&sentences, 10, &options);
    let numbers = &learned.numbers[0];
    let (cities, persons) = (&numbers[2..6], &numbers[6..10]);
    assert!(cities.iter().all(|number| !persons.contains(number)), "{numbers:?}");
    assert_eq!(train::clusters(&sentences, 10, &options).numbers, learned.numbers);
}

proptest! {
    #[test]
    fn reads_any_bytes_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Model::from_bytes(&bytes);
    }

    /// The best sequence never has what was forbidden, and each item's probabilities sum to 1.
    #[test]
    fn labels_are_consistent(words in proptest::collection::vec("(وصل|زيد|عمرو|أمس|قال|شخص)", 1..12)) {
        let model = model();
        let scores = model.score(&items(&words.join(" ")));
        let labels = scores.best(0);
        prop_assert_eq!(labels.len(), words.len());
        prop_assert_ne!(labels[0], 2);
        prop_assert!(labels.windows(2).all(|pair| pair != [0, 2]));
        for row in scores.marginals(0).chunks(LABELS.len()) {
            prop_assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-3);
            prop_assert!(row.iter().all(|p| (0.0..=1.0 + 1e-6).contains(p)));
        }
    }
}

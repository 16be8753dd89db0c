//! What holds for every root.

use proptest::prelude::*;

use crate::morphology::{MorphologyError, Root, Verb, VerbForm, Vowel, conjugate, nominal_forms};

const LETTERS: [char; 28] = [
    'ء', 'ب', 'ت', 'ث', 'ج', 'ح', 'خ', 'د', 'ذ', 'ر', 'ز', 'س', 'ش', 'ص', 'ض', 'ط', 'ظ', 'ع', 'غ', 'ف', 'ق',
    'ك', 'ل', 'م', 'ن', 'ه', 'و', 'ي',
];

fn root(letters: &[char]) -> Root {
    let text: Vec<String> = letters.iter().map(char::to_string).collect();
    text.join("-").parse().unwrap()
}

fn is_arabic(surface: &str) -> bool {
    surface.chars().all(|letter| matches!(letter, 'ء'..='غ' | 'ف'..='ي'))
}

fn check_root(root: &Root, form: VerbForm, vowel: Option<Vowel>) {
    let forms = conjugate(root, form, vowel).unwrap();
    for entry in &forms {
        assert!(!entry.surface.is_empty(), "{root} {form} {entry:?}");
        assert!(is_arabic(&entry.surface), "{root} {form} {entry:?}");
    }
}

/// The letters the rules look at, in every place, with one strong letter for all others.
#[test]
fn every_weak_root_gives_arabic_letters() {
    let classes = ['ء', 'و', 'ي', 'ت', 'د', 'ع', 'ن'];
    for first in classes {
        for second in classes {
            for third in classes {
                for form in VerbForm::ALL {
                    let letters = [first, second, third, third];
                    check_root(&root(&letters[..form.radicals()]), form, None);
                }
                for vowel in [Vowel::A, Vowel::I, Vowel::U] {
                    check_root(&root(&[first, second, third]), VerbForm::I, Some(vowel));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_root_conjugates(
        letters in prop::collection::vec(prop::sample::select(LETTERS.to_vec()), 4),
        form in prop::sample::select(VerbForm::ALL.to_vec()),
        vowel in prop::option::of(prop::sample::select(vec![Vowel::A, Vowel::I, Vowel::U])),
    ) {
        let root = root(&letters[..form.radicals()]);
        check_root(&root, form, vowel);
        prop_assert_eq!(conjugate(&root, form, vowel), conjugate(&root, form, vowel));
        prop_assert_eq!(root.to_string().parse::<Root>(), Ok(root));
    }

    /// A verb is found again from its own lemma.
    #[test]
    fn lemma_leads_back(
        letters in prop::collection::vec(prop::sample::select(LETTERS.to_vec()), 4),
        form in prop::sample::select(VerbForm::ALL.to_vec()),
    ) {
        let root = root(&letters[..form.radicals()]);
        let verb = Verb::new(root.clone(), form).unwrap();
        let lemma = verb.lemma();
        prop_assert!(verb.conjugate().iter().any(|entry| entry.surface == lemma));
        prop_assert_eq!(Verb::from_lemma(&lemma, root, form, None).unwrap().lemma(), lemma);
    }

    #[test]
    fn roots_and_nouns_never_panic(text in "\\PC{0,8}") {
        prop_assert!(nominal_forms(&text).iter().all(|form| !form.surface.is_empty()));
        if let Ok(root) = text.parse::<Root>() {
            prop_assert!((3..=4).contains(&root.radicals().len()));
        }
    }
}

#[test]
fn errors_name_what_is_wrong() {
    assert_eq!("ق-ا-ل".parse::<Root>(), Err(MorphologyError::Radical("ق-ا-ل".into())));
    assert_eq!("قول".parse::<Root>(), Err(MorphologyError::Radical("قول".into())));
    assert_eq!("".parse::<Root>(), Err(MorphologyError::Radical(String::new())));
    assert_eq!("ق-ل".parse::<Root>(), Err(MorphologyError::RootLength("ق-ل".into())));
    assert_eq!("XI".parse::<VerbForm>(), Err(MorphologyError::Form("XI".into())));
    assert_eq!("o".parse::<Vowel>(), Err(MorphologyError::Vowel("o".into())));
    let root: Root = "ق-و-ل".parse().unwrap();
    assert!(matches!(conjugate(&root, VerbForm::Q1, None), Err(MorphologyError::RootFormMismatch { .. })));
    let error = Verb::from_lemma("باع", root, VerbForm::I, None).unwrap_err();
    assert_eq!(error, MorphologyError::LemmaMismatch { lemma: "باع".into(), regular: "قال".into() });
}

#[test]
fn all_forms_round_trip_their_names() {
    for form in VerbForm::ALL {
        assert_eq!(form.to_string().parse::<VerbForm>(), Ok(form));
    }
}

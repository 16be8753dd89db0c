use super::*;
use marsad_arabic::orthography::fold;
use marsad_model::ontology::EntityType;

fn lemmas(surface: &str) -> Vec<(&'static str, WordForm)> {
    get().readings(&fold(surface)).iter().map(|r| (r.lexeme().lemma, r.form)).collect()
}

#[test]
fn every_row_is_read() {
    let (_, problems) = load::load();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn surfaces_of_verbs_and_nouns() {
    let cases = [
        ("هاجموا", "هاجم", WordForm::Past),
        ("يهاجمون", "هاجم", WordForm::Imperfect),
        ("شنت", "شن", WordForm::Past),
        ("تشن", "شن", WordForm::Imperfect),
        ("قالت", "قال", WordForm::Past),
        ("يقول", "قال", WordForm::Imperfect),
        ("مضيفا", "أضاف", WordForm::ActiveParticiple),
        ("مشيرة", "أشار", WordForm::ActiveParticiple),
        ("مؤكدين", "أكد", WordForm::ActiveParticiple),
        ("استهداف", "استهدف", WordForm::Masdar),
        ("هجمات", "هجوم", WordForm::Noun),
        ("هجوما", "هجوم", WordForm::Noun),
        ("غارتين", "غارة", WordForm::Noun),
        ("محادثات", "محادثة", WordForm::Noun),
        ("لقاءات", "لقاء", WordForm::Noun),
        ("أودى", "أودى", WordForm::Past),
    ];
    for (surface, lemma, form) in cases {
        let all = lemmas(surface);
        assert!(all.contains(&(lemma, form)), "{surface}: {all:?}");
    }
}

#[test]
fn pronouns_are_attached_to_known_stems() {
    let has = |stem: &str| get().readings(&fold(stem)).iter().any(|r| r.before_pronoun);
    assert!(has("هاجمو"));
    assert!(has("زيارت"));
}

#[test]
fn words_of_all_lists() {
    for word in ["يقصف", "مصادر", "وفقا", "رئيس", "أكتوبر", "الذين", "ثلاثة"]
    {
        assert!(is_word(&fold(word)), "{word}");
    }
    for word in ["بغداد", "ل", "شسيب"] {
        assert!(!is_word(&fold(word)), "{word}");
    }
}

#[test]
fn conditions_read_inflected_heads() {
    let classes =
        FxHashMap::from_iter([("troops".to_owned(), FxHashSet::from_iter([fold("قوة"), fold("جنود")]))]);
    let frame = Frame::parse("actor:subj;recipient:على|ضد;obj=@troops|صاروخ", &classes).unwrap();
    let condition = &frame.conditions[0];
    for head in ["قوة", "قوات", "قوتين", "صاروخا", "صاروخين", "جنود"] {
        assert!(condition.accepts(&Filler::word(&fold(head), 0)), "{head}");
    }
    let described = Frame::parse("actor:gen;adj=ضخم", &classes).unwrap();
    assert!(described.conditions[0].accepts(&Filler::word(&fold("ضخمتين"), 0)));
    for head in ["بيان", "جنديا", "مساعدات"] {
        assert!(!condition.accepts(&Filler::word(&fold(head), 0)), "{head}");
    }
    assert_eq!(frame.part(Slot::After(Preposition::Against)), Some(Part::Recipient));
    assert!(Frame::parse("who:subj", &classes).is_err());
    assert!(Frame::parse("actor:über", &classes).is_err());
    assert!(Frame::parse("gen=@nothing", &classes).is_err());
}

#[test]
fn conditions_ask_for_names_pronouns_and_what_must_not_stand_there() {
    let frame = Frame::parse("actor:subj;obj=@PERSON|@PRONOUN;subj!=فريق", &FxHashMap::default()).unwrap();
    let named = |entity| Filler { entity: Some(entity), ..Filler::word("كلمه", 0) };
    let fit = |object: Filler<'static>, subject: Option<&'static str>| {
        frame.fit(|slot| match slot {
            Slot::Object => vec![object],
            _ => subject.map(|stem| Filler::word(stem, 0)).into_iter().collect(),
        })
    };
    assert_eq!(fit(named(EntityType::Person), Some("حكومه")), Some(1));
    assert_eq!(fit(Filler::pronoun(0), None), Some(1));
    assert_eq!(fit(named(EntityType::Gpe), None), None);
    assert_eq!(fit(named(EntityType::Person), Some("فريق")), None);
    assert!(!frame.is_unconditional());
    assert!(Frame::parse("actor:subj;obj!=مثل", &FxHashMap::default()).unwrap().is_unconditional());
    assert!(Frame::parse("actor:subj;obj=@NOBODY", &FxHashMap::default()).is_err());
}

#[test]
fn reporting_verbs_know_their_openers() {
    let reporting = |surface: &str| {
        get().readings(&fold(surface)).iter().find_map(|r| r.lexeme().reporting.as_ref()).unwrap().clone()
    };
    assert!(reporting("أشارت").openers.contains(&Opener::That(Some(Preposition::Toward))));
    assert!(reporting("قال").openers.contains(&Opener::Colon));
    assert!(reporting("نفت").denies);
    assert!(reporting("نقلت").subject_is_via);
    assert_eq!(reporting("نقلت").source, [Preposition::About]);
}

#[test]
fn phrases_match_longest_first() {
    let words = ["وفقا", "لمصادر", "امنيه"];
    let found: Vec<usize> = (get().claim_cues)
        .matches(
            words[0],
            |n| words.get(n).copied(),
            |n, p| words.get(n).is_some_and(|w| w.starts_with(p.letter())),
        )
        .map(|(length, _)| length)
        .collect();
    assert_eq!(found, [2, 1]);
}

#[test]
fn classes_are_loaded() {
    assert!(load::class_names(get()).len() > 40);
    assert!(get().is_in_class("troops", &fold("جنديين")));
    assert_eq!(get().source_noun(&fold("مصدرين")), Some(Number::Dual));
    assert_eq!(get().source_noun(&fold("كرسي")), None);
}

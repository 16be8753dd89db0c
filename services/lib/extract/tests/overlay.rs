//! What is taught over the compiled knowledge, seen from outside.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::path::Path;

use marsad_extract::knowledge::Overlay;
use marsad_extract::{Document, analyze, analyze_with};
use marsad_model::ontology::{AliasKind, EntityType};
use marsad_model::teaching::{Fact, Reach, TaughtEntity, TaughtTerm, Teaching};
use marsad_model::{Analysis, AnalysisVersion, ArticleFields, EntityId};
use proptest::prelude::*;

fn id(id: &str) -> EntityId {
    EntityId::known(id)
}

fn entity(slug: &str, entity_type: EntityType, name: &str, rollup: Option<&str>) -> Fact {
    Fact::Entity(TaughtEntity {
        id: id(slug),
        entity_type,
        name: name.to_owned(),
        name_en: None,
        wikidata: None,
        country: None,
        rollup: rollup.map(id),
    })
}

fn alias(slug: &str, surface: &str, kind: AliasKind) -> Fact {
    Fact::Alias { entity: id(slug), surface: surface.to_owned(), kind }
}

fn no_alias(slug: &str, surface: &str) -> Fact {
    Fact::NoAlias { entity: id(slug), surface: surface.to_owned() }
}

fn term(office: &str, person: &str, from: &str, to: Option<&str>) -> Fact {
    Fact::Term(TaughtTerm {
        office: office.to_owned(),
        title: None,
        body: None,
        person: id(person),
        from: Some(from.to_owned()),
        to: to.map(str::to_owned),
    })
}

/// The facts as they are taught one after the other.
fn taught(facts: &[Fact]) -> Vec<Teaching> {
    let teaching = |(revision, fact): (u64, &Fact)| Teaching {
        id: fact.id(),
        revision,
        fact: fact.clone(),
        taught_at: 0,
    };
    (1..).zip(facts).map(teaching).collect()
}

fn overlay(facts: &[Fact]) -> Overlay {
    let (overlay, left_out) = Overlay::new(facts.len() as u64, &taught(facts));
    assert_eq!(left_out, [], "{facts:?}");
    overlay
}

fn refused(facts: &[Fact]) -> Vec<&'static str> {
    Overlay::new(1, &taught(facts)).1.iter().map(|left_out| left_out.error.reason()).collect()
}

fn fields(text: &str) -> ArticleFields {
    let published_at = "2024-06-01".parse().ok();
    ArticleFields { text: text.to_owned(), published_at, ..Default::default() }
}

fn read(fields: &ArticleFields, overlay: &Overlay) -> Analysis {
    let document = Document::new(fields.article_id(), fields.content_hash(), fields);
    let analysis = analyze_with(&document, overlay);
    analysis.check(&fields.text).unwrap();
    analysis
}

/// The mentions in a text as `text=entity`.
fn mentions(text: &str, overlay: &Overlay) -> Vec<String> {
    let mentions = read(&fields(text), overlay).mentions;
    mentions.iter().map(|m| format!("{}={}", m.span.of(text).unwrap(), m.entity)).collect()
}

fn samples() -> Vec<ArticleFields> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../seeds/articles");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let texts = paths.iter().filter(|path| path.extension().is_some_and(|e| e == "txt"));
    texts.map(|path| fields(&std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn nothing_taught_changes_nothing() {
    for fields in samples() {
        let document = Document::new(fields.article_id(), fields.content_hash(), &fields);
        let [a, b] = [analyze(&document), analyze_with(&document, &Overlay::default())];
        assert_eq!(serde_json::to_vec(&a).unwrap(), serde_json::to_vec(&b).unwrap());
    }
}

#[test]
fn a_new_entity_is_found_with_particles_and_aliases() {
    let text = "التقى الرئيس بقرناطيس في مقر شركة الزهراوي للسفن، ورحب أبو القرناطيس بالقرار.";
    let facts = [
        entity("qarnatis", EntityType::Person, "قرناطيس", None),
        alias("qarnatis", "أبو القرناطيس", AliasKind::Name),
        entity("zahrawi-ships", EntityType::Organization, "شركة الزهراوي للسفن", Some("IQ")),
    ];
    let found = mentions(text, &overlay(&facts));
    for mention in ["قرناطيس=qarnatis", "أبو القرناطيس=qarnatis", "شركة الزهراوي للسفن=zahrawi-ships"]
    {
        assert!(found.contains(&mention.to_owned()), "{mention}: {found:?}");
    }
    let analysis = read(&fields(text), &overlay(&facts));
    let ships = analysis.entities.iter().find(|e| e.id == id("zahrawi-ships")).unwrap();
    assert_eq!((ships.rollup.clone(), ships.name.as_str()), (Some(id("IQ")), "شركة الزهراوي للسفن"));
    assert_eq!(analysis.version.overlay, 3);
}

#[test]
fn an_alias_of_the_compiled_knowledge_can_be_withdrawn() {
    let text = "أعلنت وكالة رويترز أن الوفد وصل إلى العراق.";
    let before = mentions(text, &Overlay::default());
    assert!(
        before.iter().any(|m| m.ends_with("=reuters")) && before.contains(&"العراق=IQ".to_owned()),
        "{before:?}"
    );
    let surfaces = Overlay::default().surfaces(&id("reuters"));
    let without =
        overlay(&surfaces.iter().map(|(surface, _)| no_alias("reuters", surface)).collect::<Vec<_>>());
    assert!(!mentions(text, &without).iter().any(|m| m.ends_with("=reuters")));
    let nobody = overlay(&[Fact::NoEntity { entity: id("reuters") }]);
    assert_eq!(mentions(text, &nobody), mentions(text, &without));
    assert!(nobody.surfaces(&id("reuters")).is_empty());
    // What is taught later counts.
    let again =
        overlay(&[Fact::NoEntity { entity: id("reuters") }, alias("reuters", "رويترز", AliasKind::Name)]);
    assert_eq!(mentions(text, &again), before);
}

#[test]
fn an_entity_of_the_compiled_knowledge_can_be_corrected() {
    let text = "قالت وكالة رويترز إن الوفد وصل.";
    let corrected = overlay(&[entity("reuters", EntityType::Organization, "رويترز العالمية", Some("IQ"))]);
    let analysis = read(&fields(text), &corrected);
    let reuters = analysis.entities.iter().find(|e| e.id == id("reuters")).unwrap();
    assert_eq!(reuters.entity_type, EntityType::Organization);
    assert_eq!((reuters.name.as_str(), reuters.rollup.clone()), ("رويترز العالمية", Some(id("IQ"))));
    assert!(
        analysis
            .mentions
            .iter()
            .all(|m| m.entity != id("reuters") || m.entity_type == EntityType::Organization)
    );
}

#[test]
fn an_office_is_held_by_who_is_taught() {
    let text = "قال رئيس الوزراء العراقي إن الحكومة ستعلن القرار غدا.";
    let holder = |overlay: &Overlay| {
        let found = mentions(text, overlay);
        found.iter().find_map(|m| m.strip_prefix("رئيس الوزراء العراقي=").map(str::to_owned))
    };
    let before = holder(&Overlay::default()).unwrap();
    let person = entity("new-premier", EntityType::Person, "صبار القرناطيسي", None);
    let now = overlay(&[person.clone(), term("iraq-pm", "new-premier", "2024-05", None)]);
    assert_eq!(holder(&now).as_deref(), Some("new-premier"));
    let later = overlay(&[person.clone(), term("iraq-pm", "new-premier", "2024-07", None)]);
    assert_eq!(holder(&later), Some(before.clone()));
    let over = overlay(&[
        person,
        term("iraq-pm", "new-premier", "2024-01", None),
        term("iraq-pm", "new-premier", "2024-01", Some("2024-05-31")),
    ]);
    assert_eq!(holder(&over), Some(before.clone()));
    let nobody = overlay(&[Fact::NoTerm { office: "iraq-pm".to_owned(), person: id(&before) }]);
    assert_eq!(holder(&nobody), None);
}

#[test]
fn a_new_office() {
    let text = "وصل أمين عام القرناطيس إلى بغداد.";
    let facts = [
        entity("qarnatis-org", EntityType::Organization, "القرناطيس", Some("IQ")),
        entity("sabbar", EntityType::Person, "صبار القرناطيسي", None),
    ];
    let office = |title: Option<&str>, body: Option<&str>| {
        Fact::Term(TaughtTerm {
            office: "qarnatis-head".to_owned(),
            title: title.map(str::to_owned),
            body: body.map(id),
            person: id("sabbar"),
            from: None,
            to: None,
        })
    };
    let with = |fact| [facts.to_vec(), vec![fact]].concat();
    assert_eq!(refused(&with(office(None, Some("qarnatis-org")))), ["OFFICE_UNKNOWN"]);
    assert_eq!(refused(&with(office(Some("أمين عام"), None))), ["OFFICE_UNKNOWN"]);
    assert_eq!(refused(&with(office(Some("قرناطيس عام"), Some("qarnatis-org")))), ["TITLE_UNKNOWN"]);
    let overlay = overlay(&with(office(Some("أمين عام"), Some("qarnatis-org"))));
    assert!(overlay.knowledge().offices().iter().any(|office| office.id == "qarnatis-head"));
    read(&fields(text), &overlay);
}

#[test]
fn what_does_not_hold_is_refused() {
    let party = |rollup| entity("party", EntityType::Organization, "حزب القرناطيس", rollup);
    let wing = entity("wing", EntityType::Organization, "جناح القرناطيس", Some("party"));
    for (facts, reasons) in [
        (vec![alias("nobody-knows", "القرناطيس", AliasKind::Name)], vec!["ENTITY_UNKNOWN"]),
        (vec![party(Some("nobody-knows"))], vec!["ENTITY_UNKNOWN"]),
        (vec![party(None), wing, party(Some("wing"))], vec!["ROLLUP_LOOP"]),
        (vec![alias("IQ", "في", AliasKind::Name)], vec!["SURFACE_FUNCTION_WORD"]),
        (vec![alias("IQ", "«»", AliasKind::Name)], vec!["SURFACE_TOO_SHORT"]),
        (vec![alias("IQ", &"كلمة ".repeat(15), AliasKind::Name)], vec!["SURFACE_TOO_LONG"]),
        (vec![no_alias("IQ", "القرناطيس")], vec!["SURFACE_UNKNOWN"]),
        (vec![term("iraq-pm", "IQ", "2024", None)], vec!["PERSON_UNKNOWN"]),
        (vec![Fact::NoTerm { office: "no-office".to_owned(), person: id("IQ") }], vec!["TERM_UNKNOWN"]),
        // An alias without its entity, as after a careless undoing.
        (vec![alias("party", "القرناطيس", AliasKind::Name), party(None)], vec!["ENTITY_UNKNOWN"]),
    ] {
        assert_eq!(refused(&facts), reasons, "{facts:?}");
    }
}

/// Whether an article is one that a change may concern, as the store looks for them.
fn concerned(reach: &Reach, fields: &ArticleFields, before: &Analysis) -> bool {
    reach.has_words(&marsad_arabic::orthography::fold(&fields.text).to_lowercase())
        || before.entities.iter().any(|entity| reach.entities.contains(&entity.id))
}

fn untaught(analysis: &Analysis) -> Analysis {
    Analysis { version: AnalysisVersion { overlay: 0, ..analysis.version }, ..analysis.clone() }
}

/// Facts about words of the sample articles and others; each holds by itself.
fn pool() -> Vec<Fact> {
    vec![
        alias("IQ", "بلاد الرافدين", AliasKind::Nominal),
        alias("IQ", "الرافدين", AliasKind::Name),
        alias("US", "أبو العلم", AliasKind::Pejorative),
        alias("US", "الجانب الأمريكي", AliasKind::Nominal),
        no_alias("IQ", "العراق"),
        no_alias("US", "الولايات المتحدة"),
        entity("al-wadi", EntityType::Organization, "شركة الوادي", Some("IQ")),
        entity("abdullah-x", EntityType::Person, "عبد الله المرصدي", None),
        entity("IQ", EntityType::Gpe, "جمهورية العراق", None),
        entity("reuters", EntityType::Organization, "رويترز", Some("US")),
        entity("furat", EntityType::Location, "الفرات الأوسط", Some("IQ")),
        Fact::NoEntity { entity: id("US") },
        Fact::NoEntity { entity: id("reuters") },
        term("iraq-pm", "barham-salih", "2020", None),
        term("iraq-foreign-minister", "barham-salih", "2020", Some("2030")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Teaching and undoing in any order: an article that is not concerned by a step is analysed alike before and after it, so articles
    /// that are analysed again only where they are concerned are as if all were analysed anew with the last overlay.
    #[test]
    fn only_concerned_articles_change(steps in proptest::collection::vec(0..pool().len(), 1..7)) {
        let pool = pool();
        let articles = samples();
        let mut stored: Vec<Analysis> = articles.iter().map(|fields| read(fields, &Overlay::default())).collect();
        let (mut facts, mut before): (Vec<Teaching>, Overlay) = (Vec::new(), Overlay::default());
        for (revision, step) in (1..).zip(steps) {
            let fact = pool[step].clone();
            match facts.iter().position(|teaching| teaching.id == fact.id()) {
                Some(known) => _ = facts.remove(known),
                None => facts.push(Teaching { id: fact.id(), revision, fact, taught_at: 0 }),
            }
            let (after, _) = Overlay::new(revision, &facts);
            let reach = before.reach(&after);
            for (fields, stored) in articles.iter().zip(&mut stored) {
                let anew = read(fields, &after);
                if concerned(&reach, fields, stored) {
                    *stored = anew;
                } else {
                    prop_assert_eq!(untaught(stored), untaught(&anew), "{:?}", reach);
                }
            }
            before = after;
        }
    }
}

use super::*;

fn ids(surface: &str) -> Vec<(&'static str, SurfaceKind)> {
    get().look_up(surface).map(|(entity, kind)| (entity.id, kind)).collect()
}

#[test]
fn surfaces_by_any_spelling() {
    for (surface, id, kind) in [
        ("العراق", "IQ", SurfaceKind::Name),
        ("الولايات المتّحدة الأمريكيّة", "US", SurfaceKind::Name),
        ("الولايات المتحده الاميركيه", "US", SurfaceKind::Name),
        ("عراقيين", "IQ", SurfaceKind::Demonym),
        ("الأمريكيون", "US", SurfaceKind::Demonym),
        ("الأميركيتان", "US", SurfaceKind::Demonym),
        ("الروس", "RU", SurfaceKind::Demonym),
        ("رويترز", "reuters", SurfaceKind::Name),
        ("حزب الله", "hezbollah", SurfaceKind::Name),
    ] {
        assert!(ids(surface).contains(&(id, kind)), "{surface}: {:?}", ids(surface));
    }
    assert_eq!(ids("لا شيء من هذا"), []);
    assert_eq!(ids(""), []);
}

#[test]
fn a_walk_finds_longer_and_longer_surfaces() {
    let mut walk = get().walk();
    assert!(walk.meanings().is_empty());
    assert!(walk.step("الولايات"));
    assert!(walk.meanings().is_empty());
    assert!(walk.step("المتحده"));
    assert_eq!(walk.meanings().len(), 1);
    assert!(walk.step("الامريكيه"));
    assert_eq!(walk.meanings().len(), 1);
    assert!(!walk.step("قالت"));
    assert!(walk.meanings().is_empty());
}

#[test]
fn a_walk_reaches_every_name() {
    for entity in get().entities() {
        let words = table::key_words(entity.name);
        let reaches = |words: &[String]| {
            let mut walk = get().walk();
            words.iter().all(|word| walk.step(word)) && !walk.meanings().is_empty()
        };
        assert!(reaches(&words), "{}", entity.name);
        // عبدالله and حزبالله are written as one word or two.
        let Some((first, rest)) = words.split_first() else { continue };
        for head in
            [first.strip_suffix("الله"), first.strip_prefix("عبد").map(|_| "عبد")].into_iter().flatten()
        {
            let tail = first.strip_prefix(head).unwrap_or("");
            if !head.is_empty() && !tail.is_empty() {
                let parts = [&[head.to_owned(), tail.to_owned()], rest].concat();
                assert!(reaches(&parts), "{parts:?}");
            }
        }
    }
}

#[test]
fn capitals_both_ways() {
    let baghdad = get().capital_of("IQ").unwrap();
    assert_eq!(baghdad.name, "بغداد");
    assert_eq!(get().country_of_capital(baghdad.id).unwrap().id, "IQ");
    assert!(get().capital_of("xx").is_none());
}

#[test]
fn outlets_by_domain_and_name() {
    for url in ["https://www.aljazeera.net/a", "http://aljazeera.net", "mubasher.aljazeera.net/x"] {
        assert_eq!(get().media_of_url(url).map(|m| m.id), Some("aljazeera"), "{url}");
    }
    for url in ["https://news.example/a", "", "https://", "net"] {
        assert_eq!(get().media_of_url(url), None, "{url}");
    }
    for name in ["رويترز", "وكالة رويترز", "وكاله رويترز"] {
        assert_eq!(get().media_of_name(name).map(|m| m.id), Some("reuters"), "{name}");
    }
    assert_eq!(get().media_of_name("بغداد"), None);
}

#[test]
fn terms_of_office() {
    let day = |text: &str| Some(text.parse::<Date>().unwrap());
    for (from, to, at, holds) in [
        ("2022-10-27", "", day("2024-01-24"), true),
        ("2022-10-27", "", day("2022-10-26"), false),
        ("2020", "2022", day("2022-12-31"), true),
        ("2020", "2022", day("2023-01-01"), false),
        ("2020-05", "2022-10", day("2022-10-31"), true),
        ("2020-05", "2022-10", day("2020-04-30"), false),
        ("", "2022-10", day("1999-01-01"), true),
        ("2020", "2022", None, false),
        ("2020", "", None, true),
    ] {
        assert_eq!(Holder { person: "x", from, to }.holds(at), holds, "{from}..{to} at {at:?}");
    }
}

#[test]
fn every_reference_holds() {
    for entity in get().entities() {
        for id in entity.rollup.iter().chain(&entity.country) {
            assert!(get().by_id(id).is_some(), "{}: {id}", entity.id);
        }
    }
}

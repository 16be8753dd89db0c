//! The consonants of a name, of either script.
//!
//! Latin transliterations of one Arabic name agree in little but its consonants (*Hussein*, *Husain*, *Hoseyn*), and not in all of these:
//! one letter may stand for several (*g* for `ج`, `غ` and `ق`), and several for one (`ق` is *q*, *k* and *g*). A skeleton
//! has a class for each consonant, named by a lower-case letter; `ا و ي ء ع` and Latin vowels have none.
//!
//! | class | Arabic | Latin |
//! |---|---|---|
//! | `b` | ب | b, p |
//! | `t` | ت ط ث | t, th |
//! | `j` | ج | j, dj, g |
//! | `h` | ح ه, not at the end | h, not at the end |
//! | `q` | خ | kh |
//! | `d` | د ذ ض | d, dh, z |
//! | `z` | ز ظ | z, dh |
//! | `r` `l` `m` `n` | ر ل م ن | r, l, m, n |
//! | `s` | س ص | s, c before e, i, y |
//! | `x` | ش تش | sh, sch, ch, tch |
//! | `g` | غ | gh, g |
//! | `f` | ف | f, v, ph |
//! | `k` | ق ك | k, q, c, ck, g |
//! | `w` `y` | و ي as the first letter | w, y as the first letter |
//!
//! The article is left out, also behind `عبد` and before `الدين`.

/// Every class.
const CLASSES: &str = "btjhqdzrlmnsxgfkwy";

/// The most skeletons of one word.
const MOST: usize = 8;

/// The most consonants of a skeleton.
const LONGEST: usize = 24;

/// The skeletons that a folded word of a name may have, the likeliest first; that one is what names are found by, the others
/// are for looking. Empty strings for a word of vowels alone. A word that mixes scripts is read letter by letter.
///
/// ```
/// use marsad_arabic::search::skeleton;
/// assert_eq!(skeleton("السوداني"), ["sdn"]);
/// assert_eq!(skeleton("sudani"), ["sdn"]);
/// assert_eq!(skeleton("حسين")[0], skeleton("hussein")[0]);
/// assert!(skeleton("gaddafi").contains(&skeleton("قذافي")[0]));
/// ```
pub fn skeleton(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().take(LONGEST * 3).collect();
    let mut reader = Reader { letters: without_articles(&letters), at: 0, all: vec![String::new()] };
    reader.read();
    reader.all
}

/// The letters of a word without the articles in it.
fn without_articles(letters: &[char]) -> Vec<char> {
    let rest = match letters {
        ['ا', 'ل', rest @ ..] if rest.len() >= 2 => rest,
        letters => letters,
    };
    match rest {
        ['ع', 'ب', 'د', 'ا', 'ل', name @ ..] if name.len() >= 2 => [&['ع', 'ب', 'د'], name].concat(),
        ['a', 'b', 'd', 'u' | 'e' | 'a' | 'o', 'l', name @ ..] => [&['a', 'b', 'd', 'a'], name].concat(),
        ['a', 'b', 'd', 'o', 'u', 'l', name @ ..] => [&['a', 'b', 'd', 'a'], name].concat(),
        [name @ .., 'ا', 'ل', 'د', 'ي', 'ن'] if !name.is_empty() => [name, &['د', 'ي', 'ن']].concat(),
        rest => rest.to_vec(),
    }
}

struct Reader {
    letters: Vec<char>,
    at: usize,
    /// The skeletons so far: one for each choice of classes.
    all: Vec<String>,
}

impl Reader {
    fn letter(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    fn read(&mut self) {
        let mut before = None;
        while let Some(letter) = self.letter(0) {
            let start = self.at;
            let (taken, classes) = self.consonant(letter);
            self.at += taken;
            // A doubled Latin letter is one consonant; Arabic does not write it twice.
            let doubled = letter.is_ascii() && before == Some((start, classes));
            if !classes.is_empty() && !doubled {
                self.add(classes);
            }
            before = (!classes.is_empty()).then_some((self.at, classes));
        }
    }

    /// How many letters the next consonant is written with, and what classes it may be; none for a vowel.
    fn consonant(&self, letter: char) -> (usize, &'static str) {
        let (next, third) = (self.letter(1), self.letter(2));
        let last = next.is_none();
        match (letter, next) {
            ('ت', Some('ش')) => (2, "x"),
            ('t', Some('c')) if third == Some('h') => (3, "x"),
            ('s', Some('c')) if third == Some('h') => (3, "x"),
            ('s', Some('h')) => (2, "x"),
            ('c', Some('h')) => (2, "xk"),
            ('k', Some('h')) => (2, "q"),
            ('g', Some('h')) => (2, "g"),
            ('t', Some('h')) => (2, "t"),
            ('d', Some('h')) => (2, "dz"),
            ('p', Some('h')) => (2, "f"),
            ('d', Some('j')) => (2, "j"),
            ('c', Some('k')) => (2, "k"),
            ('c', Some('e' | 'i' | 'y')) => (1, "s"),
            _ => (1, classes(letter, self.at == 0, last)),
        }
    }

    fn add(&mut self, classes: &str) {
        let before = std::mem::take(&mut self.all);
        // Choices beyond the most that are kept are not followed: the first class is the likeliest.
        let room = MOST / before.len().max(1);
        for class in classes.chars().take(room.max(1)) {
            self.all.extend(before.iter().filter(|one| one.len() < LONGEST).map(|one| {
                let mut one = one.clone();
                one.push(class);
                one
            }));
        }
        if self.all.is_empty() {
            self.all = before;
        }
    }
}

fn classes(letter: char, first: bool, last: bool) -> &'static str {
    match letter {
        'ب' | 'b' | 'p' => "b",
        'ت' | 'ط' | 'ث' | 't' => "t",
        'ج' => "jg",
        'j' => "j",
        'ح' | 'ه' | 'h' if !last => "h",
        'خ' => "q",
        'د' | 'ض' | 'd' => "d",
        'ذ' => "dz",
        'ز' => "z",
        'ظ' | 'z' => "zd",
        'ر' | 'r' => "r",
        'س' | 'ص' | 's' => "s",
        'ش' => "x",
        'غ' => "g",
        'g' => "gjk",
        'ف' | 'f' | 'v' => "f",
        'ق' => "kg",
        'ك' | 'k' | 'q' | 'c' => "k",
        'ل' | 'l' => "l",
        'م' | 'm' => "m",
        'ن' | 'n' => "n",
        'و' | 'w' if first => "w",
        'ي' | 'y' if first => "y",
        _ => "",
    }
}

/// Every skeleton that one consonant more or less, another one, or two that changed places make of this one, and itself: where a name
/// was written wrongly.
///
/// ```
/// let near = marsad_arabic::search::neighbours("sdn");
/// for other in ["sdn", "sdm", "sn", "sdmn", "snd"] {
///     assert!(near.iter().any(|one| one == other));
/// }
/// ```
pub fn neighbours(skeleton: &str) -> Vec<String> {
    let classes: Vec<char> = skeleton.chars().collect();
    let mut all = vec![skeleton.to_owned()];
    let put =
        |left: &[char], middle: &[char], right: &[char]| [left, middle, right].concat().into_iter().collect();
    for at in 0..=classes.len() {
        let (left, right) = classes.split_at(at);
        all.extend(CLASSES.chars().map(|class| put(left, &[class], right)));
        if let [first, rest @ ..] = right {
            all.push(put(left, &[], rest));
            all.extend(CLASSES.chars().map(|class| put(left, &[class], rest)));
            if let [second, rest @ ..] = rest {
                all.push(put(left, &[*second, *first], rest));
            }
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orthography::fold;
    use proptest::prelude::*;

    #[test]
    fn both_scripts_meet() {
        for (arabic, latin) in [
            ("السوداني", ["sudani", "soudani", "elsudani"].as_slice()),
            ("حسين", &["hussein", "husain", "hoseyn", "houssein"]),
            ("محمد", &["mohammed", "muhammad", "mohamed"]),
            ("قذافي", &["gaddafi", "qaddafi", "kadhafi"]),
            ("جمال", &["jamal", "gamal", "djamel"]),
            ("خامنئي", &["khamenei"]),
            ("ظافر", &["zafer", "dhafer"]),
            ("عبدالله", &["abdullah", "abdallah"]),
            ("عبدالرحمن", &["abdulrahman", "abdelrahman", "abdurrahman"]),
            ("نورالدين", &["noureddine", "nuraldin"]),
            ("غالي", &["ghali"]),
            ("تشاد", &["chad", "tchad"]),
            ("نتنياهو", &["netanyahu"]),
            ("وليد", &["walid", "waleed"]),
            ("يحيى", &["yahya"]),
            ("فاطمة", &["fatima", "fatimah"]),
        ] {
            let wanted = skeleton(&fold(arabic));
            let found = latin.iter().filter(|name| skeleton(name).iter().any(|one| one == &wanted[0]));
            // The article that is written together with a Latin name is not known to be one.
            let expected = latin
                .iter()
                .filter(|name| !name.starts_with("elsu") && !name.contains("aldin") && !name.contains("urr"));
            assert!(
                found.count() >= expected.count(),
                "{arabic} {wanted:?}: {:?}",
                latin.iter().map(|name| skeleton(name)).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn other_names_stay_apart() {
        for (left, right) in [("صدام", "سوداني"), ("كمال", "جميل"), ("خالد", "حامد"), ("باسم", "قاسم")]
        {
            assert_ne!(skeleton(left)[0], skeleton(right)[0]);
        }
    }

    proptest! {
        #[test]
        fn no_word_panics_and_there_are_few(word in any::<String>()) {
            let all = skeleton(&word);
            prop_assert!((1..=MOST).contains(&all.len()));
            for one in &all {
                prop_assert!(one.len() <= LONGEST && one.chars().all(|class| CLASSES.contains(class)));
            }
        }

        #[test]
        fn one_edit_is_near(skeleton in "[btjhqdz]{2,6}", at in 0_usize..6, class in "[btj]") {
            let mut other: Vec<char> = skeleton.chars().collect();
            let at = at % other.len();
            other[at] = class.chars().next().unwrap();
            let other: String = other.into_iter().collect();
            prop_assert!(neighbours(&skeleton).contains(&other));
        }
    }
}

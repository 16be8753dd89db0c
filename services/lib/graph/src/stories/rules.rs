//! The constants of stories, in one place. They are weights and thresholds of similarity, chosen on the corpora; none is about a subject.

/// How a word of the title counts beside one of the body.
pub(super) const TITLE: f32 = 1.5;

/// How a word among the first [`LEAD_WORDS`] counts: news says first what it is about.
pub(super) const LEAD: f32 = 1.3;

/// Words of the opening.
pub(super) const LEAD_WORDS: usize = 60;

/// Terms that a profile keeps, the strongest.
pub(super) const TERMS: usize = 40;

/// Terms by which alike profiles are found, the strongest.
pub(super) const KEYS: usize = 24;

/// How rare a term must be to be one of them: one article in fifty-five has such a word. Commoner ones would bring together what
/// is compared in vain, the more the more is stored.
pub(super) const KEY_RARITY: f32 = 4.0;

/// How many of them two profiles share before they are compared.
pub(super) const SHARED_KEYS: u16 = 2;

/// Entities that a profile keeps by name.
pub(super) const ENTITIES: usize = 8;

/// Entities of a story.
pub(super) const STORY_ENTITIES: usize = 10;

/// Articles of a story or of a coarser one, at most.
pub(super) const LARGEST: usize = 200;

/// How groups are made of things that have a profile and a day.
#[derive(Debug)]
pub(super) struct Rules {
    /// Most days between two that are compared.
    pub(super) window: i32,
    /// Two things so many days apart have lost a fifth of their similarity (see [`Rules::decays`]).
    pub(super) near: f32,
    /// How fast it goes on to fall.
    pub(super) fall: f32,
    /// Least similarity of neighbours.
    pub(super) floor: f32,
    /// Similarities at which components are cut, rung by rung.
    pub(super) ladder: &'static [f32],
    /// Most members of a component, and so of a group.
    pub(super) limit: usize,
    /// Most articles of a group.
    pub(super) largest: usize,
    /// Least mean similarity between two parts of a group.
    pub(super) cut: f32,
    /// The same as a share of the rung that the component is at: where much is alike, more is asked for.
    pub(super) rising_cut: f32,
}

/// Articles to stories. A subject with few articles is one story over months; one with many falls into a story an occasion, since
/// days apart count at every rung of the ladder.
pub(super) const STORIES: Rules = Rules {
    window: 200,
    near: 7.0,
    fall: 0.3,
    floor: 0.15,
    ladder: &[0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97],
    limit: LARGEST,
    largest: LARGEST,
    cut: 0.25,
    rising_cut: 0.85,
};

/// Stories to parents: the same subject over months.
pub(super) const PARENTS: Rules = Rules {
    window: 400,
    near: 60.0,
    fall: 0.3,
    floor: 0.2,
    ladder: &[0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97],
    limit: 100,
    largest: LARGEST,
    cut: 0.25,
    rising_cut: 0.85,
};

impl Rules {
    /// What similarity is multiplied with for things that many days apart, from none to the whole window: it falls fast at first and
    /// ever more slowly, as what news comes back to does. The same on every machine.
    pub(super) fn decays(&self) -> Vec<f32> {
        (0..=self.window).map(|days| libm::powf(1.0 + days as f32 / self.near, -self.fall)).collect()
    }

    /// The mean similarity that joins two parts of a group in a component at that rung.
    pub(super) fn cut_at(&self, rung: usize) -> f32 {
        let threshold = self.ladder.get(rung).or(self.ladder.last()).copied().unwrap_or(self.cut);
        self.cut.max(self.rising_cut * threshold)
    }
}

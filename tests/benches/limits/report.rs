//! The table.

/// Whether a share has to be large or small.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

pub(crate) fn head() {
    println!("| figure | Marsad | limit | share | aim | |\n|---|---|---|---|---|---|");
}

/// A line of the table: what each turn gave, ours and the limit.
pub(crate) fn line(name: &str, unit: &str, turns: &[(f64, f64)], aim: Aim) {
    let ours = median(turns.iter().map(|(ours, _)| *ours));
    let limit = median(turns.iter().map(|(_, limit)| *limit));
    let share = median(turns.iter().map(|(ours, limit)| ours / limit));
    let (aim, held) = match aim {
        Aim::AtLeast(aim) => (aim, share >= aim),
        Aim::AtMost(aim) => (aim, share <= aim),
    };
    let verdict = if held { "" } else { "short" };
    println!("| {name} | {ours:.0}{unit} | {limit:.0}{unit} | {share:.2} | {aim} | {verdict} |");
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

//! Tables for people, in a terminal that shows both directions of writing.

use std::io::{ErrorKind, Write};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};

/// First strong isolate and its end (Unicode Bidirectional Algorithm, X5c): what stands between them neither turns nor is
/// turned by what stands around it.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// An empty table.
pub(crate) fn table(columns: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns);
    table
}

/// A cell: text with right-to-left letters is isolated, so that columns stay in their places.
pub(crate) fn cell(text: impl AsRef<str>) -> String {
    let text = text.as_ref();
    if text.chars().any(is_right_to_left) {
        format!("{}{text}{}", ISOLATE.0, ISOLATE.1)
    } else {
        text.to_owned()
    }
}

/// At most `longest` characters of a text in one line.
pub(crate) fn shorten(text: &str, longest: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= longest {
        return line;
    }
    line.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
}

fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

/// Writes a line to standard output. A reader that has gone away (`| head`) ends the command without fuss.
pub(crate) fn print(line: impl std::fmt::Display) -> anyhow::Result<()> {
    match writeln!(std::io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        written => Ok(written?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arabic_is_isolated_and_columns_keep_their_width() {
        assert_eq!(cell("2024"), "2024");
        assert_eq!(cell("بغداد 2024"), "\u{2068}بغداد 2024\u{2069}");
        let mut table = table(&["a", "b"]);
        table.add_row([cell("بغداد"), cell("x")]);
        table.add_row([cell("12345"), cell("y")]);
        let lines: Vec<String> = table.lines().collect();
        let width = |line: &str| line.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).count();
        assert_eq!(width(&lines[3]), width(&lines[5]), "{lines:?}");
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(shorten("خبر  \n عاجل", 20), "خبر عاجل");
        assert_eq!(shorten("خبر عاجل", 5), "خبر …");
    }
}

//! What the first schema held, and what the later ones make of it.

/// Rows of the first schema: an event and two claims of a ministry that acts for a country, as the engine writes bytes.
pub(crate) fn old_rows(bytes: impl Fn(u8) -> String) -> String {
    let rows = "
        INSERT INTO articles (article, content_hash, state) VALUES
            ({1}, {1}, 'analysed'), ({2}, {2}, 'pending'), ({3}, NULL, NULL);
        INSERT INTO article_entities (article, entity, entity_type, name, rollup, folded_name, mentions) VALUES
            ({1}, 'ministry', 'ORGANIZATION', 'm', 'country', 'm', 1),
            ({1}, 'country', 'GPE', 'c', NULL, 'c', 1);
        INSERT INTO events (article, ordinal, event, event_type, polarity, modality, background, earliest, latest, confidence,
            claim_source) VALUES
            ({1}, 0, {2}, 'ASSAULT', 'affirmed', 'actual', 0, 20240101, 20240101, 0.5, 'ministry'),
            ({1}, 1, {3}, 'ASSAULT', 'affirmed', 'actual', 0, 20240101, 20240101, 0.5, NULL);
        INSERT INTO claims (article, ordinal, claim, source, anonymous) VALUES
            ({1}, 0, {4}, 'ministry', 0), ({1}, 1, {5}, 'country', 0), ({1}, 2, {6}, NULL, 1);";
    (1..=6).fold(rows.to_owned(), |sql, n| sql.replace(&format!("{{{n}}}"), &bytes(n)))
}

/// Role, entity and whether it is direct.
type Part = (&'static str, &'static str, i64);

/// What is read back of them: for each table its query, and role, entity and whether it is direct.
pub(crate) const BROUGHT_OVER: [(&str, &[Part]); 3] = [
    // What was analysed waits to be linked, under a mark that nobody makes.
    (
        "SELECT a.state, 'mark', CAST(LENGTH(t.mark) AS BIGINT) FROM to_link t JOIN articles a ON a.article = t.article",
        &[("analysed", "mark", 1)],
    ),
    (
        "SELECT role, entity, direct FROM event_participants ORDER BY event, entity",
        &[("source", "country", 0), ("source", "ministry", 1)],
    ),
    (
        "SELECT role, entity, direct FROM claim_participants ORDER BY claim, entity",
        &[("source", "country", 0), ("source", "ministry", 1), ("source", "country", 1)],
    ),
];

-- Ids are bytes, days are numbers of the form 20240131, times are microseconds since 1970. Text compares by code point.

-- One row an article. The deletion is its greatest one; the rest is what lists need of the current revision, and is null
-- where there is none: such a row is a tombstone, with the article's id and the deletion alone.
CREATE TABLE articles (
    article             BLOB PRIMARY KEY,
    deleted_modified_at INTEGER,
    deleted_accepted_at INTEGER,
    content_hash        BLOB,
    modified_at         INTEGER,
    accepted_at         INTEGER,
    title               TEXT,
    outlet              TEXT,
    outlet_entity       TEXT,
    url                 TEXT,
    published           INTEGER,
    state               TEXT, -- pending, analysed, failed
    reason              TEXT, -- of a failure
    analyzer            INTEGER,           -- version of what analysed it or failed to
    knowledge           INTEGER,
    ontology            INTEGER
) STRICT;
-- Lists walk these in their order, latest day first. Nearly all articles are analysed: the others are found apart.
CREATE INDEX articles_published ON articles ((COALESCE(0 - published, 0)), article) WHERE content_hash IS NOT NULL;
CREATE INDEX articles_unfinished ON articles (state, (COALESCE(0 - published, 0)), article) WHERE state <> 'analysed';
CREATE INDEX articles_outlet ON articles (outlet, (COALESCE(0 - published, 0)), article) WHERE outlet IS NOT NULL;
CREATE INDEX articles_outlet_entity
    ON articles (outlet_entity, (COALESCE(0 - published, 0)), article) WHERE outlet_entity IS NOT NULL;

-- What was submitted, under the greatest stamp that it was submitted with.
CREATE TABLE revisions (
    article      BLOB NOT NULL,
    content_hash BLOB NOT NULL,
    modified_at  INTEGER NOT NULL,
    accepted_at  INTEGER NOT NULL,
    title        TEXT,
    outlet       TEXT,
    url          TEXT,
    external_id  TEXT,
    published_at TEXT,
    text         TEXT NOT NULL,
    html         TEXT,
    PRIMARY KEY (article, content_hash)
) STRICT;

-- The analysis of the current revision: JSON, compressed with zstd.
CREATE TABLE analyses (
    article      BLOB PRIMARY KEY,
    content_hash BLOB NOT NULL,
    body         BLOB NOT NULL
) STRICT;

-- The tables below index the analyses; each row can be made again from the blob.

CREATE TABLE article_entities (
    article        BLOB NOT NULL,
    entity         TEXT NOT NULL,
    entity_type    TEXT NOT NULL,
    name           TEXT NOT NULL,
    name_en        TEXT,
    wikidata       TEXT,
    rollup         TEXT,
    folded_name    TEXT NOT NULL,
    folded_name_en TEXT,
    mentions       INTEGER NOT NULL,
    PRIMARY KEY (article, entity)
) STRICT;
-- Counting and searching read this index alone.
CREATE INDEX article_entities_entity
    ON article_entities (entity, folded_name, folded_name_en, entity_type, mentions);

CREATE TABLE events (
    article      BLOB NOT NULL,
    ordinal      INTEGER NOT NULL,
    event        BLOB NOT NULL,
    event_type   TEXT NOT NULL,
    mode         TEXT,
    polarity     TEXT NOT NULL,
    modality     TEXT NOT NULL,
    background   INTEGER NOT NULL,
    earliest     INTEGER NOT NULL, -- 99999999: open, here and below
    latest       INTEGER NOT NULL,
    confidence   REAL NOT NULL,
    claim_source TEXT,
    PRIMARY KEY (article, ordinal)
) STRICT;
CREATE INDEX events_event ON events (event);
-- Lists walk these in their order of time, and pass over what ended before a day without a look at the table.
CREATE INDEX events_time ON events (earliest, event, latest);
CREATE INDEX events_type_time ON events (event_type, earliest, event, latest);
CREATE INDEX events_claim_source ON events (claim_source) WHERE claim_source IS NOT NULL;

-- Who has a part in an event; not direct: an entity that a direct one rolls up to.
CREATE TABLE event_participants (
    article BLOB NOT NULL,
    event   BLOB NOT NULL,
    role    TEXT NOT NULL, -- actor, recipient, place
    entity  TEXT NOT NULL,
    direct  INTEGER NOT NULL,
    PRIMARY KEY (article, event, role, entity)
) STRICT;
CREATE INDEX event_participants_entity ON event_participants (entity, role, event);

CREATE TABLE claims (
    article   BLOB NOT NULL,
    ordinal   INTEGER NOT NULL,
    claim     BLOB NOT NULL,
    source    TEXT,
    anonymous INTEGER NOT NULL,
    PRIMARY KEY (article, ordinal)
) STRICT;
CREATE INDEX claims_source ON claims (source, article, ordinal) WHERE source IS NOT NULL;

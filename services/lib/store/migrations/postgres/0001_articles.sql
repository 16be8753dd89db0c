-- Ids are bytes, days are numbers of the form 20240131, times are microseconds since 1970. Text compares by code point.

-- One row an article. The deletion is its greatest one; the rest is what lists need of the current revision, and is null
-- where there is none: such a row is a tombstone, with the article's id and the deletion alone.
CREATE TABLE articles (
    article             BYTEA PRIMARY KEY,
    deleted_modified_at BIGINT,
    deleted_accepted_at BIGINT,
    content_hash        BYTEA,
    modified_at         BIGINT,
    accepted_at         BIGINT,
    title               TEXT COLLATE "C",
    outlet              TEXT COLLATE "C",
    outlet_entity       TEXT COLLATE "C",
    url                 TEXT COLLATE "C",
    published           BIGINT,
    state               TEXT COLLATE "C", -- pending, analysed, failed
    reason              TEXT COLLATE "C", -- of a failure
    analyzer            BIGINT,           -- version of what analysed it or failed to
    knowledge           BIGINT,
    ontology            BIGINT
);
-- Lists walk these in their order, latest day first. Nearly all articles are analysed: the others are found apart.
CREATE INDEX articles_published ON articles ((COALESCE(0 - published, 0)), article) WHERE content_hash IS NOT NULL;
CREATE INDEX articles_unfinished ON articles (state, (COALESCE(0 - published, 0)), article) WHERE state <> 'analysed';
CREATE INDEX articles_outlet ON articles (outlet, (COALESCE(0 - published, 0)), article) WHERE outlet IS NOT NULL;
CREATE INDEX articles_outlet_entity
    ON articles (outlet_entity, (COALESCE(0 - published, 0)), article) WHERE outlet_entity IS NOT NULL;

-- What was submitted, under the greatest stamp that it was submitted with.
CREATE TABLE revisions (
    article      BYTEA NOT NULL,
    content_hash BYTEA NOT NULL,
    modified_at  BIGINT NOT NULL,
    accepted_at  BIGINT NOT NULL,
    title        TEXT COLLATE "C",
    outlet       TEXT COLLATE "C",
    url          TEXT COLLATE "C",
    external_id  TEXT COLLATE "C",
    published_at TEXT COLLATE "C",
    text         TEXT COLLATE "C" NOT NULL,
    html         TEXT COLLATE "C",
    PRIMARY KEY (article, content_hash)
);

-- The analysis of the current revision: JSON, compressed with zstd.
CREATE TABLE analyses (
    article      BYTEA PRIMARY KEY,
    content_hash BYTEA NOT NULL,
    body         BYTEA NOT NULL
);

-- The tables below index the analyses; each row can be made again from the blob.

CREATE TABLE article_entities (
    article        BYTEA NOT NULL,
    entity         TEXT COLLATE "C" NOT NULL,
    entity_type    TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    name_en        TEXT COLLATE "C",
    wikidata       TEXT COLLATE "C",
    rollup         TEXT COLLATE "C",
    folded_name    TEXT COLLATE "C" NOT NULL,
    folded_name_en TEXT COLLATE "C",
    mentions       BIGINT NOT NULL,
    PRIMARY KEY (article, entity)
);
-- Counting and searching read this index alone.
CREATE INDEX article_entities_entity
    ON article_entities (entity, folded_name, folded_name_en, entity_type, mentions);

CREATE TABLE events (
    article      BYTEA NOT NULL,
    ordinal      BIGINT NOT NULL,
    event        BYTEA NOT NULL,
    event_type   TEXT COLLATE "C" NOT NULL,
    mode         TEXT COLLATE "C",
    polarity     TEXT COLLATE "C" NOT NULL,
    modality     TEXT COLLATE "C" NOT NULL,
    background   BIGINT NOT NULL,
    earliest     BIGINT NOT NULL, -- 99999999: open, here and below
    latest       BIGINT NOT NULL,
    confidence   DOUBLE PRECISION NOT NULL,
    claim_source TEXT COLLATE "C",
    PRIMARY KEY (article, ordinal)
);
CREATE INDEX events_event ON events (event);
-- Lists walk these in their order of time, and pass over what ended before a day without a look at the table.
CREATE INDEX events_time ON events (earliest, event, latest);
CREATE INDEX events_type_time ON events (event_type, earliest, event, latest);
CREATE INDEX events_claim_source ON events (claim_source) WHERE claim_source IS NOT NULL;

-- Who has a part in an event; not direct: an entity that a direct one rolls up to.
CREATE TABLE event_participants (
    article BYTEA NOT NULL,
    event   BYTEA NOT NULL,
    role    TEXT COLLATE "C" NOT NULL, -- actor, recipient, place
    entity  TEXT COLLATE "C" NOT NULL,
    direct  BIGINT NOT NULL,
    PRIMARY KEY (article, event, role, entity)
);
CREATE INDEX event_participants_entity ON event_participants (entity, role, event);

CREATE TABLE claims (
    article   BYTEA NOT NULL,
    ordinal   BIGINT NOT NULL,
    claim     BYTEA NOT NULL,
    source    TEXT COLLATE "C",
    anonymous BIGINT NOT NULL,
    PRIMARY KEY (article, ordinal)
);
CREATE INDEX claims_source ON claims (source, article, ordinal) WHERE source IS NOT NULL;

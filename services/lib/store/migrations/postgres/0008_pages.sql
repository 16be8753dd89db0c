-- What a page needs is in its index and in the rows that this names: no list decodes whole analyses, sorts, or counts.

-- Counts have a table of their own, below.
DROP INDEX article_entities_entity;
CREATE INDEX article_entities_entity ON article_entities (entity, article);

-- What a list shows of an event or claim: a byte for the form, then postcard, compressed with zstd. Null in what was written before these
-- columns: that, and what has another form, is made of the analysis at each read, until the article is analysed again.
ALTER TABLE events ADD COLUMN body BYTEA;
ALTER TABLE claims ADD COLUMN body BYTEA;

-- Who has a part in an event or claim is found in the order of lists, and of the types and days that are wanted, in the index alone.
ALTER TABLE event_participants ADD COLUMN event_type TEXT COLLATE "C";
ALTER TABLE event_participants ADD COLUMN earliest BIGINT;
ALTER TABLE event_participants ADD COLUMN latest BIGINT;
UPDATE event_participants SET (event_type, earliest, latest) =
    (SELECT e.event_type, e.earliest, e.latest FROM events e WHERE e.event = event_participants.event);
DROP INDEX event_participants_entity;
CREATE INDEX event_participants_time ON event_participants (entity, earliest, event, role, event_type, latest);

ALTER TABLE claim_participants ADD COLUMN ordinal BIGINT;
UPDATE claim_participants SET ordinal = (SELECT c.ordinal FROM claims c WHERE c.claim = claim_participants.claim);
DROP INDEX claim_participants_entity;
CREATE INDEX claim_participants_order ON claim_participants (entity, article, ordinal, role);

ALTER TABLE cluster_participants ADD COLUMN event_type TEXT COLLATE "C";
UPDATE cluster_participants SET event_type =
    (SELECT c.event_type FROM clusters c WHERE c.cluster = cluster_participants.cluster);
DROP INDEX cluster_participants_entity;
CREATE INDEX cluster_participants_entity
    ON cluster_participants (entity, earliest, cluster, role, event_type, latest, through);
DROP INDEX cluster_participants_place;
CREATE INDEX cluster_participants_place
    ON cluster_participants (entity, place, cluster, role, event_type) WHERE place IS NOT NULL;

-- The forms of entities in all articles, counted: a row for each set of properties that articles give an entity. The linker alone writes it,
-- from what has changed since.
CREATE TABLE entity_forms (
    entity        TEXT COLLATE "C" NOT NULL,
    entity_type   TEXT COLLATE "C" NOT NULL,
    name          TEXT COLLATE "C" NOT NULL,
    name_en       TEXT COLLATE "C",
    wikidata      TEXT COLLATE "C",
    rollup        TEXT COLLATE "C",
    mentions      BIGINT NOT NULL, -- of this form
    articles      BIGINT NOT NULL,
    most_first    BIGINT NOT NULL, -- mentions of the entity with a minus: the order of lists
    of_entity     BIGINT NOT NULL, -- articles that refer to it
    shown         BIGINT NOT NULL, -- 1: the form that most mentions have
    first_of_type BIGINT NOT NULL  -- 1: of those with its type, the one that most mentions have
);
INSERT INTO entity_forms
WITH forms AS (
    SELECT entity, entity_type, name, name_en, wikidata, rollup, CAST(SUM(mentions) AS BIGINT) AS mentions,
        COUNT(*) AS articles
    FROM article_entities GROUP BY entity, entity_type, name, name_en, wikidata, rollup
), ranked AS (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY entity ORDER BY mentions DESC, name, entity_type,
            COALESCE(name_en, ''), COALESCE(wikidata, ''), COALESCE(rollup, '')) AS place,
        ROW_NUMBER() OVER (PARTITION BY entity, entity_type ORDER BY mentions DESC, name, entity_type,
            COALESCE(name_en, ''), COALESCE(wikidata, ''), COALESCE(rollup, '')) AS place_of_type,
        SUM(mentions) OVER (PARTITION BY entity) AS all_mentions,
        SUM(articles) OVER (PARTITION BY entity) AS all_articles
    FROM forms
)
SELECT entity, entity_type, name, name_en, wikidata, rollup, mentions, articles, -all_mentions, all_articles,
    CASE WHEN place = 1 THEN 1 ELSE 0 END, CASE WHEN place_of_type = 1 THEN 1 ELSE 0 END
FROM ranked;
CREATE INDEX entity_forms_entity ON entity_forms (entity);
CREATE INDEX entity_forms_shown ON entity_forms (most_first, entity) WHERE shown = 1;
CREATE INDEX entity_forms_type ON entity_forms (entity_type, most_first, entity) WHERE first_of_type = 1;

-- What entity_forms does not count yet, for each article: what came, and with a minus what went. Whoever changes article_entities writes
-- it in the same transaction, so both tables together are what article_entities says, whenever they are read.
CREATE TABLE entity_changes (
    article     BYTEA NOT NULL,
    entity      TEXT COLLATE "C" NOT NULL,
    entity_type TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    name_en     TEXT COLLATE "C",
    wikidata    TEXT COLLATE "C",
    rollup      TEXT COLLATE "C",
    mentions    BIGINT NOT NULL,
    articles    BIGINT NOT NULL -- 1 or -1
);
CREATE INDEX entity_changes_article ON entity_changes (article, entity);
CREATE INDEX entity_changes_entity ON entity_changes (entity);
CREATE FUNCTION article_entities_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO entity_changes
    SELECT article, entity, entity_type, name, name_en, wikidata, rollup, mentions, 1 FROM inserted;
    RETURN NULL;
END
$$;
CREATE TRIGGER article_entities_inserted AFTER INSERT ON article_entities
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION article_entities_inserted();
-- What came and was not counted goes without a trace. Where a linker is counting it now, this waits for it, and then finds it counted.
CREATE FUNCTION article_entities_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH uncounted AS (
        DELETE FROM entity_changes c USING deleted d
        WHERE c.article = d.article AND c.entity = d.entity AND c.articles = 1
        RETURNING c.article, c.entity
    )
    INSERT INTO entity_changes
    SELECT d.article, d.entity, d.entity_type, d.name, d.name_en, d.wikidata, d.rollup, -d.mentions, -1 FROM deleted d
    WHERE NOT EXISTS (SELECT 1 FROM uncounted u WHERE u.article = d.article AND u.entity = d.entity);
    RETURN NULL;
END
$$;
CREATE TRIGGER article_entities_deleted AFTER DELETE ON article_entities
    REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION article_entities_deleted();

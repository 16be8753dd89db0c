-- The source of the claim that an event stands in is one of its participants: an entity then stands for those that act for it, in this
-- part too. What is there is brought over, with what each source rolls up to.
INSERT INTO event_participants (article, event, role, entity, direct)
WITH RECURSIVE sources (article, event, entity, direct) AS (
    SELECT article, event, claim_source, CAST(1 AS INTEGER) FROM events WHERE claim_source IS NOT NULL
    UNION
    SELECT s.article, s.event, e.rollup, CAST(0 AS INTEGER) FROM sources s
    JOIN article_entities e ON e.article = s.article AND e.entity = s.entity WHERE e.rollup IS NOT NULL
)
SELECT article, event, 'source', entity, MAX(direct) FROM sources GROUP BY article, event, entity;

DROP INDEX events_claim_source;
ALTER TABLE events DROP COLUMN claim_source;
-- Of the source of the claim that the event stands in; null outside of claims, and in what was written before this column.
ALTER TABLE events ADD COLUMN anonymous INTEGER;

-- Who is behind a claim, and what outlets it came through; not direct: an entity that a direct one rolls up to.
CREATE TABLE claim_participants (
    article BLOB NOT NULL,
    claim   BLOB NOT NULL,
    role    TEXT NOT NULL, -- source, via
    entity  TEXT NOT NULL,
    direct  INTEGER NOT NULL,
    PRIMARY KEY (article, claim, role, entity)
) STRICT;
CREATE INDEX claim_participants_entity ON claim_participants (entity, role, claim);

INSERT INTO claim_participants (article, claim, role, entity, direct)
WITH RECURSIVE sources (article, claim, entity, direct) AS (
    SELECT article, claim, source, CAST(1 AS INTEGER) FROM claims WHERE source IS NOT NULL
    UNION
    SELECT s.article, s.claim, e.rollup, CAST(0 AS INTEGER) FROM sources s
    JOIN article_entities e ON e.article = s.article AND e.entity = s.entity WHERE e.rollup IS NOT NULL
)
SELECT article, claim, 'source', entity, MAX(direct) FROM sources GROUP BY article, claim, entity;

DROP INDEX claims_source;
ALTER TABLE claims DROP COLUMN source;
-- Null in what was written before these columns.
ALTER TABLE claims ADD COLUMN quote TEXT; -- direct, indirect
ALTER TABLE claims ADD COLUMN confidence REAL;
CREATE INDEX claims_claim ON claims (claim);

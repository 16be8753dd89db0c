-- What came in the backfill lane, or has no analysis yet, is linked after the rest.
ALTER TABLE to_link ADD COLUMN backfill BIGINT NOT NULL DEFAULT 0;
CREATE INDEX to_link_order ON to_link (backfill, article);

-- Where an event stands in a timeline: its day times 2^32, and how many days more it may have been. Null where it has no place, and in
-- what was written before this column: a linker that takes over writes that anew.
ALTER TABLE clusters ADD COLUMN place BIGINT;
ALTER TABLE cluster_participants ADD COLUMN place BIGINT;
CREATE INDEX cluster_participants_place ON cluster_participants (entity, place, cluster, role) WHERE place IS NOT NULL;

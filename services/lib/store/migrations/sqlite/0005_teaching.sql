-- What was taught over the compiled knowledge, what analysts say of events, and which articles are to be analysed again.

-- One row: how often each of the two has changed. Who changes one holds this row until the end of his transaction.
CREATE TABLE overlay (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    revision  INTEGER NOT NULL,
    judgement INTEGER NOT NULL
) STRICT;
INSERT INTO overlay (one, revision, judgement) VALUES (1, 0, 0);

CREATE TABLE teachings (
    teaching  BLOB PRIMARY KEY,
    revision  INTEGER NOT NULL, -- the one that it made
    taught_at INTEGER NOT NULL,
    fact      TEXT NOT NULL -- JSON
) STRICT;

-- A change that is being carried through: articles up to the position were looked at, those that it concerns are in to_analyse.
CREATE TABLE sweeps (
    sweep    INTEGER PRIMARY KEY, -- in order
    position BLOB NOT NULL,
    body     TEXT NOT NULL -- JSON
) STRICT;

-- Articles to analyse again: with at least this version, whoever has claimed one has it until then.
CREATE TABLE to_analyse (
    article       BLOB PRIMARY KEY,
    analyzer      INTEGER NOT NULL,
    knowledge     INTEGER NOT NULL,
    ontology      INTEGER NOT NULL,
    overlay       INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL
) STRICT;
CREATE INDEX to_analyse_claimed ON to_analyse (claimed_until, article);

-- Judgements with the number of their last change; what is withdrawn stays, for those who read on from a number.
CREATE TABLE judgements (
    judgement  BLOB PRIMARY KEY,
    sequence   INTEGER NOT NULL UNIQUE,
    withdrawn  INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    verdict    TEXT NOT NULL -- JSON
) STRICT;

-- Of what analysed the article; null in what was written before this column.
ALTER TABLE articles ADD COLUMN overlay INTEGER;

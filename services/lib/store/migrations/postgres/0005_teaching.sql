-- What was taught over the compiled knowledge, what analysts say of events, and which articles are to be analysed again.

-- One row: how often each of the two has changed. Who changes one holds this row until the end of his transaction.
CREATE TABLE overlay (
    one       BIGINT PRIMARY KEY CHECK (one = 1),
    revision  BIGINT NOT NULL,
    judgement BIGINT NOT NULL
);
INSERT INTO overlay (one, revision, judgement) VALUES (1, 0, 0);

CREATE TABLE teachings (
    teaching  BYTEA PRIMARY KEY,
    revision  BIGINT NOT NULL, -- the one that it made
    taught_at BIGINT NOT NULL,
    fact      TEXT NOT NULL -- JSON
);

-- A change that is being carried through: articles up to the position were looked at, those that it concerns are in to_analyse.
CREATE TABLE sweeps (
    sweep    BIGINT PRIMARY KEY, -- in order
    position BYTEA NOT NULL,
    body     TEXT NOT NULL -- JSON
);

-- Articles to analyse again: with at least this version, whoever has claimed one has it until then.
CREATE TABLE to_analyse (
    article       BYTEA PRIMARY KEY,
    analyzer      BIGINT NOT NULL,
    knowledge     BIGINT NOT NULL,
    ontology      BIGINT NOT NULL,
    overlay       BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL
);
CREATE INDEX to_analyse_claimed ON to_analyse (claimed_until, article);

-- Judgements with the number of their last change; what is withdrawn stays, for those who read on from a number.
CREATE TABLE judgements (
    judgement  BYTEA PRIMARY KEY,
    sequence   BIGINT NOT NULL UNIQUE,
    withdrawn  BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    verdict    TEXT NOT NULL -- JSON
);

-- Of what analysed the article; null in what was written before this column.
ALTER TABLE articles ADD COLUMN overlay BIGINT;

-- What linking needs of each analysed article, as its worker made it.
CREATE TABLE digests (
    article      BYTEA PRIMARY KEY,
    content_hash BYTEA NOT NULL,
    body         BYTEA NOT NULL
);

-- Articles whose analysis came, changed or went since they were linked. A new mark is written each time.
CREATE TABLE to_link (
    article BYTEA PRIMARY KEY,
    mark    BYTEA NOT NULL
);
-- What was analysed before there were digests.
INSERT INTO to_link (article, mark) SELECT article, article FROM articles WHERE state = 'analysed';

-- One row: who links. The beat counts the signs of life under an epoch; no time is kept.
CREATE TABLE link_lease (
    one    BIGINT PRIMARY KEY CHECK (one = 1),
    holder BYTEA,
    epoch  BIGINT NOT NULL,
    beat   BIGINT NOT NULL,
    ttl    BIGINT NOT NULL -- milliseconds that may pass between two beats
);
INSERT INTO link_lease (one, holder, epoch, beat, ttl) VALUES (1, NULL, 0, 0, 0);

-- One row: how far linking is.
CREATE TABLE graph_state (
    one           BIGINT PRIMARY KEY CHECK (one = 1),
    graph_version BIGINT NOT NULL,
    log_version   BIGINT NOT NULL, -- the last one
    log_floor     BIGINT NOT NULL  -- the one before the first that the log still has
);
INSERT INTO graph_state (one, graph_version, log_version, log_floor) VALUES (1, 0, 0, 0);

-- The records of linking are JSON, compressed with zstd. Their hash says whether there is anything to write.

CREATE TABLE article_links (
    article BYTEA PRIMARY KEY,
    hash    BIGINT NOT NULL,
    body    BYTEA NOT NULL
);

CREATE TABLE stories (
    story        BYTEA PRIMARY KEY,
    hash         BIGINT NOT NULL,
    parent       BYTEA,
    first_day    BIGINT,
    latest_first BIGINT NOT NULL, -- the last day with a minus, 0 where there is none: the order of lists
    body         BYTEA NOT NULL
);
CREATE INDEX stories_time ON stories (latest_first, story, first_day);
CREATE INDEX stories_parent ON stories (parent, latest_first, story) WHERE parent IS NOT NULL;

CREATE TABLE story_articles (
    story   BYTEA NOT NULL,
    article BYTEA NOT NULL,
    PRIMARY KEY (story, article)
);
CREATE INDEX story_articles_article ON story_articles (article, story);

-- Whom a story is about; `through`: the entity of the record that this one is, or that rolls up to it.
CREATE TABLE story_entities (
    story        BYTEA NOT NULL,
    entity       TEXT COLLATE "C" NOT NULL,
    through      TEXT COLLATE "C" NOT NULL,
    latest_first BIGINT NOT NULL,
    PRIMARY KEY (story, entity, through)
);
CREATE INDEX story_entities_entity ON story_entities (entity, latest_first, story);

CREATE TABLE clusters (
    cluster    BYTEA PRIMARY KEY,
    hash       BIGINT NOT NULL,
    event_type TEXT COLLATE "C" NOT NULL,
    mode       TEXT COLLATE "C",
    standing   TEXT COLLATE "C" NOT NULL,
    earliest   BIGINT NOT NULL, -- 99999999: open, here and below
    latest     BIGINT NOT NULL,
    reports    BIGINT NOT NULL,
    body       BYTEA NOT NULL
);
-- Lists walk these in their order, and counts read them alone.
CREATE INDEX clusters_time ON clusters (earliest, cluster, latest, standing, event_type, mode, reports);
CREATE INDEX clusters_type_time ON clusters (event_type, earliest, cluster, latest, standing, mode, reports);

-- Who has a part in an event; `through` as above.
CREATE TABLE cluster_participants (
    cluster  BYTEA NOT NULL,
    role     TEXT COLLATE "C" NOT NULL, -- actor, recipient, place
    entity   TEXT COLLATE "C" NOT NULL,
    through  TEXT COLLATE "C" NOT NULL,
    earliest BIGINT NOT NULL, -- those of the event
    latest   BIGINT NOT NULL,
    PRIMARY KEY (cluster, role, entity, through)
);
-- A range of days passes over what is outside of it in this index alone.
CREATE INDEX cluster_participants_entity ON cluster_participants (entity, earliest, cluster, role, latest, through);

CREATE TABLE cluster_members (
    cluster BYTEA NOT NULL,
    event   BYTEA NOT NULL,
    article BYTEA NOT NULL,
    PRIMARY KEY (cluster, event)
);
CREATE INDEX cluster_members_event ON cluster_members (event, cluster);
CREATE INDEX cluster_members_article ON cluster_members (article, cluster);

CREATE TABLE conflicts (
    conflict BYTEA PRIMARY KEY,
    hash     BIGINT NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL,
    cluster  BYTEA NOT NULL,
    body     BYTEA NOT NULL
);
CREATE INDEX conflicts_cluster ON conflicts (cluster, kind, conflict);

-- What ids that are no more stand for; that may be no more either, and so on.
CREATE TABLE superseded (
    kind   TEXT COLLATE "C" NOT NULL, -- article, story, cluster, conflict
    old_id BYTEA NOT NULL,
    new_id BYTEA NOT NULL,
    PRIMARY KEY (kind, old_id)
);

-- What each transaction of the linker changed: versions have no gaps. A record that is not there any more was removed.
CREATE TABLE change_log (
    version BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    id      BYTEA NOT NULL,
    PRIMARY KEY (version, ordinal)
);

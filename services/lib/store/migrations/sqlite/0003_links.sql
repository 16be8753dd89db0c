-- What linking needs of each analysed article, as its worker made it.
CREATE TABLE digests (
    article      BLOB PRIMARY KEY,
    content_hash BLOB NOT NULL,
    body         BLOB NOT NULL
) STRICT;

-- Articles whose analysis came, changed or went since they were linked. A new mark is written each time.
CREATE TABLE to_link (
    article BLOB PRIMARY KEY,
    mark    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- What was analysed before there were digests.
INSERT INTO to_link (article, mark) SELECT article, article FROM articles WHERE state = 'analysed';

-- One row: who links. The beat counts the signs of life under an epoch; no time is kept.
CREATE TABLE link_lease (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    holder BLOB,
    epoch  INTEGER NOT NULL,
    beat   INTEGER NOT NULL,
    ttl    INTEGER NOT NULL -- milliseconds that may pass between two beats
) STRICT;
INSERT INTO link_lease (one, holder, epoch, beat, ttl) VALUES (1, NULL, 0, 0, 0);

-- One row: how far linking is.
CREATE TABLE graph_state (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    graph_version INTEGER NOT NULL,
    log_version   INTEGER NOT NULL, -- the last one
    log_floor     INTEGER NOT NULL  -- the one before the first that the log still has
) STRICT;
INSERT INTO graph_state (one, graph_version, log_version, log_floor) VALUES (1, 0, 0, 0);

-- The records of linking are JSON, compressed with zstd. Their hash says whether there is anything to write.

CREATE TABLE article_links (
    article BLOB PRIMARY KEY,
    hash    INTEGER NOT NULL,
    body    BLOB NOT NULL
) STRICT;

CREATE TABLE stories (
    story        BLOB PRIMARY KEY,
    hash         INTEGER NOT NULL,
    parent       BLOB,
    first_day    INTEGER,
    latest_first INTEGER NOT NULL, -- the last day with a minus, 0 where there is none: the order of lists
    body         BLOB NOT NULL
) STRICT;
CREATE INDEX stories_time ON stories (latest_first, story, first_day);
CREATE INDEX stories_parent ON stories (parent, latest_first, story) WHERE parent IS NOT NULL;

CREATE TABLE story_articles (
    story   BLOB NOT NULL,
    article BLOB NOT NULL,
    PRIMARY KEY (story, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_articles_article ON story_articles (article, story);

-- Whom a story is about; `through`: the entity of the record that this one is, or that rolls up to it.
CREATE TABLE story_entities (
    story        BLOB NOT NULL,
    entity       TEXT NOT NULL,
    through      TEXT NOT NULL,
    latest_first INTEGER NOT NULL,
    PRIMARY KEY (story, entity, through)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_entities_entity ON story_entities (entity, latest_first, story);

CREATE TABLE clusters (
    cluster    BLOB PRIMARY KEY,
    hash       INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    mode       TEXT,
    standing   TEXT NOT NULL,
    earliest   INTEGER NOT NULL, -- 99999999: open, here and below
    latest     INTEGER NOT NULL,
    reports    INTEGER NOT NULL,
    body       BLOB NOT NULL
) STRICT;
-- Lists walk these in their order, and counts read them alone.
CREATE INDEX clusters_time ON clusters (earliest, cluster, latest, standing, event_type, mode, reports);
CREATE INDEX clusters_type_time ON clusters (event_type, earliest, cluster, latest, standing, mode, reports);

-- Who has a part in an event; `through` as above.
CREATE TABLE cluster_participants (
    cluster  BLOB NOT NULL,
    role     TEXT NOT NULL, -- actor, recipient, place
    entity   TEXT NOT NULL,
    through  TEXT NOT NULL,
    earliest INTEGER NOT NULL, -- those of the event
    latest   INTEGER NOT NULL,
    PRIMARY KEY (cluster, role, entity, through)
) STRICT, WITHOUT ROWID;
-- A range of days passes over what is outside of it in this index alone.
CREATE INDEX cluster_participants_entity ON cluster_participants (entity, earliest, cluster, role, latest, through);

CREATE TABLE cluster_members (
    cluster BLOB NOT NULL,
    event   BLOB NOT NULL,
    article BLOB NOT NULL,
    PRIMARY KEY (cluster, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX cluster_members_event ON cluster_members (event, cluster);
CREATE INDEX cluster_members_article ON cluster_members (article, cluster);

CREATE TABLE conflicts (
    conflict BLOB PRIMARY KEY,
    hash     INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    cluster  BLOB NOT NULL,
    body     BLOB NOT NULL
) STRICT;
CREATE INDEX conflicts_cluster ON conflicts (cluster, kind, conflict);

-- What ids that are no more stand for; that may be no more either, and so on.
CREATE TABLE superseded (
    kind   TEXT NOT NULL, -- article, story, cluster, conflict
    old_id BLOB NOT NULL,
    new_id BLOB NOT NULL,
    PRIMARY KEY (kind, old_id)
) STRICT, WITHOUT ROWID;

-- What each transaction of the linker changed: versions have no gaps. A record that is not there any more was removed.
CREATE TABLE change_log (
    version INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    id      BLOB NOT NULL,
    PRIMARY KEY (version, ordinal)
) STRICT, WITHOUT ROWID;

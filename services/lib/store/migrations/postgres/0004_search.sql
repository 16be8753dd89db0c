-- What articles are found by. `place` puts them in the order of lists: latest day first, undated ones last, then by id. `parts` are
-- the ranges of bytes that are the article's own text; `words` are its light stems in order, and marks of those in the title
-- (t=), of those that it is about (c=), and of its outlet (o=).
CREATE TABLE search_documents (
    place   BIGINT NOT NULL,
    article BYTEA PRIMARY KEY,
    parts   TEXT COLLATE "C" NOT NULL,
    words   TSVECTOR NOT NULL
);
CREATE INDEX search_documents_place ON search_documents (place, article);
-- A search reads what has not been put in its place yet as a list: that is kept short.
CREATE INDEX search_documents_words ON search_documents USING gin (words) WITH (gin_pending_list_limit = 256);

-- Words of the names of entities that no knowledge has: folded, without the article, with their consonants.
CREATE TABLE entity_words (
    article  BYTEA NOT NULL,
    entity   TEXT COLLATE "C" NOT NULL,
    word     TEXT COLLATE "C" NOT NULL,
    skeleton TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL, -- the whole name, folded
    PRIMARY KEY (article, entity, name, word)
);
CREATE INDEX entity_words_word ON entity_words (word, entity, name);
CREATE INDEX entity_words_skeleton ON entity_words (skeleton, entity, name);

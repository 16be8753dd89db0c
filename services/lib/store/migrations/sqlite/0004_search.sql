-- What articles are found by. `place` puts them in the order of lists: latest day first, undated ones last, then by id. `parts` are
-- the ranges of bytes that are the article's own text; `words` are its light stems in order, and marks of those in the title
-- (t=), of those that it is about (c=), and of its outlet (o=).
CREATE TABLE search_documents (
    place   INTEGER PRIMARY KEY,
    article BLOB NOT NULL UNIQUE,
    parts   TEXT NOT NULL,
    words   TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search_words USING fts5(
    words, content = 'search_documents', content_rowid = 'place', tokenize = "ascii tokenchars '='"
);
-- What is deleted is taken out of the index at once, not when its parts are merged one day.
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER search_documents_inserted AFTER INSERT ON search_documents BEGIN
    INSERT INTO search_words (rowid, words) VALUES (new.place, new.words);
END;
CREATE TRIGGER search_documents_deleted AFTER DELETE ON search_documents BEGIN
    INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.place, old.words);
END;

-- Words of the names of entities that no knowledge has: folded, without the article, with their consonants.
CREATE TABLE entity_words (
    article  BLOB NOT NULL,
    entity   TEXT NOT NULL,
    word     TEXT NOT NULL,
    skeleton TEXT NOT NULL,
    name     TEXT NOT NULL, -- the whole name, folded
    PRIMARY KEY (article, entity, name, word)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_words_word ON entity_words (word, entity, name);
CREATE INDEX entity_words_skeleton ON entity_words (skeleton, entity, name);

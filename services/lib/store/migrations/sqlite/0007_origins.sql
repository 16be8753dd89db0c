-- Since when an article waits to be linked, in microseconds since the Unix epoch, and in which trace it was analysed (W3C's traceparent):
-- what metrics and traces show. Null where its analysis went, and in what was written before these columns.
ALTER TABLE to_link ADD COLUMN since INTEGER;
ALTER TABLE to_link ADD COLUMN trace TEXT;

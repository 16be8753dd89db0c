//! IngestService: validate, identify, publish.

//! QueryService: read what was found.

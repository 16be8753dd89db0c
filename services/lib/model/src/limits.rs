//! Sizes that every part of the system agrees on.

/// Longest text of an article, in bytes of UTF-8 (1 MiB).
pub const MAX_TEXT_BYTES: usize = 1 << 20;

/// Largest message on the queue, in bytes of its body (2 MiB): text and HTML must fit together.
pub const MAX_MESSAGE_BYTES: usize = 2 << 20;

/// Largest gRPC message, in bytes (4 MiB).
pub const MAX_GRPC_BYTES: usize = 4 << 20;

/// Longest title, outlet name, external id or URL, in bytes of UTF-8.
pub const MAX_FIELD_BYTES: usize = 4096;

//! The analysis worker: claim, analyse, store, settle.

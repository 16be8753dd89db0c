//! The Arabic language: orthography, tokens, clitics, word forms, numbers, time, and what a search compares.
//!
//! Pure functions over text: no input or output, no state, no panic on any input, time linear in the text length. The
//! crate knows the language and nothing of news; its word lists are the readable tables under `seeds/lexicon`, built
//! into the library. Every [`span::Span`] is a byte range of the text exactly as submitted.
//!
//! ```
//! use jiff::civil::date;
//! use marsad_arabic::{number::quantities_beside, time::times, token::{sentences, tokenize}};
//!
//! let text = "قتل نحو خمسة وعشرين جنديا مساء الثلاثاء، وفق مصدرين.";
//! let tokens = tokenize(text);
//! assert_eq!(sentences(text, &tokens).len(), 1);
//!
//! let times = times(text, &tokens, Some(date(2024, 1, 24)));
//! assert_eq!(times[0].span.slice(text), Some("مساء الثلاثاء"));
//! assert_eq!(times[0].value, "2024-01-23TEV");
//!
//! let quantities = quantities_beside(text, &tokens, &times);
//! assert_eq!((quantities[0].low, quantities[0].unit.as_deref()), (Some(25.0), Some("جندي")));
//! assert_eq!((quantities[1].low, quantities[1].unit.as_deref()), (Some(2.0), Some("مصدر")));
//! ```

pub mod clitics;
pub mod date_line;
mod lexicon;
pub mod morphology;
pub mod number;
mod openers;
pub mod orthography;
pub mod search;
pub mod span;
pub mod time;
pub mod token;
mod view;

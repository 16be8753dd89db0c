//! Numbers: the quantities of a text, in words and digits, with bounds, approximation and counted noun.

pub(crate) mod numeral;
mod quantity;
mod unit;

pub use quantity::{Quantity, quantities, quantities_beside};

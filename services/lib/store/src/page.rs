//! Pages of a list. A cursor names the last item of a page by its place in the list's order, not by a count, so that a
//! list that changes meanwhile neither repeats nor skips what did not change.

use std::ops::RangeInclusive;

use marsad_model::ContentHash;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;
use crate::sql::Value;

/// How many items a page may have.
pub const PAGE_SIZES: RangeInclusive<u32> = 1..=1000;

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    /// The most items to give, within [`PAGE_SIZES`].
    pub size: u32,
    /// The end of the page before this one; `None` for the first page.
    pub after: Option<Cursor>,
}

impl PageRequest {
    /// The first page, of at most `size` items.
    pub fn first(size: u32) -> Self {
        Self { size, after: None }
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Where the next page starts; `None` at the end of the list.
    pub next: Option<Cursor>,
}

/// A place in one list under one filter. Opaque; it is serialised to travel as a page token.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// Says which list and filter it belongs to.
    list: u64,
    /// The sort key of the last item before the place.
    key: Vec<KeyPart>,
}

/// A part of a sort key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum KeyPart {
    /// A number or a day.
    Int(i64),
    /// An entity's id.
    Text(String),
    /// An article's, event's or claim's id.
    Id(Uuid),
}

impl From<&KeyPart> for Value {
    fn from(part: &KeyPart) -> Self {
        match part {
            KeyPart::Int(number) => Value::Int(Some(*number)),
            KeyPart::Text(text) => Value::Text(Some(text.clone())),
            KeyPart::Id(id) => Value::Bytes(Some(id.as_bytes().to_vec())),
        }
    }
}

/// A page request that was checked against the list that it is for.
pub(crate) struct Paging {
    list: u64,
    size: usize,
    /// The key to go on after; of the list's shape.
    pub(crate) after: Option<Vec<Value>>,
}

impl Paging {
    /// Checks `request` for the list called `list` under `filter`, whose sort keys have the shape of `example`.
    pub(crate) fn new(
        request: &PageRequest,
        list: &str,
        filter: &impl Serialize,
        example: &[KeyPart],
    ) -> Result<Self, StoreError> {
        if !PAGE_SIZES.contains(&request.size) {
            let description = format!("{} is outside of {PAGE_SIZES:?}", request.size);
            return Err(StoreError::invalid("page_size", description));
        }
        let filter =
            serde_json::to_string(filter).map_err(|e| StoreError::invalid("filter", e.to_string()))?;
        let [a, b, c, d, e, f, g, h, ..] = ContentHash::of(&[Some(list), Some(&filter)]).0;
        let list = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        let after = match &request.after {
            None => None,
            Some(cursor) => {
                let same_shape = cursor.key.len() == example.len()
                    && std::iter::zip(&cursor.key, example)
                        .all(|(a, b)| std::mem::discriminant(a) == std::mem::discriminant(b));
                // No id holds U+0000, which neither engine is asked for.
                let has_nul = |part: &KeyPart| matches!(part, KeyPart::Text(text) if text.contains('\0'));
                if cursor.list != list || !same_shape || cursor.key.iter().any(has_nul) {
                    return Err(StoreError::BadCursor);
                }
                Some(cursor.key.iter().map(Value::from).collect())
            }
        };
        Ok(Self { list, size: request.size as usize, after })
    }

    /// The place behind an item with that key.
    pub(crate) fn cursor(&self, key: Vec<KeyPart>) -> Cursor {
        Cursor { list: self.list, key }
    }

    /// The most items of the page.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// How many rows to ask for: one more than the page has, which tells whether there is a next page.
    pub(crate) fn limit(&self) -> i64 {
        self.size as i64 + 1
    }

    /// Makes the page of the rows that were found.
    pub(crate) fn page<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> Vec<KeyPart>) -> Page<T> {
        let more = items.len() > self.size;
        items.truncate(self.size);
        let next = items.last().filter(|_| more).map(|last| self.cursor(key(last)));
        Page { items, next }
    }
}

impl<T> Page<T> {
    /// The same page of other items, made from these one by one.
    pub(crate) fn try_map<U>(
        self,
        make: impl FnMut(T) -> Result<U, StoreError>,
    ) -> Result<Page<U>, StoreError> {
        let items = self.items.into_iter().map(make).collect::<Result<_, _>>()?;
        Ok(Page { items, next: self.next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: [KeyPart; 1] = [KeyPart::Int(0)];

    #[test]
    fn a_cursor_belongs_to_its_list_and_filter() {
        let paging = |list, filter: &str, request: &PageRequest| Paging::new(request, list, &filter, &SHAPE);
        let first = paging("events", "a", &PageRequest::first(2)).unwrap();
        let page = first.page(vec![1, 2, 3], |n| vec![KeyPart::Int(*n)]);
        assert_eq!(page.items, [1, 2]);
        let next = PageRequest { size: 5, after: page.next };
        let second = paging("events", "a", &next).unwrap();
        assert_eq!(second.after, Some(vec![Value::Int(Some(2))]));
        assert_eq!(second.page(vec![3], |n| vec![KeyPart::Int(*n)]).next, None);
        assert!(matches!(paging("events", "b", &next), Err(StoreError::BadCursor)));
        assert!(matches!(paging("claims", "a", &next), Err(StoreError::BadCursor)));
        let text = [KeyPart::Text(String::new())];
        assert!(matches!(Paging::new(&next, "events", &"a", &text), Err(StoreError::BadCursor)));
    }

    #[test]
    fn a_cursor_with_nul_belongs_to_no_list() {
        let text = |text: &str| vec![KeyPart::Text(text.to_owned())];
        let first = Paging::new(&PageRequest::first(1), "entities", &(), &text("")).unwrap();
        for (key, good) in [("a", true), ("a\0", false), ("\0", false)] {
            let next = first.page(vec![1, 2], |_| text(key)).next;
            let request = PageRequest { size: 1, after: next };
            let found = Paging::new(&request, "entities", &(), &text("")).map(|paging| paging.after);
            assert_eq!(matches!(found, Ok(Some(_))), good, "{key:?}");
            assert_eq!(matches!(found, Err(StoreError::BadCursor)), !good, "{key:?}");
        }
    }

    #[test]
    fn page_sizes_have_bounds() {
        for (size, good) in [(0, false), (1, true), (1000, true), (1001, false)] {
            assert_eq!(Paging::new(&PageRequest::first(size), "x", &(), &SHAPE).is_ok(), good, "{size}");
        }
    }
}

//! Order at little cost in code. The standard library's sorts become some 5 KB of Wasm for each type of
//! element; here all types share one of them, and pay a move of each element for it.

use std::cmp::Ordering;

/// Puts items in the order of their keys; those with equal keys stay as they were.
pub fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let order = sorted_places(items.len(), &|a, b| key(&items[a]).cmp(&key(&items[b])));
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(order.into_iter().filter_map(|place| taken[place].take()));
}

fn sorted_places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use super::*;

    #[test]
    fn equal_keys_stay_in_order() {
        let mut items = vec!["bb", "a", "cc", "", "d"];
        sort_by_key(&mut items, |item| Reverse(item.len()));
        assert_eq!(items, ["bb", "cc", "a", "d", ""]);
        let mut none: Vec<u8> = Vec::new();
        sort_by_key(&mut none, |item| *item);
        assert!(none.is_empty());
    }
}

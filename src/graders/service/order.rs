//! The order of tracks, and of professions within them.

/// What histories say of everything that gets another place in an order that was typed.
pub(super) const NOTE: &str = "Изменён порядок";

/// Which way to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
}

/// An order that an editor wants of things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The names in addresses of all of them, in the order that the editor saw.
    pub shown: Vec<String>,
    /// The place that was typed beside each, from 1.
    pub places: Vec<usize>,
}

/// What became of an order that was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reordered {
    /// It is stored.
    Stored,
    /// Things stand in it already.
    Unchanged,
    /// The things or their order are not those that the editor saw; nothing is stored.
    Conflict,
}

impl Wanted {
    /// The names in addresses of those beside which another place was typed.
    pub fn moved(&self) -> impl Iterator<Item = &str> {
        let places = self.shown.iter().zip(&self.places).enumerate();
        let moved = places.filter(|(index, (_, place))| **place != index + 1);
        moved.map(|(_, (slug, _))| slug.as_str())
    }

    /// The indexes of things in the order that is wanted. One that gets the place of another comes before it
    /// if it goes towards the beginning, and after it if it goes towards the end.
    fn order(&self) -> Vec<usize> {
        let mut order = (0..self.places.len()).collect::<Vec<_>>();
        order.sort_by_key(|index| {
            let place = self.places[*index];
            (place, place.cmp(&(index + 1)))
        });
        order
    }

    /// The index and the new position of each thing whose position changes; `positions` are the present ones.
    pub(super) fn changes(&self, positions: &[i32]) -> Vec<(usize, i32)> {
        placed(positions, &self.order())
    }
}

/// Moves the item at an index one place; `positions` are those of all items in their order. Returns
/// the index and the new position of each item whose position changes: none if it is the first or
/// the last one already.
pub(super) fn moved(positions: &[i32], index: usize, direction: Direction) -> Vec<(usize, i32)> {
    let to = match direction {
        Direction::Up => index.checked_sub(1),
        Direction::Down => Some(index + 1).filter(|to| *to < positions.len()),
    };
    let Some(to) = to else { return Vec::new() };
    let mut order = (0..positions.len()).collect::<Vec<_>>();
    order.swap(index, to);
    placed(positions, &order)
}

/// Puts items into an order of their indexes.
fn placed(positions: &[i32], order: &[usize]) -> Vec<(usize, i32)> {
    let mut last = i32::MIN;
    let mut changed = Vec::new();
    for (item, position) in order.iter().zip(positions) {
        // Two items may have had one position.
        last = (*position).max(last.saturating_add(1));
        if positions[*item] != last {
            changed.push((*item, last));
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_place_is_the_place_that_a_thing_gets() {
        let order = |places: &[usize]| {
            let shown = places.iter().map(ToString::to_string).collect();
            Wanted { shown, places: places.to_vec() }.order()
        };
        assert_eq!(order(&[1, 2, 3, 4]), [0, 1, 2, 3]);
        // The third becomes the first; the first becomes the third; two change places.
        assert_eq!(order(&[1, 2, 1, 4]), [2, 0, 1, 3]);
        assert_eq!(order(&[3, 2, 3, 4]), [1, 2, 0, 3]);
        assert_eq!(order(&[2, 1, 3, 4]), [1, 0, 2, 3]);
        // Behind the last place, and all anew.
        assert_eq!(order(&[1, 9, 3, 4]), [0, 2, 3, 1]);
        assert_eq!(order(&[4, 3, 2, 1]), [3, 2, 1, 0]);
    }

    #[test]
    fn only_the_two_that_change_places_get_other_positions() {
        assert_eq!(moved(&[1, 4, 7], 2, Direction::Up), [(2, 4), (1, 7)]);
        assert_eq!(moved(&[1, 4, 7], 0, Direction::Down), [(1, 1), (0, 4)]);
        assert_eq!(moved(&[1, 4, 7], 0, Direction::Up), []);
        assert_eq!(moved(&[1, 4, 7], 2, Direction::Down), []);
        // Positions that two items share are told apart.
        assert_eq!(moved(&[2, 2, 5], 1, Direction::Up), [(0, 3)]);
        assert_eq!(moved(&[2, 2, 3], 0, Direction::Down), [(0, 3), (2, 4)]);
    }
}

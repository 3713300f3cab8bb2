//! The order of tracks, and of professions within them.

/// Which way to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
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
    let mut last = i32::MIN;
    let mut changed = Vec::new();
    for (item, position) in order.into_iter().zip(positions) {
        // Two items may have had one position.
        last = (*position).max(last.saturating_add(1));
        if positions[item] != last {
            changed.push((item, last));
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

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

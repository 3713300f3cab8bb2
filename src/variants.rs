//! All variants of an enum as an array, where a slice has too little of a type.

/// The variants that `strum::VariantArray` lists, as a constant of their number.
///
/// # Panics
///
/// While compiling, if there are not `N` of them.
#[must_use]
pub const fn all<T: Copy, const N: usize>(variants: &[T]) -> [T; N] {
    match variants.as_array() {
        Some(all) => *all,
        None => panic!("N is the number of variants"),
    }
}

//! Addresses of releases.

use super::{encoded, with_query};

/// Every release.
pub const fn releases() -> &'static str {
    "/releases"
}

/// A release.
pub fn release(name: &str) -> String {
    format!("/releases/{}", encoded(name))
}

/// What differs between a release and another one, or the present where `with` is [`NOW`].
pub fn release_comparison(name: &str, with: Option<&str>) -> String {
    with_query(&format!("{}/compare", release(name)), [("with", with)])
}

/// Stands for the present state in the place of another release.
pub const NOW: &str = "now";

//! What the program knows of the site it serves.

use super::Proxies;

/// Where visitors find the site.
#[derive(Clone, Debug)]
pub struct Site {
    /// Scheme, host and port that visitors see, without a slash at the end.
    pub public_url: String,
    /// Which proxies in front tell who the visitors are.
    pub proxies: Proxies,
}

impl Site {
    /// The full address of a path on this site.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// Whether visitors reach the site over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

//! What the program knows of the site it serves.

use super::Proxies;

/// Where visitors find the site.
#[derive(Clone, Debug)]
pub struct Site {
    /// Scheme, host and port that visitors see, without a slash at the end; `None` if nobody has said and
    /// the address listened on does not tell. What a request names as its host is anybody's invention.
    pub public_url: Option<String>,
    /// The same as seen from this machine.
    pub local_url: String,
    /// Which proxies in front tell who the visitors are.
    pub proxies: Proxies,
}

impl Site {
    /// The full address of a path on this site, if it is known where visitors find it.
    #[must_use]
    pub fn address(&self, path: &str) -> Option<String> {
        Some(format!("{}{path}", self.public_url.as_ref()?))
    }

    /// Where visitors find the site or, if that is not known, where it is found from this machine.
    #[must_use]
    pub fn url(&self) -> &str {
        self.public_url.as_ref().unwrap_or(&self.local_url)
    }

    /// Whether visitors reach the site over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}

//! The link by which an editor sets a password, as the owner who makes it sees it once.

use secrecy::ExposeSecret as _;

use chrono::NaiveDateTime;

use crate::editors::service::NewInvitation;
use crate::paths::admin;
use crate::web::Site;

/// A link to be handed on.
pub(super) struct Link {
    /// Whose password it sets.
    pub login: String,
    /// The whole address.
    pub address: String,
    /// Until when it works, in UTC.
    pub until: NaiveDateTime,
    /// Whether visitors find the site at the beginning of the address.
    pub is_public: bool,
}

impl Link {
    pub(super) fn new(site: &Site, invitation: &NewInvitation) -> Self {
        let path = admin::invitation(invitation.token.expose_secret());
        Self {
            login: invitation.login.clone(),
            address: format!("{}{path}", site.url()),
            until: invitation.until,
            is_public: site.public_url.is_some(),
        }
    }
}

//! What is to be decided: proposals of others, and one's own.

use std::collections::HashSet;

use crate::auth::Publishing;
use crate::db::Database;
use crate::editors::service::Editor;
use crate::graders::service::proposals::ListedProposal;
use crate::graders::service::{ServiceError, proposals};

/// What is to be decided.
pub(super) struct WorkList {
    /// The proposals that the editor can publish, the oldest first.
    pub to_publish: Vec<ListedProposal>,
    /// The editor's own that wait for others or were returned, the oldest first.
    pub own: Vec<ListedProposal>,
}

impl WorkList {
    /// Reads them; `slugs` are the professions that the editor may change.
    pub fn read(
        database: &Database,
        publishing: Publishing,
        editor: &Editor,
        slugs: &HashSet<String>,
    ) -> Result<Self, ServiceError> {
        let open = proposals::open(database)?.into_iter();
        let (own, others) =
            open.partition::<Vec<_>, _>(|listed| listed.proposal.author == editor.login);
        let may_publish = |listed: &ListedProposal| {
            listed.proposal.state == proposals::State::Waiting
                && publishing.allows_of(editor, &listed.proposal.author)
                && slugs.contains(&listed.slug)
        };
        Ok(Self { to_publish: others.into_iter().filter(may_publish).collect(), own })
    }
}

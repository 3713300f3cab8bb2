//! What is to be done: proposals to decide on, drafts, and ladders that are not wholly described.

use crate::auth::Publishing;
use crate::db::Database;
use crate::editors::service::Editor;
use crate::graders::service::professions::ProfessionAddress;
use crate::graders::service::proposals::ListedProposal;
use crate::graders::service::{ServiceError, professions, proposals};

/// So many ladders are named; the others are counted.
const MOST_LADDERS: usize = 40;

/// What is to be done.
pub(super) struct WorkList {
    /// The proposals that the editor can publish, the oldest first.
    pub to_publish: Vec<ListedProposal>,
    /// The editor's own that wait for others or were returned, the oldest first.
    pub own: Vec<ListedProposal>,
    /// The drafts, in the order of the catalogue.
    pub drafts: Vec<ProfessionAddress>,
    /// The first published professions with grades that are not described, in the order of the catalogue.
    pub undescribed: Vec<ProfessionAddress>,
    /// How many of these there are.
    pub undescribed_count: usize,
}

impl WorkList {
    pub fn read(
        database: &Database,
        publishing: Publishing,
        editor: &Editor,
    ) -> Result<Self, ServiceError> {
        let open = proposals::open(database)?.into_iter();
        let (own, others) =
            open.partition::<Vec<_>, _>(|listed| listed.proposal.author == editor.login);
        let all = professions::addresses(database)?.into_iter();
        let (drafts, published) = all.partition::<Vec<_>, _>(|profession| profession.is_draft);
        let is_undescribed =
            |profession: &ProfessionAddress| profession.described.len() < profession.levels.len();
        let mut undescribed = published;
        undescribed.retain(is_undescribed);
        let undescribed_count = undescribed.len();
        undescribed.truncate(MOST_LADDERS);
        let may_publish = |listed: &ListedProposal| {
            listed.proposal.state == proposals::State::Waiting
                && publishing.allows_of(editor, &listed.proposal.author)
        };
        Ok(Self {
            to_publish: others.into_iter().filter(may_publish).collect(),
            own,
            drafts,
            undescribed,
            undescribed_count,
        })
    }
}

//! Who may publish changes of grades: owners, and editors alone or together with somebody else, as a setting says.

use crate::editors::service::{Editor, Role};
use crate::error::AppError;

/// Whether an editor publishes alone.
#[derive(Clone, Copy, Debug)]
pub struct Publishing {
    /// Otherwise editors propose, and somebody else publishes.
    pub is_alone: bool,
}

impl Publishing {
    /// Whether an editor may publish what nobody else has looked at.
    #[must_use]
    pub fn allows(self, editor: &Editor) -> bool {
        self.is_alone || editor.role == Role::Owner
    }

    /// Whether an editor may publish a proposal of an author.
    #[must_use]
    pub fn allows_of(self, editor: &Editor, author: &str) -> bool {
        self.allows(editor) || editor.login != author
    }

    /// Lets nobody past but those who may publish what nobody else has looked at.
    ///
    /// # Errors
    ///
    /// [`AppError::ReviewNeeded`].
    pub fn must_allow(self, editor: &Editor) -> Result<(), AppError> {
        if self.allows(editor) { Ok(()) } else { Err(AppError::ReviewNeeded) }
    }
}

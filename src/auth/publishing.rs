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

    /// What somebody with a role may do, in sentences.
    #[must_use]
    pub const fn says_of(self, role: Role) -> &'static str {
        match role {
            Role::Editor if self.is_alone => {
                "Правит и публикует грейды, ведёт профессии, направления и словарь навыков, загружает файлы, \
                 удаляет в корзину и возвращает из неё."
            }
            Role::Editor => {
                "Предлагает правки грейдов и публикует предложения других, новые профессии создаёт черновиками. \
                 Ведёт направления и словарь навыков, удаляет в корзину и возвращает из неё."
            }
            Role::Owner => {
                "Может всё, что редактор, и публикует без проверки. Ведёт правила, шкалы уровней, выпуски, ключи \
                 API, редакторов и журнал, загрузкой может заменить весь каталог."
            }
        }
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

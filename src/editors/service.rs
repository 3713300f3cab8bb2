//! Every operation on accounts and sessions.

mod accounts;
mod browsers;
mod invitations;
mod naming;
mod reach;
mod sessions;

use strum::{EnumString, IntoStaticStr, VariantArray};

pub(super) use self::accounts::lock_as_owner;
pub use self::accounts::{
    Account, account, accounts, any_exists, change_role, create, create_first, disable, enable,
    end_sessions_of, names, rename, rename_self,
};
pub use self::browsers::{CookieKey, Device, is_setup_token, setup_token};
pub use self::invitations::{
    INVITATION_DAYS, Invited, NewInvitation, accept_invitation, invite, invited, renew_invitation,
    reset_password, withdraw_invitation,
};
pub use self::reach::{TrackChoice, limit, reach, reaches_profession, track_choices};
pub use self::sessions::{
    NewSession, SESSION_LIFETIME, Session, change_own_password, end_all_sessions, end_session,
    form_token, last_visit_at, sessions, sign_in, sign_out, signed_in,
};
use super::models::EditorRow;
pub use super::password::WeakPassword;
use crate::db;
use crate::error::{AppError, Missing};
use crate::fields::Fields;
use crate::paths;
use crate::variants;

/// What an editor may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Role {
    /// May change texts.
    Editor,
    /// May change texts and manage editors.
    Owner,
}

/// A person who may change the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    /// The name to sign in with; the author of revisions.
    pub login: String,
    /// What the editor is called beside it; empty if by the login alone.
    pub name: String,
    /// What the editor may do.
    pub role: Role,
}

/// The browser that sent a request.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// The network address the request came from.
    pub address: String,
    /// The network that is taken for one client: the address itself, of IPv6 the first 64 bits.
    pub network: String,
    /// The header `User-Agent`; may be empty.
    pub user_agent: String,
}

/// A reason to refuse a form or a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// The login does not have 2 to 40 characters, or has other characters than letters, digits,
    /// dots, hyphens and underscores.
    #[error("a login has 2 to 40 letters, digits, dots, hyphens and underscores")]
    InvalidLogin,
    /// Another account has this login.
    #[error("the login is taken")]
    LoginTaken,
    /// The new password is too weak or too long.
    #[error(transparent)]
    WeakPassword(#[from] WeakPassword),
    /// The current password is wrong.
    #[error("wrong password")]
    WrongPassword,
    /// A new password was typed in two ways.
    #[error("the passwords differ")]
    PasswordsDiffer,
    /// The editor has set a password, so no link is needed.
    #[error("the editor has a password")]
    PasswordSet,
    /// What an editor is called has more than one line or too many characters.
    #[error("a name is one line of at most 60 characters")]
    InvalidName,
    /// No owner who can sign in would be left.
    #[error("the last owner can be neither disabled nor made an editor")]
    LastOwner,
    /// The name of a token is empty, too long or contains control characters.
    #[error("the name of a token has 1 to 60 characters, none of them a control character")]
    InvalidTokenName,
    /// Another token has this name; a revoked one counts too.
    #[error("the name is taken by another token")]
    TokenNameTaken,
}

/// Why an operation on an account, session or token failed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// All reasons why the form was refused.
    #[error("{}", joined(.0))]
    Refused(Vec<Objection>),
    /// Login or password is wrong, or the account is disabled; it is deliberately not said which.
    #[error("wrong login or password")]
    WrongCredentials,
    /// The first account can't be created: there is an editor already.
    #[error("there is an editor already")]
    NotFirst,
    /// Only an owner may do this.
    #[error("only an owner may do this")]
    NotOwner,
    /// No account has this number.
    #[error("no such editor")]
    NoSuchEditor,
    /// Nobody was given such a link.
    #[error("no such link")]
    NoSuchInvitation,
    /// The link was used.
    #[error("the link was used")]
    InvitationUsed,
    /// The link was taken back, or there is a newer one.
    #[error("the link was taken back")]
    InvitationWithdrawn,
    /// The link was valid for some days, which are over.
    #[error("the link has expired")]
    InvitationExpired,
    /// The account is disabled, so nobody can be let in to it.
    #[error("the account is disabled")]
    Disabled,
    /// No token has this number.
    #[error("no such token")]
    NoSuchToken,
    /// The session of the request has ended.
    #[error("the session is over")]
    SessionOver,
    /// No connection was free in time, or the database does not answer.
    #[error("no connection to the database: {0}")]
    Unavailable(#[from] r2d2::Error),
    /// The database refused a query.
    #[error("query failed: {0}")]
    Query(#[from] diesel::result::Error),
    /// The system provides no random numbers, or the password could not be hashed.
    #[error("no secret could be made: {0}")]
    NoSecret(String),
}

fn joined(objections: &[Objection]) -> String {
    objections.iter().map(Objection::to_string).collect::<Vec<_>>().join("; ")
}

impl From<argon2::password_hash::Error> for AccountError {
    fn from(error: argon2::password_hash::Error) -> Self {
        Self::NoSecret(error.to_string())
    }
}

impl From<getrandom::Error> for AccountError {
    fn from(error: getrandom::Error) -> Self {
        Self::NoSecret(error.to_string())
    }
}

impl From<Objection> for AccountError {
    fn from(objection: Objection) -> Self {
        Self::Refused(vec![objection])
    }
}

impl From<AccountError> for AppError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::NotOwner => Self::OwnersOnly,
            AccountError::NoSuchEditor => Self::NotFound(Missing {
                sentence: "Такого редактора нет.".into(),
                way_on: paths::admin::editors().into(),
                way_on_title: "Все редакторы".into(),
            }),
            AccountError::NoSuchInvitation => {
                invitation_over("Такой ссылки нет. Проверьте, что адрес скопирован целиком.")
            }
            AccountError::InvitationUsed => {
                invitation_over("По этой ссылке пароль уже задан. Войдите с ним.")
            }
            AccountError::InvitationWithdrawn => invitation_over(
                "Эта ссылка больше не действует: её отозвали или заменили новой. Попросите у владельца новую.",
            ),
            AccountError::InvitationExpired => {
                invitation_over("Срок этой ссылки истёк. Попросите у владельца новую.")
            }
            AccountError::Disabled => Self::BadRequest("Редактор отключён. Сначала включите его."),
            AccountError::NoSuchToken => Self::NotFound(Missing {
                sentence: "Такого ключа нет.".into(),
                way_on: paths::admin::tokens().into(),
                way_on_title: "Все ключи".into(),
            }),
            AccountError::SessionOver => {
                Self::SignedOut { to: paths::admin::overview().into(), typed: Fields::default() }
            }
            AccountError::Unavailable(_) => Self::Unavailable(error.into()),
            AccountError::Query(ref query) if db::is_transient(query) => {
                Self::Unavailable(error.into())
            }
            // Forms catch the others and show them beside their fields.
            _ => Self::Internal(error.into()),
        }
    }
}

/// What is said of a link that sets no password any more.
fn invitation_over(sentence: &str) -> AppError {
    AppError::NotFound(Missing {
        sentence: sentence.into(),
        way_on: paths::admin::sign_in().into(),
        way_on_title: "Войти".into(),
    })
}

impl Role {
    /// All roles.
    pub const ALL: [Self; Self::VARIANTS.len()] = variants::all(Self::VARIANTS);

    /// The name in the database and in forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The name on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Owner => "владелец",
            Self::Editor => "редактор",
        }
    }

    /// The name at the beginning of a line.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Owner => "Владелец",
            Self::Editor => "Редактор",
        }
    }

    /// The role with this [`Self::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// The role in a row; a check constraint allows no other name.
    fn of(row: &EditorRow) -> Self {
        Self::from_name(&row.role).unwrap_or(Self::Editor)
    }
}

impl From<EditorRow> for Editor {
    fn from(row: EditorRow) -> Self {
        Self { role: Role::of(&row), login: row.login, name: row.display_name }
    }
}

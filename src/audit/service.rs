//! Every operation on the audit log.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::QueryResult;
use strum::{EnumString, IntoStaticStr};

use super::models::{self, Conditions, EntryRow, NewEntry};
use crate::db::{self, Database, DbConnection};
use crate::error::AppError;

/// How long an entry stands for what happens again, from its first time on.
const SUMMED_UP_FOR: TimeDelta = TimeDelta::hours(1);

/// Who acts, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The login or the name of a program; empty for an unknown visitor and for the command line.
    pub login: String,
    /// The network address the request came from; empty for the command line.
    pub address: String,
}

/// What was done. The database stores the names of the variants in kebab case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    /// Somebody signed in.
    SignIn,
    /// A sign-in, or a change of one's password, failed because of a wrong password or login.
    FailedSignIn,
    /// Somebody signed out.
    SignOut,
    /// Somebody ended another session of their own.
    EndSession,
    /// All sessions of an account were ended.
    EndAllSessions,
    /// An account was created.
    AddEditor,
    /// A link was made by which an editor sets a password.
    MakeInvitation,
    /// Such a link was taken back.
    WithdrawInvitation,
    /// An editor set a password by such a link.
    AcceptInvitation,
    /// What an editor is called was changed.
    ChangeName,
    /// An account was disabled.
    DisableEditor,
    /// A disabled account was enabled.
    EnableEditor,
    /// The password of an account was changed.
    ChangePassword,
    /// The password of an account was taken away.
    ResetPassword,
    /// The role of an account was changed.
    ChangeRole,
    /// An editor was limited to other tracks, or to none.
    LimitEditor,
    /// A description was saved.
    Save,
    /// A description was proposed.
    Propose,
    /// A proposed description was published.
    PublishProposal,
    /// A proposed description was returned to its author.
    ReturnProposal,
    /// The author of a proposed description took it back.
    WithdrawProposal,
    /// A description was taken away.
    ClearDescription,
    /// A profession was made, or came back.
    AddProfession,
    /// A profession or its list of grades was changed.
    ChangeProfession,
    /// A profession was removed.
    RemoveProfession,
    /// A track was made, or came back.
    AddTrack,
    /// A track was changed.
    ChangeTrack,
    /// A track was removed.
    RemoveTrack,
    /// A skill was made, or came back.
    AddSkill,
    /// A skill was changed.
    ChangeSkill,
    /// A skill was removed.
    RemoveSkill,
    /// The rules were changed.
    ChangeRules,
    /// A scale of levels was made, or came back.
    AddScale,
    /// A scale of levels was changed.
    ChangeScale,
    /// A scale of levels was removed.
    RemoveScale,
    /// A state of the catalogue was named.
    NameRelease,
    /// An editor said what a saved change does to the demands.
    CorrectEffect,
    /// A finding of the ladder check was dismissed.
    DismissFinding,
    /// A dismissed finding was returned to the list.
    ReturnFinding,
    /// Ladders were brought in from files.
    Import,
    /// A token for a program was created.
    AddToken,
    /// A token was revoked.
    RevokeToken,
    /// A program sent a request with a token.
    UseToken,
}

/// One entry of the log.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// The login or the name of the program; empty for an unknown visitor and for the command line.
    pub login: String,
    /// What was done; `None` if a newer version of the site wrote an action unknown to this one.
    pub action: Option<Action>,
    /// What was done, in words for pages.
    pub words: String,
    /// The object: a profession, a track, a skill or a scale by its name in addresses, a grade as
    /// `front-end/middle`, a login, the name of a token or of a release, the number of a saved change, or for
    /// the use of a token the request as `GET /api/v1/professions`; may be empty.
    pub object: String,
    /// Further details; may be empty.
    pub detail: String,
    /// The network address of the request.
    pub address: String,
    /// How often it happened.
    pub times: usize,
    /// When it happened for the last time, in UTC, if more than once.
    pub last_at: Option<NaiveDateTime>,
    id: i32,
}

/// Which entries to show; an empty field is no condition.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Entries of this login.
    pub login: String,
    /// Entries on one of these objects or, if it is a profession, on any of its grades.
    pub objects: Vec<String>,
    /// From this moment on, in UTC.
    pub since: Option<NaiveDateTime>,
    /// Before this moment, in UTC.
    pub until: Option<NaiveDateTime>,
    /// The cursor: only entries older than the one with this number.
    pub before: Option<i32>,
}

/// A page of entries, the newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Entry>,
    /// [`Filter::before`] of the next page, if there are older entries.
    pub older: Option<i32>,
}

/// Why the log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// No connection was free in time, or the database does not answer.
    #[error("no connection to the database: {0}")]
    Unavailable(#[from] r2d2::Error),
    /// The database refused a query.
    #[error("query failed: {0}")]
    Query(#[from] diesel::result::Error),
}

impl From<LogError> for AppError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Unavailable(_) => Self::Unavailable(error.into()),
            LogError::Query(ref query) if db::is_transient(query) => {
                Self::Unavailable(error.into())
            }
            LogError::Query(_) => Self::Internal(error.into()),
        }
    }
}

impl Action {
    /// The name on pages.
    const fn label(self) -> &'static str {
        match self {
            Self::SignIn => "Вход",
            Self::FailedSignIn => "Неудачный вход",
            Self::SignOut => "Выход",
            Self::EndSession => "Сеанс завершён",
            Self::EndAllSessions => "Все сеансы завершены",
            Self::AddEditor => "Редактор добавлен",
            Self::MakeInvitation => "Ссылка для пароля создана",
            Self::WithdrawInvitation => "Ссылка для пароля отозвана",
            Self::AcceptInvitation => "Пароль задан по ссылке",
            Self::ChangeName => "Имя сменено",
            Self::DisableEditor => "Редактор отключён",
            Self::EnableEditor => "Редактор включён",
            Self::ChangePassword => "Пароль сменён",
            Self::ResetPassword => "Пароль сброшен",
            Self::ChangeRole => "Роль сменена",
            Self::LimitEditor => "Направления редактора изменены",
            Self::Save => "Описание сохранено",
            Self::Propose => "Правка предложена",
            Self::PublishProposal => "Предложение опубликовано",
            Self::ReturnProposal => "Предложение возвращено",
            Self::WithdrawProposal => "Предложение отозвано",
            Self::ClearDescription => "Описание убрано",
            Self::AddProfession => "Профессия добавлена",
            Self::ChangeProfession => "Профессия изменена",
            Self::RemoveProfession => "Профессия удалена",
            Self::AddTrack => "Направление добавлено",
            Self::ChangeTrack => "Направление изменено",
            Self::RemoveTrack => "Направление удалено",
            Self::AddSkill => "Навык добавлен",
            Self::ChangeSkill => "Навык изменён",
            Self::RemoveSkill => "Навык удалён",
            Self::ChangeRules => "Правила изменены",
            Self::AddScale => "Шкала уровней добавлена",
            Self::ChangeScale => "Шкала уровней изменена",
            Self::RemoveScale => "Шкала уровней удалена",
            Self::NameRelease => "Выпуск назван",
            Self::CorrectEffect => "Оценка правки изменена",
            Self::DismissFinding => "Замечание скрыто",
            Self::ReturnFinding => "Замечание возвращено",
            Self::Import => "Загружено из файла",
            Self::AddToken => "Ключ API создан",
            Self::RevokeToken => "Ключ API отозван",
            Self::UseToken => "Ключ API использован",
        }
    }
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        let action = row.action.parse::<Action>().ok();
        Self {
            at: row.at,
            login: row.login,
            action,
            words: action.map_or(row.action, |action| action.label().to_owned()),
            object: row.object,
            detail: row.detail,
            address: row.address,
            times: usize::try_from(row.times).unwrap_or_default(),
            last_at: row.last_at,
            id: row.entry_id,
        }
    }
}

/// Writes an entry, in the transaction of what it tells of. A password or a token has no place in
/// it.
///
/// # Errors
///
/// If the database refuses.
pub fn record(
    connection: &mut DbConnection,
    by: &Actor,
    action: Action,
    object: &str,
    detail: &str,
) -> QueryResult<()> {
    models::insert(connection, &NewEntry::new(by, action, object, detail))
}

/// Writes an entry as [`record`] does, or counts to the one that tells the same of the same actor in the
/// last hour: what anybody can make happen does not fill the log.
///
/// # Errors
///
/// If the database refuses.
pub fn sum_up(
    connection: &mut DbConnection,
    by: &Actor,
    action: Action,
    detail: &str,
) -> QueryResult<()> {
    let new = NewEntry::new(by, action, "", detail);
    if models::count_to_entry(connection, &new, new.at - SUMMED_UP_FOR)? {
        return Ok(());
    }
    models::insert(connection, &new)
}

impl<'a> NewEntry<'a> {
    fn new(by: &'a Actor, action: Action, object: &'a str, detail: &'a str) -> Self {
        let (login, address) = (by.login.as_str(), by.address.as_str());
        Self { at: db::now(), login, action: action.into(), object, detail, address }
    }
}

/// Deletes entries of more than so many days ago; returns their number.
///
/// # Errors
///
/// If the database does not answer.
pub fn prune(database: &Database, days: u32) -> Result<usize, LogError> {
    let moment = db::now() - TimeDelta::days(days.into());
    database.write(|connection| Ok(models::delete_before(connection, moment)?))
}

/// A page of the log with at most `length` entries.
///
/// # Errors
///
/// If the database does not answer.
pub fn page(database: &Database, filter: &Filter, length: usize) -> Result<Page, LogError> {
    let some = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    let login = some(&filter.login);
    let conditions = Conditions {
        login: login.as_deref(),
        objects: &filter.objects,
        since: filter.since,
        until: filter.until,
        before: filter.before,
    };
    // One more than a page: it shows whether there are older entries.
    let limit = i64::try_from(length).unwrap_or(i64::MAX).saturating_add(1);
    let rows = database
        .read(|connection| Ok::<_, LogError>(models::entries(connection, &conditions, limit)?))?;
    let has_older = rows.len() > length;
    let entries = rows.into_iter().take(length).map(Entry::from).collect::<Vec<_>>();
    let older = entries.last().filter(|_| has_older).map(|entry| entry.id);
    Ok(Page { entries, older })
}

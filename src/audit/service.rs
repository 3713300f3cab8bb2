//! Every operation on the audit log.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use diesel::QueryResult;
use strum::{EnumString, IntoStaticStr};

use super::models::{self, Conditions, EntryRow, NewEntry};
use crate::db::{self, Database, DbConnection};
use crate::error::AppError;
use crate::paths;

/// The number of entries on a page of the log.
pub const ENTRIES_PER_PAGE: usize = 100;

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
    /// A profession or its list of grades was changed.
    ChangeProfession,
    /// A track was changed.
    ChangeTrack,
    /// A skill was changed.
    ChangeSkill,
    /// The rules were changed.
    ChangeRules,
    /// A scale of levels was changed.
    ChangeScale,
    /// A state of the catalogue was named.
    NameRelease,
    /// An editor said what a saved change does to the demands.
    CorrectEffect,
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
    /// What was done, in words for pages.
    pub action: String,
    /// The object: a grade as `front-end/middle`, a login, the name of a token, the number of a saved
    /// change, or for the use of a
    /// token the request as `GET /api/v1/professions`; may be empty.
    pub object: String,
    /// The page of the object's history, if it is a grade or the rules; of a saved change, where what is
    /// said of it can be seen.
    pub link: Option<String>,
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
    /// Entries on this object or, if it is a profession, on any of its grades.
    pub object: String,
    /// From the beginning of this day, in UTC.
    pub from: Option<NaiveDate>,
    /// To the end of this day, in UTC.
    pub to: Option<NaiveDate>,
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
            Self::ChangeProfession => "Профессия изменена",
            Self::ChangeTrack => "Направление изменено",
            Self::ChangeSkill => "Навык изменён",
            Self::ChangeRules => "Правила изменены",
            Self::ChangeScale => "Шкала уровней изменена",
            Self::NameRelease => "Выпуск назван",
            Self::CorrectEffect => "Оценка правки изменена",
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
        let link = match action {
            Some(
                Action::Save
                | Action::Propose
                | Action::PublishProposal
                | Action::ReturnProposal
                | Action::WithdrawProposal,
            ) => grade_history(&row.object),
            Some(Action::ChangeRules) => Some(paths::admin::rules_history().to_owned()),
            Some(Action::CorrectEffect) => row.object.parse().ok().map(paths::admin::change),
            _ => None,
        };
        Self {
            at: row.at,
            login: row.login,
            // A newer version of the site may have written an action unknown to this one.
            action: action.map_or(row.action, |action| action.label().to_owned()),
            object: row.object,
            link,
            detail: row.detail,
            address: row.address,
            times: usize::try_from(row.times).unwrap_or_default(),
            last_at: row.last_at,
            id: row.entry_id,
        }
    }
}

/// The history of a grade, named as [`paths::grade_name`] writes it.
fn grade_history(name: &str) -> Option<String> {
    let (slug, level) = name.split_once('/')?;
    Some(paths::admin::grade_history_at(slug, level))
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

/// A page of the log.
///
/// # Errors
///
/// If the database does not answer.
pub fn page(database: &Database, filter: &Filter) -> Result<Page, LogError> {
    let some = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    let (login, object) = (some(&filter.login), some(&filter.object));
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN);
    let conditions = Conditions {
        login: login.as_deref(),
        object: object.as_deref(),
        since: filter.from.map(midnight),
        until: filter.to.and_then(|day| day.succ_opt()).map(midnight),
        before: filter.before,
    };
    // One more than a page: it shows whether there are older entries.
    let limit = i64::try_from(ENTRIES_PER_PAGE).unwrap_or(i64::MAX) + 1;
    let rows = database
        .read(|connection| Ok::<_, LogError>(models::entries(connection, &conditions, limit)?))?;
    let has_older = rows.len() > ENTRIES_PER_PAGE;
    let entries = rows.into_iter().take(ENTRIES_PER_PAGE).map(Entry::from).collect::<Vec<_>>();
    let older = entries.last().filter(|_| has_older).map(|entry| entry.id);
    Ok(Page { entries, older })
}

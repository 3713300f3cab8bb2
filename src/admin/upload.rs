//! `/admin/transfer/{token}`: what files that were sent would change, and changing it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::edit::Outcome;
use crate::auth::{Publishing, SignedForm, SignedIn};
use crate::db::Database;
use crate::editors::service::Role;
use crate::error::AppError;
use crate::graders::service::ServiceError;
use crate::graders::service::texts::LONGEST_NOTE;
use crate::graders::service::transfer::sheet::{self, Account};
use crate::graders::service::transfer::uploads::{self, Upload, UploadedFile};
use crate::graders::service::transfer::{
    self, Counts, Detail, Fate, ImportError, Imported, Item, Mode, Plan, Reading, Request, Source,
    Tables, has_tables,
};
use crate::ladder::revision::Change as LineChange;
use crate::paths::admin::{self, Done, done};
use crate::web::{Head, blocking, blocking_to_the_end, filters, see_other, uncached};

/// Things that differ which a page shows.
const MOST_SHOWN: usize = 200;

/// Cells of tables of which a page tells how they were read.
const MOST_CELLS: usize = 500;

const DETAIL: Detail = Detail { changed: MOST_SHOWN, made: MOST_SHOWN };

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    mode: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/upload.html")]
struct UploadPage {
    head: Head,
    token: String,
    is_owner: bool,
    /// The token of the upload.
    upload: String,
    /// The names of the files.
    names: Vec<String>,
    mode: Mode,
    /// How tables were read, if there are some.
    account: Option<Account>,
    /// What the import would do, unless something is wrong with the files.
    plan: Option<Plan>,
    errors: Vec<ImportError>,
    /// Why it was not done.
    failure: Option<&'static str>,
}

/// What is known of an upload.
struct Seen {
    names: Vec<String>,
    /// Whether there are tables that do not tell how they are read, and nobody has said.
    is_to_be_mapped: bool,
    account: Option<Account>,
    read: Result<Vec<Source>, Vec<ImportError>>,
}

/// Answers with every difference.
///
/// # Errors
///
/// [`AppError::NotFound`] if the editor sent no such files, or a day ago; [`AppError::OwnersOnly`] in the
/// mode that takes things away.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    token: Path<String>,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let mode = parameters.mode.as_deref().map_or(Some(Mode::default()), Mode::named);
    let mode = mode.ok_or(AppError::BadRequest("Так загружать нельзя."))?;
    check_right(&session, mode)?;
    let login = session.editor.login.clone();
    let upload = token.into_inner();
    let mut page = UploadPage::new(&session, upload.clone(), mode);
    let read = blocking(move || {
        let Seen { names, is_to_be_mapped, account, read } = seen(&database, &login, &upload)?;
        let plan = match read {
            Ok(sources) => transfer::plan(&database, sources, mode, DETAIL)?,
            Err(errors) => Err(errors),
        };
        Ok::<_, AppError>((names, is_to_be_mapped, account, plan))
    });
    let (names, is_to_be_mapped, account, plan) = read.await??;
    if is_to_be_mapped {
        return Ok(see_other(&admin::upload_table(&page.upload)));
    }
    page.names = names;
    page.account = account;
    page.tell(plan);
    uncached(StatusCode::OK, &page)
}

/// Imports what was seen.
///
/// # Errors
///
/// As [`show`]; [`AppError::BadRequest`] if the form does not say what was seen.
pub async fn apply(
    database: Data<Database>,
    publishing: Data<Publishing>,
    form: SignedForm,
    token: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let mode = Mode::named(fields.get("mode"));
    let mode = mode.ok_or(AppError::BadRequest("В форме не сказано, как загружать."))?;
    let revision = fields.get("revision").parse::<i64>();
    let revision =
        revision.map_err(|_| AppError::BadRequest("В форме не хватает номера правки."))?;
    check_right(&session, mode)?;
    publishing.must_allow(&session.editor)?;
    let (login, by) = (session.editor.login.clone(), session.actor());
    let upload = token.into_inner();
    let mut page = UploadPage::new(&session, upload.clone(), mode);
    let imported = blocking_to_the_end(move || {
        let Seen { names, account, read, .. } = seen(&database, &login, &upload)?;
        let sources = match read {
            Ok(sources) => sources,
            Err(errors) => return Ok((names, account, Ok(Imported::Invalid(errors)))),
        };
        let note = format!("Загружено из {}", names.join(", "));
        let note = note.chars().take(LONGEST_NOTE).collect::<String>();
        let request = Request { mode, detail: DETAIL, seen: Some(revision), by: &by, note: &note };
        let imported = transfer::apply(&database, sources, request, &mut |_, _, _| {});
        if let Ok(Imported::Stored(_)) = &imported {
            // Otherwise it is gone in a day.
            if let Err(error) = uploads::forget(&database, &login, &upload) {
                log::warn!("an upload that was imported is still there: {error}");
            }
        }
        match imported.map_err(AppError::from) {
            Ok(imported) => Ok((names, account, Ok(imported))),
            Err(AppError::Unavailable(error)) => {
                log::error!("files could not be imported: {error}");
                let Seen { read, .. } = seen(&database, &login, &upload)?;
                let sources = read.unwrap_or_default();
                let plan = transfer::plan(&database, sources, mode, DETAIL)?;
                Ok((names, account, Err(plan)))
            }
            Err(error) => Err(error),
        }
    });
    let (names, account, imported) = imported.await??;
    page.names = names;
    page.account = account;
    let outcome = match imported {
        Ok(Imported::Stored(plan)) => {
            let what = if plan.is_empty() { Done::Unchanged } else { Done::Saved };
            Outcome::Stored(done(admin::transfer(), what))
        }
        Ok(Imported::Conflict(plan)) => {
            page.failure = Some(
                "Пока вы читали, каталог изменили, и ничего не загружено. Ниже — что файлы изменят теперь.",
            );
            page.tell(Ok(plan));
            Outcome::Conflict(page)
        }
        Ok(Imported::Invalid(errors)) => {
            page.tell(Err(errors));
            Outcome::Invalid(page)
        }
        Err(plan) => {
            page.failure = Some(
                "Сейчас загрузить не получилось, файлы сохранены. Подождите минуту и примените ещё раз.",
            );
            page.tell(plan);
            Outcome::Unavailable(page)
        }
    };
    outcome.respond()
}

/// Only owners take things away.
fn check_right(session: &SignedIn, mode: Mode) -> Result<(), AppError> {
    if mode == Mode::Replace { session.must_be_owner() } else { Ok(()) }
}

/// The files that are read as tables.
fn tables_of(files: &[UploadedFile]) -> Vec<(String, Vec<u8>)> {
    let tables = files.iter().filter(|file| has_tables(file));
    tables.map(|file| (file.name.clone(), file.content.clone())).collect()
}

/// What an editor sent, read.
fn seen(database: &Database, login: &str, token: &str) -> Result<Seen, ServiceError> {
    let Upload { files, mapping } = uploads::load(database, login, token)?;
    let names = files.iter().map(|file| file.name.clone()).collect();
    let tables = if mapping.is_empty() { tables_of(&files) } else { Vec::new() };
    let read = transfer::read(files, None, Tables::Mapped(&mapping));
    let (account, read) = match read {
        Ok(Reading { sources, account }) => (account, Ok(sources)),
        Err(errors) => (None, Err(errors)),
    };
    let is_to_be_mapped =
        read.is_err() && !tables.is_empty() && sheet::read_tables(&tables).is_ok();
    Ok(Seen { names, is_to_be_mapped, account, read })
}

impl UploadPage {
    fn new(session: &SignedIn, upload: String, mode: Mode) -> Self {
        Self {
            head: session.head("Что изменят файлы"),
            token: session.form_token(),
            is_owner: session.editor.role == Role::Owner,
            upload,
            names: Vec::new(),
            mode,
            account: None,
            plan: None,
            errors: Vec::new(),
            failure: None,
        }
    }

    fn tell(&mut self, plan: Result<Plan, Vec<ImportError>>) {
        match plan {
            Ok(plan) => self.plan = Some(plan),
            Err(errors) => self.errors = errors,
        }
    }

    /// Whether some of the files are read as a form says.
    fn has_tables(&self) -> bool {
        self.names.iter().any(|name| transfer::is_table(name))
    }

    /// The modes that the editor may choose.
    fn modes(&self) -> impl Iterator<Item = Mode> {
        let is_owner = self.is_owner;
        Mode::ALL.into_iter().filter(move |mode| is_owner || *mode != Mode::Replace)
    }

    /// The things that change, and how many there are.
    fn changing(&self) -> (Vec<&Item>, usize) {
        self.items(|item| item.fate != Fate::Left)
    }

    /// The things that differ and stay as they are, and how many there are.
    fn left(&self) -> (Vec<&Item>, usize) {
        self.items(|item| item.fate == Fate::Left)
    }

    fn items(&self, is_asked: impl Fn(&Item) -> bool) -> (Vec<&Item>, usize) {
        let all = self.plan.iter().flat_map(|plan| &plan.items).filter(|item| is_asked(item));
        let mut all = all.collect::<Vec<_>>();
        let count = all.len();
        all.truncate(MOST_SHOWN);
        (all, count)
    }
}

/// What becomes of a thing, in a word.
const fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Made => "добавится",
        Fate::Changed => "изменится",
        Fate::Gone => "уйдёт",
        Fate::Left => "останется",
    }
}

/// What counts say, in words.
fn counted(counts: &Counts) -> String {
    let parts = [
        (counts.made, "новых"),
        (counts.changed, "изменится"),
        (counts.gone, "уйдёт"),
        (counts.left, "не тронуто"),
        (counts.same, "без изменений"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, what)| format!("{what} {count}")).collect::<Vec<_>>().join(", ")
}

//! `/admin/transfer/{token}/table`: how the tables in files that were sent are read.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::edit::Outcome;
use crate::auth::{SignedForm, SignedIn};
use crate::clean::is_name;
use crate::db::Database;
use crate::error::AppError;
use crate::fields::{FieldError, Fields};
use crate::graders::service::ServiceError;
use crate::graders::service::texts::{LONGEST_TITLE, is_slug, proposed_slug};
use crate::graders::service::tracks::{self, EditableTrack};
use crate::graders::service::transfer::has_tables;
use crate::graders::service::transfer::sheet::{
    self, Documents, Kind, Layout, Mapping, Numbers, Role, Table, TableMapping,
};
use crate::graders::service::transfer::uploads::{self, Upload};
use crate::ladder::Level;
use crate::paths::admin;
use crate::web::field_errors::{message, title};
use crate::web::{Head, blocking, filters, uncached};

/// Rows of a table that the page shows.
const ROWS_SHOWN: usize = 8;
/// Columns of a table that the page shows.
const COLUMNS_SHOWN: usize = 16;
/// Characters of a cell that the page shows.
const LONGEST_CELL: usize = 48;

#[derive(Template)]
#[template(path = "admin/upload_table.html")]
struct TablePage {
    head: Head,
    token: String,
    /// The token of the upload.
    upload: String,
    tables: Vec<Table>,
    mapping: Mapping,
    tracks: Vec<EditableTrack>,
    errors: Vec<FieldError>,
    /// What happened to the columns, if they were guessed anew.
    message: Option<&'static str>,
}

/// The tables in what an editor sent, or why they can't be read, and the mapping that was chosen.
struct Sent {
    tables: Result<Vec<Table>, Vec<String>>,
    mapping: String,
    tracks: Vec<EditableTrack>,
}

/// Answers with what was guessed or chosen.
///
/// # Errors
///
/// [`AppError::NotFound`] if the editor sent no such files, or a day ago, or none with tables.
pub async fn show(
    database: Data<Database>,
    session: SignedIn,
    token: Path<String>,
) -> Result<HttpResponse, AppError> {
    let upload = token.into_inner();
    let sent = sent(&database, &session, &upload).await?;
    let mut page = TablePage::new(&session, upload, sent);
    if !page.tables.is_empty() && page.mapping.tables.is_empty() {
        page.mapping = sheet::guess(&page.tables);
    }
    let status =
        if page.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    uncached(status, &page)
}

/// Keeps what was chosen and leads on to what the files would change; shows the form again if columns had to
/// be guessed anew, or something is missing.
///
/// # Errors
///
/// As [`show`].
pub async fn send(
    database: Data<Database>,
    form: SignedForm,
    token: Path<String>,
) -> Result<HttpResponse, AppError> {
    let SignedForm { session, fields } = form;
    let upload = token.into_inner();
    let sent = sent(&database, &session, &upload).await?;
    let mut page = TablePage::new(&session, upload.clone(), sent);
    if page.tables.is_empty() {
        return Outcome::Invalid(page).respond();
    }
    let mapping = Mapping::from_fields(|name| fields.sent(name));
    let changed = (0..mapping.tables.len()).filter(|at| is_changed(&fields, *at, &mapping));
    let changed = changed.collect::<Vec<_>>();
    if mapping.tables.len() != page.tables.len() {
        return Err(AppError::BadRequest("В форме не хватает таблиц."));
    }
    page.mapping = mapping;
    if !changed.is_empty() {
        page.mapping = sheet::guess_again(&page.tables, &page.mapping, &changed);
        page.message = Some("Столбцы разобраны заново. Проверьте их.");
        return Outcome::Shown(page).respond();
    }
    page.errors = faults(&page.tables, &page.mapping);
    if !page.errors.is_empty() {
        page.head.title = title(&page.head.title, &page.errors);
        return Outcome::Invalid(page).respond();
    }
    let chosen = page.mapping.to_query();
    let login = session.editor.login.clone();
    let of_upload = upload.clone();
    blocking(move || uploads::set_mapping(&database, &login, &of_upload, &chosen)).await??;
    Outcome::<TablePage>::Stored(admin::upload(&upload)).respond()
}

async fn sent(
    database: &Data<Database>,
    session: &SignedIn,
    upload: &str,
) -> Result<Sent, AppError> {
    let (database, login) = (Data::clone(database), session.editor.login.clone());
    let upload = upload.to_owned();
    let read = blocking(move || {
        let Upload { files, mapping } = uploads::load(&database, &login, &upload)?;
        let files = files.into_iter().filter(has_tables);
        let files = files.map(|file| (file.name, file.content)).collect::<Vec<_>>();
        if files.is_empty() {
            return Err(ServiceError::NoSuchUpload);
        }
        let tables = sheet::read_tables(&files);
        let told = |errors: Vec<_>| errors.iter().map(ToString::to_string).collect();
        Ok(Sent { tables: tables.map_err(told), mapping, tracks: tracks::all(&database)? })
    });
    Ok(read.await??)
}

/// Whether the layout, the direction or the row of headings of a table is another one than the columns were
/// guessed for.
fn is_changed(fields: &Fields, at: usize, mapping: &Mapping) -> bool {
    fields.get(&format!("was-{at}")) != lie(&mapping.tables[at])
}

/// How a table lies, in a word.
fn lie(read: &TableMapping) -> String {
    let layout = if read.is_read { read.layout.name() } else { "skip" };
    format!("{layout} {} {:?} {}", read.is_transposed, read.header, read.header_rows)
}

/// What is wrong with what was chosen.
fn faults(tables: &[Table], mapping: &Mapping) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong =
        |field, message: &str| errors.push(FieldError { field, message: message.to_owned() });
    if !mapping.title.is_empty() && !is_name(&mapping.title, LONGEST_TITLE) {
        wrong("title", "Нужно название в одной строке не длиннее 100 знаков.");
    }
    if !mapping.slug.is_empty() && !is_slug(&mapping.slug) {
        wrong("slug", "Адрес — до 100 строчных латинских букв, цифр и дефисов.");
    }
    let track = &mapping.new_track;
    let is_fit = is_name(track, LONGEST_TITLE) && is_slug(&proposed_slug(track));
    if !track.is_empty() && !is_fit {
        wrong("new-track", "Нужно название в одной строке не длиннее 100 знаков, с буквами.");
    } else if !track.is_empty() && !mapping.track.is_empty() {
        wrong("new-track", "Выберите направление или назовите новое, но не то и другое.");
    }
    if errors.is_empty()
        && let Err(found) = sheet::apply(tables, mapping)
    {
        let field = |message: &str| {
            if message.contains("называется") || message.starts_with("Название") {
                "title"
            } else if message.contains("адрес") {
                "slug"
            } else {
                "tables"
            }
        };
        let error = |error: &sheet::FileError| FieldError {
            field: field(&error.message),
            message: error.message.clone(),
        };
        errors.extend(found.iter().map(error));
    }
    errors
}

impl TablePage {
    fn new(session: &SignedIn, upload: String, sent: Sent) -> Self {
        let mut errors = Vec::new();
        let tables = sent.tables.unwrap_or_else(|messages| {
            errors.extend(
                messages.into_iter().map(|message| FieldError { field: "tables", message }),
            );
            Vec::new()
        });
        Self {
            head: session.head("Как читать таблицу"),
            token: session.form_token(),
            upload,
            tables,
            mapping: Mapping::from_query(&sent.mapping),
            tracks: sent.tracks,
            errors,
            message: None,
        }
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }

    /// The tables with how each is read.
    fn read(&self) -> Vec<(usize, &Table, &TableMapping)> {
        let read = self.tables.iter().zip(&self.mapping.tables).enumerate();
        read.map(|(at, (table, read))| (at, table, read)).collect()
    }

    /// Whether several of the tables may each have all levels.
    fn has_several(&self) -> bool {
        self.mapping.tables.iter().filter(|read| read.is_read && read.level.is_empty()).count() > 1
    }
}

/// The first rows of a table, with their numbers, as far as a page shows them.
fn first_rows(table: &Table) -> Vec<(usize, Vec<String>)> {
    let width = table.width().min(COLUMNS_SHOWN);
    let rows = table.rows.iter().filter(|row| row.filled().next().is_some());
    let shown = rows
        .take(ROWS_SHOWN)
        .map(|row| (row.line, (0..width).map(|column| shortened(row.text(column))).collect()));
    shown.collect()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// What stands at the head of a column as it is read.
fn column_title(table: &Table, read: &TableMapping, column: usize) -> String {
    let table = sheet::lying(table, read.is_transposed);
    let text =
        read.header.and_then(|header| table.rows.get(header)).map_or("", |row| row.text(column));
    match text {
        "" => format!("{}-й столбец", column + 1),
        text => shortened(text),
    }
}

const fn layout_label(layout: Layout) -> &'static str {
    match layout {
        Layout::Matrix => "Компетенции и столбец на каждый уровень",
        Layout::List => "Требование в каждой строке",
        Layout::Document => "Текст с заголовками",
    }
}

const fn role_label(role: Role) -> &'static str {
    match role {
        Role::Skip => "не читать",
        Role::Ladder => "профессия",
        Role::Block => "раздел",
        Role::Competency => "компетенция",
        Role::Level => "уровень из заголовка",
        Role::LevelName => "название уровня",
        Role::Requirement => "требование",
        Role::Example => "пример",
        Role::Note => "комментарий",
        Role::Depth => "глубина",
        Role::Importance => "важность",
    }
}

const fn numbers_label(numbers: Numbers) -> &'static str {
    match numbers {
        Numbers::OfThree => "1 — знакомство, 2 — средний уровень, 3 — сильная экспертиза",
        Numbers::OfFive => "1–2 — знакомство, 3 — средний уровень, 4–5 — сильная экспертиза",
        Numbers::Asked => "любое, кроме 0, — спрашивается",
        Numbers::Text => "как написано",
    }
}

const fn documents_label(documents: Documents) -> &'static str {
    match documents {
        Documents::Blocks => "Разделы одной лестницы",
        Documents::Ladders => "Отдельные профессии",
    }
}

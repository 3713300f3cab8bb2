//! `grades import`.

mod told;

use std::error::Error;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::audit::service::Actor;
use crate::clean;
use crate::config::{FileFormat, ImportMode};
use crate::db::{self, Database, DatabaseUrl};
use crate::graders::service::texts::LONGEST_NOTE;
use crate::graders::service::transfer::sheet::Answers;
use crate::graders::service::transfer::uploads::UploadedFile;
use crate::graders::service::transfer::{
    self, Detail, Format, ImportError, Imported, Mode, Plan, Reading, Request, Source, Step, Tables,
};

/// Bytes of all files of one import.
const LARGEST: u64 = 64 * 1024 * 1024;

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Who imports, as histories and the log call them. No login has a space.
const AUTHOR: &str = "командная строка";

/// New texts are in the files; those that change are told line by line.
const DETAIL: Detail = Detail { changed: usize::MAX, made: 0 };

pub(super) fn run(
    url: &DatabaseUrl,
    (format, mode, dry_run): (Option<FileFormat>, ImportMode, bool),
    answers: &Answers,
    paths: &[PathBuf],
) -> Result<(), Box<dyn Error>> {
    let is_input = paths.iter().any(|path| path == Path::new(STANDARD_INPUT));
    let format = format.map(super::format_of).or(is_input.then_some(Format::Toml));
    let mode = mode_of(mode);
    let progress = Progress::start();
    let files = load(paths)?;
    let names = files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ");
    let read = transfer::read(files, format, Tables::Guessed(answers));
    let Reading { sources, account } = match read {
        Ok(reading) => reading,
        Err(errors) => return Err(refuse(&progress, &errors)),
    };
    progress.say("сравнение с каталогом");
    let outcome = if dry_run {
        would(url, sources, mode)?
    } else {
        let by = Actor { login: AUTHOR.to_owned(), address: String::new() };
        let note = note_of(&names);
        let request = Request { mode, detail: DETAIL, seen: None, by: &by, note: &note };
        db::migrate(url)?;
        let database = Database::open(url)?;
        match transfer::apply(&database, sources, request, &mut progress.hears())? {
            Imported::Stored(plan) | Imported::Conflict(plan) => Ok(plan),
            Imported::Invalid(errors) => Err(errors),
        }
    };
    let plan = match outcome {
        Ok(plan) => plan,
        Err(errors) => return Err(refuse(&progress, &errors)),
    };
    progress.end();
    let mut output = io::BufWriter::new(io::stdout().lock());
    if let Some(account) = &account {
        told::account(&mut output, account)?;
    }
    told::plan(&mut output, &plan)?;
    writeln!(output, "{}", if dry_run { "would apply" } else { "applied" })?;
    output.flush()?;
    Ok(())
}

/// What an import would do. A database that is not there is taken for an empty one, and not made.
fn would(
    url: &DatabaseUrl,
    sources: Vec<Source>,
    mode: Mode,
) -> Result<Result<Plan, Vec<ImportError>>, Box<dyn Error>> {
    let is_missing = matches!(url, DatabaseUrl::Sqlite(path) if !Path::new(path).exists());
    let folder = is_missing.then(Folder::make).transpose()?;
    let other = folder.as_ref().map(|folder| DatabaseUrl::Sqlite(folder.0.join("empty.sqlite3")));
    let url = other.as_ref().unwrap_or(url);
    db::migrate(url)?;
    Ok(transfer::plan(&Database::open(url)?, sources, mode, DETAIL)?)
}

/// A folder that is gone when the value is.
struct Folder(PathBuf);

impl Folder {
    fn make() -> io::Result<Self> {
        let name = format!("grades-{}", uuid::Uuid::new_v4().simple());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left lies where temporary files lie.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Reads the files whole: errors tell lines of all of them.
fn load(paths: &[PathBuf]) -> Result<Vec<UploadedFile>, Box<dyn Error>> {
    let mut left = LARGEST;
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let name = path.display().to_string();
        let mut content = Vec::new();
        let read = if name == STANDARD_INPUT {
            io::stdin().lock().take(left + 1).read_to_end(&mut content)
        } else {
            File::open(path).and_then(|file| {
                if file.metadata()?.is_dir() {
                    return Err(io::Error::other("это папка"));
                }
                file.take(left + 1).read_to_end(&mut content)
            })
        };
        read.map_err(|error| format!("{name}: {error}"))?;
        let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
        left = left.checked_sub(length).ok_or("файлы больше 64 МБ: разделите их")?;
        files.push(UploadedFile { name, content });
    }
    Ok(files)
}

/// Writes what is wrong, a line each.
fn refuse(progress: &Progress, errors: &[ImportError]) -> Box<dyn Error> {
    progress.end();
    for error in errors {
        eprintln!("{error}");
    }
    format!("ничего не загружено, ошибок: {}", errors.len()).into()
}

fn note_of(names: &str) -> String {
    let note = format!("Загружено из {}", clean::text(names).replace('\n', " "));
    note.chars().take(LONGEST_NOTE).collect()
}

const fn mode_of(mode: ImportMode) -> Mode {
    match mode {
        ImportMode::Add => Mode::Add,
        ImportMode::Update => Mode::Update,
        ImportMode::Replace => Mode::Replace,
    }
}

/// How far an import is, on a terminal.
struct Progress(ProgressBar);

impl Progress {
    fn start() -> Self {
        // Draws on standard error, and nothing if that is no terminal.
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(100));
        bar.set_message("чтение");
        Self(bar)
    }

    fn say(&self, message: &'static str) {
        self.0.set_message(message);
    }

    /// What hears of the steps.
    fn hears(&self) -> impl FnMut(Step, usize, usize) + '_ {
        let mut last = None;
        move |step, done, total| {
            if last != Some(step) {
                last = Some(step);
                self.say(match step {
                    Step::Storing => "запись",
                    Step::Indexing => "поиск",
                });
                let bar = "{msg} {wide_bar} {pos}/{len} {eta}";
                self.0.set_style(
                    ProgressStyle::with_template(bar)
                        .unwrap_or_else(|_| ProgressStyle::default_bar()),
                );
                self.0.set_length(u64::try_from(total).unwrap_or(u64::MAX));
            }
            self.0.set_position(u64::try_from(done).unwrap_or(u64::MAX));
        }
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}

//! The commands that work on a database without serving it: files in and out, backups, another database.

mod backup;
mod copy;
mod export;
pub mod health;
mod import;

use std::error::Error;

use crate::config::{Command, FileFormat};
use crate::db::DatabaseUrl;
use crate::graders::service::transfer::Format;
use crate::graders::service::transfer::sheet::Answers;

/// Runs a command; the exit code is 1 if it fails.
///
/// # Errors
///
/// Why it was not done, in lines for the person at the terminal.
pub fn run(command: Command, url: &DatabaseUrl) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Export { format, track, profession, file } => {
            export::run(url, format, (track.as_deref(), profession.as_deref()), &file)
        }
        Command::Import {
            format,
            dry_run,
            mode,
            profession,
            title,
            track,
            new_track,
            levels,
            files,
        } => {
            let answers = Answers { profession, title, track, new_track, levels };
            import::run(url, (format, mode, dry_run), &answers, &files)
        }
        Command::Backup { file } => backup::make(url, &file),
        Command::Restore { file } => backup::restore(url, &file),
        Command::Copy { from, to } => copy::run(&from.parse()?, &to.parse()?),
        Command::Serve
        | Command::CreateEditor { .. }
        | Command::Migrate { .. }
        | Command::Health { .. } => Err("served elsewhere".into()),
    }
}

const fn format_of(format: FileFormat) -> Format {
    match format {
        FileFormat::Toml => Format::Toml,
        FileFormat::Json => Format::Json,
        FileFormat::Markdown => Format::Markdown,
        FileFormat::Csv => Format::Csv,
        FileFormat::MatrixCsv => Format::MatrixCsv,
        FileFormat::Xlsx => Format::Xlsx,
    }
}

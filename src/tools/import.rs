//! `grades import`.

use std::error::Error;
use std::path::PathBuf;

use crate::config::{FileFormat, ImportMode};
use crate::db::DatabaseUrl;

pub(super) fn run(
    _url: &DatabaseUrl,
    (_format, _mode, _dry_run): (Option<FileFormat>, ImportMode, bool),
    _files: &[PathBuf],
) -> Result<(), Box<dyn Error>> {
    Err("not there yet".into())
}

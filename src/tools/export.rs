//! `grades export`.

use std::error::Error;
use std::path::Path;

use crate::config::FileFormat;
use crate::db::DatabaseUrl;

pub(super) fn run(
    _url: &DatabaseUrl,
    _format: Option<FileFormat>,
    (_track, _profession): (Option<&str>, Option<&str>),
    _file: &Path,
) -> Result<(), Box<dyn Error>> {
    Err("not there yet".into())
}

//! Settings that hold secrets, which may stand in files.

use std::fs;
use std::path::Path;

use super::InvalidSetting;

/// A setting that was given itself or as a file; with the name of the variable to blame for it.
pub(super) struct Secret {
    pub(super) variable: &'static str,
    pub(super) text: String,
}

/// Reads a setting that may be given itself, in the first variable, or as a file, in the second. Space
/// around what the file holds is left out: editors end a file with a line break.
pub(super) fn read(
    (variable, text): (&'static str, Option<&str>),
    (of_file, file): (&'static str, Option<&Path>),
) -> Result<Option<Secret>, InvalidSetting> {
    let Some(file) = file else {
        return Ok(text.map(|text| Secret { variable, text: text.to_owned() }));
    };
    if text.is_some() {
        let reason = format_args!("{variable} is set too; set one of them");
        return Err(InvalidSetting::new(of_file, reason));
    }
    let shown = file.display();
    let read = fs::read_to_string(file).map_err(|error| {
        InvalidSetting::new(of_file, format_args!("cannot read {shown}: {error}"))
    })?;
    match read.trim() {
        "" => Err(InvalidSetting::new(of_file, format_args!("{shown} is empty"))),
        text => Ok(Some(Secret { variable: of_file, text: text.to_owned() })),
    }
}

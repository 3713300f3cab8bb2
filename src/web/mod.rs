//! What pages share.

pub mod assets;
pub mod attempts;
mod compressed;
pub mod contract;
pub mod cors;
pub mod cross_site;
mod csv;
pub mod error_page;
pub mod field_errors;
pub(crate) mod filters;
mod head;
pub mod headers;
pub mod limits;
pub(crate) mod markdown;
mod page;
mod problem_page;
pub mod program;
pub mod request_id;
pub mod session;
mod sign_in_page;

pub use self::compressed::{Compressed, entity_tag};
pub use self::csv::Sheet;
pub use self::head::{Head, Section};
pub use self::markdown::Document;
pub use self::page::{
    Calendar, Json, State, Visit, calendar, csv, form, html, json, markdown, uncached, written, xml,
};
pub use self::request_id::RequestId;
pub use self::session::{SignedForm, SignedIn};
pub use self::sign_in_page::SignInPage;

/// Whether a path belongs to the API, where answers are for programs and not for people.
#[must_use]
pub fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/")
}

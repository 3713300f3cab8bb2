//! The page for signing in, shown by its own address and wherever a session has ended.

use askama::Template;

use crate::fields::Fields;
use crate::web::{Head, filters};

/// The page for signing in.
#[derive(Template)]
#[template(path = "admin/sign_in.html")]
pub struct SignInPage {
    head: Head,
    /// Where to go on afterwards.
    to: String,
    /// What was typed there, as a body to send again; empty if nothing was.
    typed: String,
    login: String,
    /// What went wrong before.
    error: Option<String>,
}

impl SignInPage {
    /// The page that leads on to `to`, with what was typed there.
    #[must_use]
    pub fn new(to: &str, typed: &Fields) -> Self {
        Self {
            head: Head::unlisted("Вход для редакторов"),
            to: local(to),
            typed: typed.write(),
            login: String::new(),
            error: None,
        }
    }

    /// The same page after an attempt that failed.
    #[must_use]
    pub fn refused(self, login: &str, error: impl Into<String>) -> Self {
        let head = Head::unlisted("Ошибка. Вход для редакторов");
        Self { head, login: login.to_owned(), error: Some(error.into()), ..self }
    }

    /// Where to go on afterwards, on this site.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }
}

/// An address of this site, whatever was asked for.
fn local(address: &str) -> String {
    let is_local = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains(|letter: char| letter == '\\' || letter.is_control());
    if is_local { address.to_owned() } else { "/admin".to_owned() }
}

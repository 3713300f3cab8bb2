//! Who sends a request: the session cookie, and forms that only a page of this site can send.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono_tz::Tz;
use secrecy::{ExposeSecret as _, SecretString};

use super::cookies::{had_session, session_token};
use crate::audit::service::Actor;
use crate::db::Database;
use crate::editors::reach::Reach;
use crate::editors::service::{self, Browser, Editor, Role};
use crate::error::AppError;
use crate::fields::{self, Fields};
use crate::paths;
use crate::web::body::{self, Allowance};
use crate::web::error_page::Retry;
use crate::web::multipart::{self, FileForm};
use crate::web::{Clock, Head, blocking, introduce, network, visitor};

/// Characters of a browser's name that are kept; the usual ones have 70 to 200.
const LONGEST_USER_AGENT: usize = 300;

/// A request from somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who it is.
    pub editor: Editor,
    /// What of the catalogue they may change.
    pub reach: Reach,
    /// What it came from.
    pub browser: Browser,
    token: SecretString,
    /// The time zone of the site.
    zone: Tz,
}

impl SignedIn {
    /// The secret the session's forms must carry.
    #[must_use]
    pub fn form_token(&self) -> String {
        service::form_token(self.token())
    }

    /// The head of a page for this editor.
    pub fn head(&self, title: impl Into<String>) -> Head {
        Head { zone: self.zone, ..Head::editing(title, &self.editor.login) }
    }

    /// Who it is, for the log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { login: self.editor.login.clone(), address: self.browser.address.clone() }
    }

    /// Lets nobody past but owners.
    ///
    /// # Errors
    ///
    /// [`AppError::OwnersOnly`].
    pub fn must_be_owner(&self) -> Result<(), AppError> {
        match self.editor.role {
            Role::Owner => Ok(()),
            Role::Editor => Err(AppError::OwnersOnly),
        }
    }

    /// Lets nobody past but those who may change the profession at an address.
    ///
    /// # Errors
    ///
    /// [`AppError::OutsideTracks`]; if the database does not answer.
    pub async fn must_reach(&self, database: &Database, slug: &str) -> Result<(), AppError> {
        if self.reach == Reach::Everything {
            return Ok(());
        }
        let (database, reach, slug) = (database.clone(), self.reach.clone(), slug.to_owned());
        let is_within =
            blocking(move || service::reaches_profession(&database, &reach, &slug)).await??;
        if is_within { Ok(()) } else { Err(AppError::OutsideTracks) }
    }

    /// Keeps editors who are limited to tracks from pages whose forms they could not send. What they send all the
    /// same is refused where it would be stored.
    async fn must_reach_page(&self, request: &HttpRequest) -> Result<(), AppError> {
        let pattern = request.match_pattern().unwrap_or_default();
        let is_open = self.reach == Reach::Everything
            || !paths::admin::contains(request.path())
            || paths::admin::is_for_limited(&pattern);
        if is_open {
            return Ok(());
        }
        let database = request.app_data::<Data<Database>>();
        match database.filter(|_| paths::admin::is_of_profession(&pattern)) {
            Some(database) => self.must_reach(database, request.match_info().query("slug")).await,
            None => Err(AppError::OutsideTracks),
        }
    }

    /// The secret of the session itself.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.expose_secret()
    }
}

/// A form sent by somebody who is signed in, from a page of this session.
#[derive(Debug)]
pub struct SignedForm {
    /// Who sent it.
    pub session: SignedIn,
    /// What was typed.
    pub fields: Fields,
}

/// A form with files, sent by somebody who is signed in, from a page of this session.
#[derive(Debug)]
pub struct SignedFiles {
    /// Who sent it.
    pub session: SignedIn,
    /// What was sent.
    pub form: FileForm,
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, AppError>>>>;

/// Refuses with [`AppError::SignedOut`], which leads to signing in and back.
impl FromRequest for SignedIn {
    type Error = AppError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let session = find(&request).await?;
            let session = session.ok_or_else(|| signed_out(&request, Fields::default()))?;
            session.must_reach_page(&request).await?;
            Ok(session)
        })
    }
}

/// Refuses as [`SignedIn`] does, with what was typed if there was a session; so too if the form belongs
/// to another session.
impl FromRequest for SignedForm {
    type Error = AppError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let found = find(&request).await;
            let allowance = match &found {
                Ok(Some(_)) => Allowance::EDITOR,
                _ if had_session(&request) => Allowance::ONE_FORM,
                // Whoever had no session has opened no form: what they send is not read.
                _ => {
                    return Err(found
                        .err()
                        .unwrap_or_else(|| signed_out(&request, Fields::default())));
                }
            };
            let typed = Fields::read(&body::read(&request, &mut payload, allowance).await?);
            // Should the request fail, the error page gives back what was typed.
            if let Some(token) = session_token(&request) {
                let (to, token) = (request.path().to_owned(), service::form_token(&token).into());
                request.extensions_mut().insert(Retry { to, token, typed: typed.clone() });
            }
            match found? {
                Some(session) if typed.get(fields::TOKEN) == session.form_token() => {
                    session.must_reach_page(&request).await?;
                    Ok(Self { session, fields: typed })
                }
                _ => Err(signed_out(&request, typed)),
            }
        })
    }
}

/// Refuses as [`SignedIn`] does. Files are read of nobody else, and kept for nobody.
impl FromRequest for SignedFiles {
    type Error = AppError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let refused = || signed_out(&request, Fields::default());
            let session = find(&request).await?.ok_or_else(refused)?;
            session.must_reach_page(&request).await?;
            let form = multipart::read(&request, &mut payload, Allowance::FILES).await?;
            if form.get(fields::TOKEN) == session.form_token() {
                Ok(Self { session, form })
            } else {
                Err(refused())
            }
        })
    }
}

fn signed_out(request: &HttpRequest, typed: Fields) -> AppError {
    let to =
        request.uri().path_and_query().map_or(paths::admin::overview(), |address| address.as_str());
    AppError::SignedOut { to: to.to_owned(), typed }
}

async fn find(request: &HttpRequest) -> Result<Option<SignedIn>, AppError> {
    let Some(database) = request.app_data::<Data<Database>>().cloned() else { return Ok(None) };
    let Some(token) = session_token(request) else { return Ok(None) };
    let browser = browser(request);
    let zone = request.app_data::<Data<Clock>>().map_or(Tz::UTC, |clock| clock.zone());
    let found = blocking(move || {
        let Some(editor) = service::signed_in(&database, &token)? else { return Ok(None) };
        introduce(service::names(&database)?);
        let reach = service::reach(&database, &editor.login)?;
        Ok::<_, AppError>(Some(SignedIn { editor, reach, browser, token: token.into(), zone }))
    });
    found.await?
}

/// What is known of the browser that sends a request.
#[must_use]
pub fn browser(request: &HttpRequest) -> Browser {
    let visitor = visitor(request);
    let address = visitor.map(|address| address.to_string()).unwrap_or_default();
    let network = visitor.map(network).unwrap_or_default();
    let name = request.headers().get(header::USER_AGENT);
    let name = name.map(|name| String::from_utf8_lossy(name.as_bytes())).unwrap_or_default();
    let user_agent = name.chars().filter(|letter| !letter.is_control());
    Browser { address, network, user_agent: user_agent.take(LONGEST_USER_AGENT).collect() }
}

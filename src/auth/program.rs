//! Who sends a program's request, and on what conditions: the bearer token (RFC 6750), `If-Match`
//! (RFC 9110) and `Idempotency-Key`.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::http::header::{self, Header as _, IfMatch};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::{Throttle, session};
use crate::audit::service::Actor;
use crate::db::Database;
use crate::editors::service::Browser;
use crate::editors::tokens::{self, Program, Scope};
use crate::error::AppError;
use crate::problem::{Fault, Kind, Problem};
use crate::web::contract::{NoParameters, Parameters, read_body};
use crate::web::{blocking, digest, is_matched, written};

/// Tokens that are none of ours, from one network, that cost no wait.
const FREE_FOR_NETWORK: u32 = 50;
/// Characters of an `Idempotency-Key`.
const LONGEST_KEY: usize = 255;

/// A request of a program that may read what is not for everybody.
#[derive(Debug)]
pub struct Reading;

/// A request of a program to change something.
#[derive(Debug)]
pub struct Writing {
    /// Who stands for it in revisions and in the log.
    pub by: Actor,
    condition: Option<IfMatch>,
}

/// A request of a program to change something, with what it sends.
#[derive(Debug)]
pub struct Command<T> {
    /// Who sends it, and on what conditions.
    pub writing: Writing,
    /// What it sends.
    pub body: T,
    /// What it calls the request, so that it can be sent again.
    pub key: Option<RequestKey>,
}

/// The name a program gave its request, and what it asked under that name.
#[derive(Clone, Debug)]
pub struct RequestKey {
    /// The id of the program's token.
    pub token_id: i32,
    /// The `Idempotency-Key`.
    pub key: String,
    /// A digest of method, path and body.
    pub request_hash: String,
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, AppError>>>>;

impl FromRequest for Reading {
    type Error = AppError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { authenticate(&request).await.map(|_| Self) })
    }
}

impl FromRequest for Writing {
    type Error = AppError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { authorise(&request).await.map(|(writing, _)| writing) })
    }
}

impl<T: ToSchema + DeserializeOwned + 'static> FromRequest for Command<T> {
    type Error = AppError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let (writing, program) = authorise(&request).await?;
            let key = named(&request)?;
            let (body, bytes) = read_body(&request, &mut payload).await?;
            let key = key.map(|key| RequestKey {
                token_id: program.token_id,
                request_hash: request_hash(&request, &bytes),
                key,
            });
            Ok(Self { writing, body, key })
        })
    }
}

impl Writing {
    /// What the request says of the state it changes.
    ///
    /// # Errors
    ///
    /// [`Kind::PreconditionRequired`] if it says nothing.
    pub fn condition(&self) -> Result<Condition, AppError> {
        let condition = self.condition.clone().ok_or_else(|| {
            let detail = "Укажите в If-Match метку ETag из последнего прочитанного ответа.";
            Problem::new(Kind::PreconditionRequired, detail)
        })?;
        Ok(Condition(condition))
    }
}

/// Which state a request may change.
#[derive(Clone, Debug)]
pub struct Condition(IfMatch);

impl Condition {
    /// Whether it is the state whose body this is.
    #[must_use]
    pub fn holds(&self, body: &impl Serialize) -> bool {
        written(body).is_ok_and(|body| is_matched(&self.0, &body))
    }
}

/// Lets in a program that may change something, and nothing that has parameters behind it.
async fn authorise(request: &HttpRequest) -> Result<(Writing, Program), AppError> {
    let program = authenticate(request).await?;
    if program.scope != Scope::Write {
        let detail = "Этим ключом можно только читать. Нужен ключ с правом записи.";
        return Err(Problem::new(Kind::Forbidden, detail).into());
    }
    Parameters::<NoParameters>::extract(request).await?;
    let address = session::browser(request).address;
    // What can't be read names no state.
    let named = || IfMatch::parse(request).unwrap_or(IfMatch::Items(Vec::new()));
    let condition = request.headers().contains_key(header::IF_MATCH).then(named);
    Ok((Writing { by: Actor { login: program.author(), address }, condition }, program))
}

/// Whose token a request carries.
async fn authenticate(request: &HttpRequest) -> Result<Program, AppError> {
    let unauthorized = |detail: &str| AppError::from(Problem::new(Kind::Unauthorized, detail));
    let value = request.headers().get(header::AUTHORIZATION).map(header::HeaderValue::to_str);
    let Some(Ok(value)) = value else {
        return Err(unauthorized("Пришлите ключ в заголовке Authorization: Bearer …"));
    };
    let (scheme, secret) = value.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthorized("Пришлите ключ в заголовке Authorization: Bearer …"));
    }
    let database = request.app_data::<Data<Database>>().cloned();
    let throttle = request.app_data::<Data<Throttle>>().cloned();
    let (Some(database), Some(throttle)) = (database, throttle) else {
        return Err(AppError::Internal("the application has no database or throttle".into()));
    };
    let Browser { address, network, .. } = session::browser(request);
    let secret = secret.trim().to_owned();
    let asked = format!("{} {}", request.method(), request.path());
    let found = blocking(move || tokens::authenticate(&database, &secret, &asked, &address));
    if let Some(program) = found.await?? {
        return Ok(program);
    }
    // A token can't be guessed, so the right one is never made to wait.
    let attempt =
        throttle.attempt(format!("token from {network}"), FREE_FOR_NETWORK, Instant::now());
    if let Err(wait) = attempt {
        let detail = "Слишком много запросов с чужими ключами.";
        let retry_after = Some(wait.as_secs().saturating_add(1));
        let problem = Problem { retry_after, ..Problem::new(Kind::TooManyRequests, detail) };
        return Err(problem.into());
    }
    Err(unauthorized("Такого ключа нет, или он отозван, или его срок истёк."))
}

/// The `Idempotency-Key` of a request.
fn named(request: &HttpRequest) -> Result<Option<String>, AppError> {
    let Some(value) = request.headers().get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    let is_visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_visible || !(1..=LONGEST_KEY).contains(&key.len()) {
        let detail = "От 1 до 255 видимых знаков ASCII.";
        let faults = vec![Fault::header("Idempotency-Key", detail)];
        return Err(Problem::with(Kind::Malformed, "Ключ повтора не подходит.", faults).into());
    }
    Ok(Some(key.to_owned()))
}

/// What a request asks, in a few characters.
fn request_hash(request: &HttpRequest, body: &[u8]) -> String {
    let asked = format!(
        "{} {}
",
        request.method(),
        request.path()
    );
    digest(&[asked.as_bytes(), body].concat())
}

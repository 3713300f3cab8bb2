//! What programs send, held against the schemas that the API's document shows: what the document
//! allows is read, and everything else is refused with all its faults at once.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use url::form_urlencoded;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::body::{self, Allowance};
use super::json;
use super::schema::Schema;
use crate::clean;
use crate::error::AppError;
use crate::problem::{Fault, Kind, Problem};

/// The parameters of an address, as `T` describes them.
#[derive(Debug)]
pub struct Parameters<T> {
    /// What they say.
    pub values: T,
    /// The same parameters, in one order and one spelling; empty or with a question mark before.
    pub canonical: String,
}

/// An address that takes no parameters.
#[derive(Clone, Copy, Debug, serde::Deserialize, IntoParams)]
pub struct NoParameters {}

impl<T: IntoParams + DeserializeOwned + 'static> FromRequest for Parameters<T> {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parameters(request.query_string()))
    }
}

fn parameters<T: IntoParams + DeserializeOwned + 'static>(
    query: &str,
) -> Result<Parameters<T>, AppError> {
    // Most addresses have none, and few have one that must be there.
    if query.is_empty()
        && let Ok(values) = serde_json::from_value(Value::Object(Map::new()))
    {
        return Ok(Parameters { values, canonical: String::new() });
    }
    let shape = shape::<T>(parameters_schema::<T>);
    let (mut values, mut faults) = (Map::new(), Vec::new());
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        let value = typed(shape.member_type(&name), &text);
        if values.insert(name.clone().into_owned(), value).is_some() {
            faults.push(Fault::parameter(name, "Указан дважды."));
        }
    }
    let canonical = canonical(&values);
    let values = Value::Object(values);
    let wrong = shape.faults(&values).into_iter();
    faults.extend(
        wrong.map(|(pointer, detail)| Fault::parameter(pointer.trim_start_matches('/'), detail)),
    );
    if !faults.is_empty() {
        let detail = "Параметры после знака «?» записаны с ошибкой.";
        return Err(Problem::with(Kind::Malformed, detail, faults).into());
    }
    let values = serde_json::from_value(values).map_err(|error| {
        // The schema allows what `T` does not read: a fault of ours.
        AppError::Internal(error.into())
    })?;
    Ok(Parameters { values, canonical })
}

/// The value that a text in an address stands for, by the type the schema names.
fn typed(wanted: Option<&str>, text: &str) -> Value {
    match wanted {
        Some("integer") => match text.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => text.into(),
        },
        Some("boolean") if text == "true" => true.into(),
        Some("boolean") if text == "false" => false.into(),
        _ => text.into(),
    }
}

fn canonical(values: &Map<String, Value>) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    let mut values = values.iter().collect::<Vec<_>>();
    values.sort_by_key(|(name, _)| *name);
    for (name, value) in values {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        pairs.append_pair(name, &text);
    }
    let pairs = pairs.finish();
    if pairs.is_empty() { pairs } else { format!("?{pairs}") }
}

/// Reads a body of JSON as `T` describes it.
///
/// # Errors
///
/// [`Kind::UnsupportedMediaType`], [`Kind::ContentTooLarge`], [`Kind::BodyTooSlow`],
/// [`Kind::Malformed`] and [`Kind::Invalid`].
pub async fn read_body<T: ToSchema + DeserializeOwned + 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<(T, Bytes), AppError> {
    let is_json = |value: &header::HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    };
    if !request.headers().get(header::CONTENT_TYPE).is_some_and(is_json) {
        let detail = "Тело запроса должно быть типа application/json.";
        return Err(Problem::new(Kind::UnsupportedMediaType, detail).into());
    }
    let body = body::read(request, payload, Allowance::PROGRAM).await?;
    let (value, twice) = json::read(&body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let detail = format!("Это не JSON: ошибка в строке {line}, знак {column}.");
        Problem::new(Kind::Malformed, detail)
    })?;
    if !twice.is_empty() {
        let faults = twice.into_iter().map(|pointer| Fault::at(pointer, "Указано дважды."));
        let detail = "Имя в объекте JSON может быть только одно.";
        return Err(Problem::with(Kind::Invalid, detail, faults.collect()).into());
    }
    let shape = shape::<T>(body_schema::<T>);
    let faults = shape.faults(&value).into_iter();
    let faults = faults.map(|(pointer, detail)| Fault::at(pointer, detail)).collect::<Vec<_>>();
    if !faults.is_empty() {
        let detail = "Тело запроса не такое, как описано в документе API.";
        return Err(Problem::with(Kind::Invalid, detail, faults).into());
    }
    let value = serde_json::from_value(cleaned(value));
    Ok((value.map_err(|error| AppError::Internal(error.into()))?, body))
}

/// The same value with its texts cleaned ([`clean::text`]), and with `7.0` written as `7`: JSON Schema
/// counts both as integers, serde does not.
fn cleaned(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 => {
                format!("{float:.0}").parse::<i64>().map_or(Value::Number(number), Value::from)
            }
            _ => Value::Number(number),
        },
        Value::String(text) => clean::text(&text).into_owned().into(),
        Value::Array(items) => items.into_iter().map(cleaned).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, cleaned(value))).collect()
        }
        other => other,
    }
}

/// The schema of `T`, made once.
fn shape<T: 'static>(schema: fn() -> Value) -> Arc<Schema> {
    static SHAPES: LazyLock<RwLock<HashMap<TypeId, Arc<Schema>>>> = LazyLock::new(RwLock::default);

    let of = TypeId::of::<T>();
    let known = SHAPES.read().unwrap_or_else(PoisonError::into_inner).get(&of).cloned();
    known.unwrap_or_else(|| {
        let shape = Schema::new(schema()).expect("a test builds the schema of every type");
        let shape = Arc::new(shape);
        let mut shapes = SHAPES.write().unwrap_or_else(PoisonError::into_inner);
        shapes.insert(of, Arc::clone(&shape));
        shape
    })
}

fn body_schema<T: ToSchema>() -> Value {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let mut schema = json!(T::schema());
    let parts = parts.into_iter().map(|(name, part)| (name, json!(part)));
    schema["components"] = json!({ "schemas": parts.collect::<Map<_, _>>() });
    schema
}

fn parameters_schema<T: IntoParams>() -> Value {
    let parameters = T::into_params(|| Some(ParameterIn::Query));
    let required = parameters.iter().filter(|parameter| parameter.required == Required::True);
    let required = required.map(|parameter| parameter.name.clone()).collect::<Vec<_>>();
    let property = |parameter: Parameter| (parameter.name, json!(parameter.schema));
    json!({
        "type": "object",
        "required": required,
        "properties": parameters.into_iter().map(property).collect::<Map<_, _>>(),
        "additionalProperties": false,
    })
}

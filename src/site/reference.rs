//! `/api`: the API's document as a page.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde_json::Value;
use url::form_urlencoded;
use utoipa::openapi::OpenApi;

use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::ladder::{Description, InlineHtml};
use crate::paths;
use crate::problem::Kind;
use crate::web::{Head, filters};

#[derive(Template)]
#[template(path = "site/reference.html")]
struct ReferencePage {
    head: Head,
    about: Option<InlineHtml>,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

/// Operations on one kind of thing.
struct Group {
    title: String,
    operations: Vec<Operation>,
}

struct Operation {
    /// The name in the document, which is its anchor too.
    id: String,
    method: String,
    path: String,
    summary: String,
    description: Option<InlineHtml>,
    needs_token: bool,
    parameters: Vec<Field>,
    /// The schema of the body it takes.
    body: Option<Kinds>,
    answers: Vec<Answer>,
    /// A call that works as it is printed.
    call: String,
}

struct Answer {
    status: String,
    description: String,
    body: Option<Kinds>,
}

/// A type of the document and what its values look like.
struct Schema {
    name: String,
    description: Option<InlineHtml>,
    fields: Vec<Field>,
    /// What a value may be, where it is no object.
    limits: Vec<String>,
    /// The expression a text must match.
    pattern: Option<String>,
}

/// A property of an object, or a parameter.
struct Field {
    name: String,
    /// Where a parameter stands; empty for a property.
    place: &'static str,
    kinds: Kinds,
    is_required: bool,
    description: Option<InlineHtml>,
    limits: Vec<String>,
    /// The expression a text must match.
    pattern: Option<String>,
}

/// What a value is: words, or the name of a schema that is on the page.
#[derive(Clone, Default)]
struct Kinds {
    /// What stands before the name, such as «список».
    words: String,
    schema: Option<String>,
}

/// The API's document, made when it is first asked for.
pub type Document = &'static LazyLock<OpenApi>;

/// Answers with the reference of the API.
///
/// # Errors
///
/// If the page can't be rendered.
pub async fn show(visitor: Visitor, document: Data<Document>) -> Result<HttpResponse, AppError> {
    let build = move |visit: &Visit| ReferencePage::build(visit, **document);
    visitor.html(paths::api::reference().into(), build).await
}

impl ReferencePage {
    fn build(visit: &Visit, document: Document) -> Result<Self, AppError> {
        let document = serde_json::to_value(&**document);
        let document = document.map_err(|error| AppError::Internal(error.into()))?;
        let description = "Профессии и грейды в JSON: адреса, параметры, ответы и примеры вызова.";
        let head = visit.head_outside_menu(paths::api::reference(), "API", description);
        let base = visit.site.url();
        let groups = items(&document["tags"]).map(|tag| Group::read(&document, tag, base));
        Ok(Self {
            head,
            about: sentence(&document["info"]["description"]),
            groups: groups.collect(),
            schemas: entries(&document["components"]["schemas"])
                // Lists are told where they are answered with.
                .filter(|(name, _)| !name.starts_with("List_"))
                .map(|(name, schema)| Schema::read(name, schema))
                .collect(),
        })
    }
}

impl Group {
    fn read(document: &Value, tag: &Value, base: &str) -> Self {
        let paths = entries(&document["paths"]);
        let operations = paths.flat_map(|(path, methods)| {
            entries(methods)
                .filter(|(_, operation)| operation["tags"][0] == tag["name"])
                .map(|(method, operation)| Operation::read(base, path, method, operation))
        });
        let mut operations = operations.collect::<Vec<_>>();
        let order = ["GET", "POST", "PATCH", "DELETE"];
        operations.sort_by_key(|operation| {
            let method = order.iter().position(|method| *method == operation.method);
            (operation.path.clone(), method)
        });
        Self { title: text(&tag["name"]), operations }
    }
}

impl Operation {
    fn read(base: &str, path: &str, method: &str, operation: &Value) -> Self {
        let content = &operation["requestBody"]["content"]["application/json"];
        let answer = |(status, response): (&str, &Value)| {
            let body = entries(&response["content"]).next();
            Answer {
                status: status.to_owned(),
                description: text(&response["description"]),
                body: body.map(|(_, content)| Kinds::of(&content["schema"])),
            }
        };
        Self {
            id: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            description: sentence(&operation["description"]),
            needs_token: operation["security"].is_array(),
            parameters: items(&operation["parameters"]).map(Field::of_parameter).collect(),
            body: content.is_object().then(|| Kinds::of(&content["schema"])),
            answers: entries(&operation["responses"]).map(answer).collect(),
            call: call(base, path, &method.to_uppercase(), operation),
        }
    }
}

/// A call with the examples of the document. What it changes, it reads first; and it names nothing that may be
/// there, but variables of the shell, so that a copied call changes nothing by accident.
fn call(base: &str, path: &str, method: &str, operation: &Value) -> String {
    let (mut path, mut query, mut conditional) = (path.to_owned(), Vec::new(), false);
    let is_change = method != "GET";
    for parameter in items(&operation["parameters"]) {
        let (name, example) = (text(&parameter["name"]), &parameter["example"]);
        match parameter["in"].as_str() {
            Some("path") => {
                let value =
                    if is_change { format!("${}", name.to_uppercase()) } else { word(example) };
                path = path.replace(&format!("{{{name}}}"), &value);
            }
            Some("query") if !example.is_null() => query.push(pair(&name, &word(example))),
            Some("header") if name == "If-Match" => conditional = true,
            _ => {}
        }
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    // In double quotes the shell fills in variables.
    let quote = if path.contains('$') { '"' } else { '\'' };
    let address = format!("{quote}{base}{path}{query}{quote}");
    let mut lines = Vec::new();
    if conditional {
        lines.push(format!("ETAG=$(curl -s -o /dev/null -w '%header{{etag}}' {address})"));
    }
    let mut parts = vec![match method {
        // What curl takes from the rest of the call.
        "GET" | "POST" => format!("curl {address}"),
        other => format!("curl -X {other} {address}"),
    }];
    if operation["security"].is_array() {
        parts.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    if conditional {
        parts.push("-H \"If-Match: $ETAG\"".to_owned());
    }
    let example = &operation["requestBody"]["content"]["application/json"]["example"];
    if !example.is_null() {
        parts.push(format!("--json '{example}'"));
    }
    lines.push(parts.join(" \\\n  "));
    lines.join("\n")
}

/// A parameter as it stands in an address.
fn pair(name: &str, value: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

impl Schema {
    fn read(name: &str, schema: &Value) -> Self {
        let required = items(&schema["required"]).map(text).collect::<Vec<_>>();
        let field = |(name, property): (&str, &Value)| Field {
            name: name.to_owned(),
            place: "",
            kinds: Kinds::of(property),
            is_required: required.iter().any(|required| required == name),
            description: described(property),
            limits: limits(property),
            pattern: property["pattern"].as_str().map(str::to_owned),
        };
        Self {
            name: name.to_owned(),
            description: sentence(&schema["description"]),
            fields: entries(&schema["properties"]).map(field).collect(),
            limits: limits(schema),
            pattern: schema["pattern"].as_str().map(str::to_owned),
        }
    }
}

impl Field {
    fn of_parameter(parameter: &Value) -> Self {
        Self {
            name: text(&parameter["name"]),
            place: match parameter["in"].as_str() {
                Some("path") => "в адресе",
                Some("header") => "заголовок",
                _ => "параметр",
            },
            kinds: Kinds::of(&parameter["schema"]),
            is_required: parameter["required"] == true,
            description: sentence(&parameter["description"]),
            limits: limits(&parameter["schema"]),
            pattern: parameter["schema"]["pattern"].as_str().map(str::to_owned),
        }
    }
}

impl Kinds {
    fn of(schema: &Value) -> Self {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap_or_default();
            // The name of a list is that of its items.
            return match name.strip_prefix("List_") {
                Some(item) => {
                    Self { words: "список".to_owned(), schema: Some(item.to_owned()) }
                }
                None => Self { words: String::new(), schema: Some(name.to_owned()) },
            };
        }
        if let Some(some) = items(&schema["oneOf"]).next() {
            let inner = Self::of(some);
            return Self {
                words: format!("{} или null", inner.words).trim().to_owned(), ..inner
            };
        }
        if schema["type"] == "array" {
            return Self { words: "список".to_owned(), ..Self::of(&schema["items"]) };
        }
        let types = match &schema["type"] {
            Value::Array(types) => types.iter().map(word).collect::<Vec<_>>().join(" или "),
            one => word(one),
        };
        Self { words: types, schema: None }
    }
}

/// What narrows a value, in a few words each.
fn limits(schema: &Value) -> Vec<String> {
    let mut limits = Vec::new();
    if schema["enum"].is_array() {
        let names = items(&schema["enum"]).map(word).collect::<Vec<_>>();
        limits.push(format!("одно из: {}", names.join(", ")));
    }
    if schema["format"] == "date-time" {
        limits.push("RFC 3339".to_owned());
    }
    let (least, most) = (&schema["minLength"], &schema["maxLength"]);
    match (least.as_u64(), most.as_u64()) {
        (Some(least), Some(most)) if least > 0 => limits.push(format!("{least}–{most} знаков")),
        (_, Some(most)) => limits.push(format!("до {most} знаков")),
        _ => {}
    }
    match (schema["minimum"].as_u64(), schema["maximum"].as_u64()) {
        (Some(least), Some(most)) => limits.push(format!("{least}–{most}")),
        (Some(least), None) => limits.push(format!("от {least}")),
        _ => {}
    }
    if let Some(most) = schema["maxItems"].as_u64() {
        limits.push(format!("до {most} элементов"));
    }
    if !schema["default"].is_null() {
        limits.push(format!("иначе {}", word(&schema["default"])));
    }
    limits
}

/// What a property is for: its own words, or those of the alternative it stands for.
fn described(property: &Value) -> Option<InlineHtml> {
    sentence(&property["description"]).or_else(|| sentence(&property["oneOf"][0]["description"]))
}

/// A text of the document, which is `CommonMark`.
fn sentence(value: &Value) -> Option<InlineHtml> {
    let description = Description::parse(value.as_str()?);
    description.paragraphs().next().map(|note| note.html.clone())
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A value as one would write it in an address.
fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

//! Signing in and editing: handler, page struct and form fields side by side.

pub mod account;
pub mod audit;
pub mod check;
pub mod edit;
pub mod editor;
pub mod editors;
pub mod grade;
pub mod history;
pub mod overview;
pub mod profession;
pub mod profession_history;
pub mod removal;
pub mod rules;
pub mod rules_history;
pub mod setup;
pub mod sign_in;
pub mod skill;
pub mod skill_history;
pub mod skill_merge;
pub mod skill_removal;
pub mod skills;
pub mod tokens;
pub mod tracks;
pub mod trash;
pub mod unnamed;

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::editors::service::{Objection, WeakPassword};
use crate::fields::FieldError;
use crate::graders::service::texts;
use crate::web::field_errors::{message, status, title};

/// After a form that did what was asked: the answer a browser may load again without harm.
fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// What is wrong with a change note, beside the field `note`.
fn note_error(note: &str) -> Option<FieldError> {
    let is_wrong = note.chars().count() > texts::LONGEST_NOTE || note.contains(char::is_control);
    is_wrong.then(|| FieldError {
        field: "note",
        message: "В пояснении может быть не больше 200 знаков в одной строке.".to_owned(),
    })
}

/// The messages for objections, at the fields `login`, `password`, `present-password`, `role` and
/// `name`.
fn field_errors(objections: &[Objection]) -> Vec<FieldError> {
    let field_error = |objection: &Objection| {
        let (field, message) = match objection {
            Objection::InvalidLogin => {
                ("login", "В логине от 2 до 40 знаков: буквы, цифры, точка, дефис, подчёркивание.")
            }
            Objection::LoginTaken => ("login", "Такой логин уже есть. Выберите другой."),
            Objection::WeakPassword(WeakPassword::TooShort) => {
                ("password", "В пароле должно быть не меньше 15 знаков.")
            }
            Objection::WeakPassword(WeakPassword::TooLong) => {
                ("password", "В пароле может быть не больше 256 знаков.")
            }
            Objection::WeakPassword(WeakPassword::TooCommon) => {
                ("password", "Такой пароль легко угадать. Придумайте другой.")
            }
            Objection::WrongPassword => ("present-password", "Нынешний пароль не подошёл."),
            Objection::LastOwner => {
                ("role", "Это последний владелец, который может войти. Сначала назначьте другого.")
            }
            Objection::InvalidTokenName => {
                ("name", "Назовите ключ: от 1 до 60 знаков в одну строку.")
            }
            Objection::TokenNameTaken => (
                "name",
                "Такое имя уже есть. Выберите другое: имена отозванных ключей тоже заняты.",
            ),
        };
        FieldError { field, message: message.to_owned() }
    };
    objections.iter().map(field_error).collect()
}

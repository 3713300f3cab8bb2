//! What is wrong with the forms of accounts and tokens, in words.

use crate::editors::service::{Objection, WeakPassword};
use crate::fields::FieldError;

/// Describes objections beside the fields `login`, `display-name`, `password`, `repeated-password`,
/// `present-password`, `role` and `name`.
pub(super) fn field_errors(objections: &[Objection]) -> Vec<FieldError> {
    let describe = |objection: &Objection| {
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
            Objection::PasswordsDiffer => {
                ("repeated-password", "Пароли не совпали. Наберите оба раза одно и то же.")
            }
            Objection::PasswordSet => {
                ("invitation", "Редактор только что задал пароль, ссылка уже не нужна.")
            }
            Objection::InvalidName => ("display-name", "Имя: до 60 знаков в одну строку."),
            Objection::WrongPassword => ("present-password", "Текущий пароль не подошёл."),
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
    objections.iter().map(describe).collect()
}

//! `/learning` and `/profile`: pages that say what will stand here and show nothing invented.

use actix_web::HttpResponse;
use askama::Template;

use super::shared::Visitor;
use crate::error::AppError;
use crate::paths;
use crate::web::{Head, Section};

#[derive(Template)]
#[template(path = "site/learning.html")]
struct LearningPage {
    head: Head,
}

#[derive(Template)]
#[template(path = "site/profile.html")]
struct ProfilePage {
    head: Head,
}

/// Answers with the placeholder for learning.
///
/// # Errors
///
/// If the page can't be rendered.
pub async fn learning(visitor: Visitor) -> Result<HttpResponse, AppError> {
    visitor
        .html(paths::learning().into(), |visit| {
            let description = "Раздел с уровнями, разделами и модулями обучения ещё готовится.";
            let head = visit.head(paths::learning(), Section::Learning, "Обучение", description);
            Ok(LearningPage { head })
        })
        .await
}

/// Answers with the placeholder for the visitor's profile.
///
/// # Errors
///
/// If the page can't be rendered.
pub async fn profile(visitor: Visitor) -> Result<HttpResponse, AppError> {
    visitor
        .html(paths::profile().into(), |visit| {
            let description = "Страница о пользователе: его профессия и грейд. Ещё готовится.";
            let head = visit.head(paths::profile(), Section::Profile, "Профиль", description);
            Ok(ProfilePage { head })
        })
        .await
}

//! `/learning` and `/profile`: pages that say what will stand here and show nothing invented.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::error::AppError;
use crate::web::{Head, Section, State, html};

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
pub async fn learning(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, AppError> {
    html(&request, &state, "/learning".into(), |visit| {
        let description = "Раздел с уровнями, разделами и модулями обучения ещё готовится.";
        let head = Head::new(visit, "/learning", Section::Learning, "Обучение", description);
        Ok(LearningPage { head })
    })
    .await
}

/// Answers with the placeholder for the visitor's profile.
///
/// # Errors
///
/// If the page can't be rendered.
pub async fn profile(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, AppError> {
    html(&request, &state, "/profile".into(), |visit| {
        let description = "Страница о пользователе: его профессия и грейд. Ещё готовится.";
        let head = Head::new(visit, "/profile", Section::Profile, "Профиль", description);
        Ok(ProfilePage { head })
    })
    .await
}

//! `/rules`: how people move between grades.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::editors::service::Role;
use crate::error::AppError;
use crate::graders::service::rules::{self, Rules};
use crate::ladder::article::{self, Section as ArticleSection};
use crate::web::{Head, Section, State, Visit, filters, html};

#[derive(Template)]
#[template(path = "site/rules.html")]
struct RulesPage {
    head: Head,
    rules: Rules,
    sections: Vec<ArticleSection>,
    /// Whether the visitor may change the rules.
    is_owner: bool,
}

/// Answers with the rules.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, AppError> {
    html(&request, &state, "/rules".into(), RulesPage::build).await
}

impl RulesPage {
    fn build(visit: &Visit<'_>) -> Result<Self, AppError> {
        let dictionary = visit.state.dictionary()?;
        let rules = rules::current(&visit.state.database)?.rules;
        let description = "Как переходят с грейда на грейд: порядок и сроки защит, что учитывают, \
                           кто решает и как растёт зарплата.";
        Ok(Self {
            head: Head::new(visit, "/rules", Section::Rules, "Правила грейдов", description),
            sections: article::read(&rules.text, &dictionary),
            rules,
            is_owner: visit.editor.as_ref().is_some_and(|editor| editor.role == Role::Owner),
        })
    }
}

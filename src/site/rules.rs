//! `/rules`: how people move between grades.

use actix_web::HttpResponse;
use askama::Template;

use super::shared::{Visit, Visitor};
use crate::editors::service::Role;
use crate::error::AppError;
use crate::graders::service::rules::{self, Rules};
use crate::ladder::article::{self, Section as ArticleSection};
use crate::paths;
use crate::web::{Head, Section, filters};

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
pub async fn show(visitor: Visitor) -> Result<HttpResponse, AppError> {
    visitor.html(paths::rules().into(), RulesPage::build).await
}

impl RulesPage {
    fn build(visit: &Visit) -> Result<Self, AppError> {
        let dictionary = visit.dictionary()?;
        let rules = rules::current(&visit.database)?.rules;
        let description = "Как переходят с грейда на грейд: порядок и сроки защит, что учитывают, \
                           кто решает и как растёт зарплата.";
        Ok(Self {
            head: visit.head(paths::rules(), Section::Rules, "Правила грейдов", description),
            sections: article::read(&rules.text, &dictionary),
            rules,
            is_owner: visit.editor.as_ref().is_some_and(|editor| editor.role == Role::Owner),
        })
    }
}

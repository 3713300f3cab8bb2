//! `/admin`: where an editor begins.

mod groups;
mod ladders;
mod work_list;

use std::collections::HashSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDateTime;
use serde::Deserialize;

use self::groups::Group;
use self::ladders::{Ladders, Shown};
use self::work_list::WorkList;
use crate::auth::{Publishing, SignedIn};
use crate::editors::reach::Reach;
use crate::editors::service;
use crate::error::AppError;
use crate::graders::service::catalogue::Catalogue;
use crate::graders::service::changes::{self, RecentChange, Undoing};
use crate::paths::admin;
use crate::web::{Head, blocking, filters, uncached};

/// The parameters of the page.
#[derive(Debug, Deserialize)]
pub struct Parameters {
    #[serde(default)]
    show: Shown,
    page: Option<usize>,
}

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct OverviewPage {
    head: Head,
    login: String,
    token: String,
    groups: Vec<Group>,
    work: WorkList,
    ladders: Ladders,
    recent: Vec<RecentChange>,
    /// When the editor was last here before; `None` if never.
    last_visit_at: Option<NaiveDateTime>,
}

/// Answers with what is to be done, the professions, and the latest changes.
///
/// # Errors
///
/// [`AppError::NotFound`] past the last page; if the database does not answer.
pub async fn show(
    catalogue: Data<Catalogue>,
    publishing: Data<Publishing>,
    session: SignedIn,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let (editor, reach, publishing) = (session.editor.clone(), session.reach.clone(), **publishing);
    let Parameters { show, page } = parameters.into_inner();
    let (head, token) = (session.head("Управление"), session.form_token());
    let read = blocking(move || {
        let catalogue = catalogue.snapshot()?;
        let database = catalogue.database();
        let ladders = Ladders::read(&catalogue, &reach, (show, page.unwrap_or(1)))?;
        let work = WorkList::read(database, publishing, &editor, &ladders.slugs)?;
        let mut recent = changes::recent(database)?;
        if reach != Reach::Everything {
            recent.retain(|change| is_of(change, &ladders.slugs));
        }
        Ok::<_, AppError>(OverviewPage {
            head,
            token,
            groups: groups::read(&catalogue, (&editor, &reach), &work, &ladders)?,
            work,
            ladders,
            recent,
            last_visit_at: service::last_visit_at(database, &editor.login)?,
            login: editor.login,
        })
    });
    uncached(StatusCode::OK, &read.await??)
}

/// Whether a change is one of these professions or of a grade of theirs.
fn is_of(change: &RecentChange, slugs: &HashSet<String>) -> bool {
    let slug = change.address.as_deref().and_then(admin::profession_in);
    slug.is_some_and(|slug| slugs.contains(slug))
}

impl OverviewPage {
    /// How many of the changes were made after the last visit; `None` if there was none.
    fn new_count(&self) -> Option<usize> {
        let last = self.last_visit_at?;
        Some(self.recent.iter().take_while(|change| change.at > last).count())
    }
}

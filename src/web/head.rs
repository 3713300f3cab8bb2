//! What a page says of itself.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{Past, assets};
use crate::russian;

/// The site's own name.
pub const SITE_NAME: &str = "Грейды";

/// Title, description and address of a page, and its place in the menu.
#[derive(Clone, Debug)]
pub struct Head {
    /// The name of the page, without the site's.
    pub title: String,
    /// One or two sentences for search results; empty for a page not meant to be found.
    pub description: String,
    /// The path under which the page is to be known; `None` for a page not meant to be found.
    pub canonical: Option<String>,
    /// The path that stands on a printed page; `None` where it says nothing.
    pub address: Option<String>,
    /// What stands before paths in full addresses, if it is known where visitors find the site; pages not
    /// meant to be found need none.
    pub public_url: Option<String>,
    /// The day of the last change that visitors can see, in UTC.
    pub changed_on: Option<NaiveDate>,
    /// The time zone of the times on the page.
    pub zone: Tz,
    /// The menu item the page belongs to.
    pub section: Option<Section>,
    /// The visitor's login, if signed in.
    pub login: Option<String>,
    /// The past state that the page shows.
    pub past: Option<Past>,
    /// Whether the page is one of a draft, for editors alone.
    pub is_draft: bool,
}

/// An item of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// «Профессии»
    Professions,
    /// «Навыки»
    Skills,
    /// «Поиск»
    Search,
    /// «Правила»
    Rules,
    /// «Обучение»
    Learning,
    /// «Профиль»
    Profile,
    /// «Управление», for editors.
    Editing,
}

impl Head {
    /// The head of a page that search engines leave out.
    pub fn unlisted(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            description: String::new(),
            canonical: None,
            address: None,
            public_url: None,
            changed_on: None,
            zone: Tz::UTC,
            section: None,
            login: None,
            past: None,
            is_draft: false,
        }
    }

    /// The head of a page for an editor.
    pub fn editing(title: impl Into<String>, login: &str) -> Self {
        Self {
            section: Some(Section::Editing),
            login: Some(login.to_owned()),
            ..Self::unlisted(title)
        }
    }

    /// What a sheet of paper tells of where it comes from: the address, and the day of the words on
    /// it. Not the day of printing: a page is rendered once for all, and a browser writes that day in
    /// the margin itself.
    #[must_use]
    pub fn printed(&self) -> Option<String> {
        let (site, address) = (self.public_url.as_ref()?, self.address.as_ref()?);
        Some(match self.changed_on {
            Some(day) => format!("{site}{address}, обновлено {}", russian::day(day)),
            None => format!("{site}{address}"),
        })
    }

    /// The full address under which the page is to be known.
    #[must_use]
    pub fn canonical_url(&self) -> Option<String> {
        Some(format!("{}{}", self.public_url.as_ref()?, self.canonical.as_ref()?))
    }

    /// The full address of the picture that other sites show beside a link to the page.
    #[must_use]
    pub fn picture(&self) -> Option<String> {
        Some(format!("{}{}", self.public_url.as_ref()?, assets::picture_address()))
    }

    /// The address of the stylesheet, unless the template of the page names another.
    #[must_use]
    pub fn stylesheet(&self) -> String {
        if self.is_in(Section::Editing) {
            assets::whole_stylesheet_address()
        } else {
            assets::stylesheet_address()
        }
    }

    /// The title with the site's name behind it.
    #[must_use]
    pub fn full_title(&self) -> String {
        format!("{} — {SITE_NAME}", self.title)
    }

    /// Whether the page belongs to a menu item.
    #[must_use]
    pub fn is_in(&self, section: Section) -> bool {
        self.section == Some(section)
    }
}

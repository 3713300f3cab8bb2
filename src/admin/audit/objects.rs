//! What entries of the log are about, under the names of pages and with the addresses where it is found.

use std::collections::HashMap;

use crate::audit::service::{Action, Entry};
use crate::editors::service::Account;
use crate::graders::service::named::{Named, Names};
use crate::paths::admin;

/// What an entry is about.
#[derive(Debug, Default)]
pub(super) struct Object {
    /// What pages call it; empty if the entry is about nothing else than who acts.
    pub title: String,
    /// Where it is found, if it is there.
    pub address: Option<String>,
}

/// Everything that entries may be about.
pub(super) struct Objects {
    pub names: Names,
    /// The numbers of accounts, by login.
    accounts: HashMap<String, i32>,
}

impl Objects {
    pub fn new(names: Names, accounts: &[Account]) -> Self {
        let accounts = accounts.iter().map(|account| (account.login.clone(), account.id));
        Self { names, accounts: accounts.collect() }
    }

    /// What an entry is about.
    pub fn of(&self, entry: &Entry) -> Object {
        let (names, object) = (&self.names, entry.object.as_str());
        let history = |named: Option<Named>, address: fn(&str) -> String| {
            let found = named?;
            Some(Object { title: found.title, address: found.slug.as_deref().map(address) })
        };
        let at = |address: &str| {
            Some(Object { title: object.to_owned(), address: Some(address.to_owned()) })
        };
        let found = match entry.action {
            Some(
                Action::Save
                | Action::ClearDescription
                | Action::Propose
                | Action::PublishProposal
                | Action::ReturnProposal
                | Action::WithdrawProposal,
            ) => names.grade(object).map(|named| {
                let address = named.slug.as_ref().zip(named.level.as_ref());
                let address = address.map(|(slug, level)| admin::grade_history(slug, level));
                Object { title: named.title, address }
            }),
            Some(
                Action::AddProfession
                | Action::ChangeProfession
                | Action::RemoveProfession
                | Action::DismissFinding
                | Action::ReturnFinding,
            ) => history(names.profession(object), admin::profession_history),
            Some(Action::AddTrack | Action::ChangeTrack | Action::RemoveTrack) => {
                history(names.track(object), admin::track_history)
            }
            Some(Action::AddSkill | Action::ChangeSkill | Action::RemoveSkill) => {
                history(names.skill(object), admin::skill_history)
            }
            Some(Action::AddScale | Action::ChangeScale | Action::RemoveScale) => {
                history(names.scale(object), admin::scale_history)
            }
            Some(Action::ChangeRules) => {
                let address = Some(admin::rules_history().to_owned());
                Some(Object { title: "Правила".to_owned(), address })
            }
            Some(Action::CorrectEffect) => object.parse().ok().map(|id| {
                let title = format!("правка {id}");
                Object { title, address: Some(admin::change(id)) }
            }),
            Some(Action::NameRelease) => at(admin::releases()),
            Some(Action::Import) => at(admin::transfer()),
            Some(Action::AddToken | Action::RevokeToken) => at(admin::tokens()),
            _ => self
                .accounts
                .get(object)
                .map(|id| Object { title: object.to_owned(), address: Some(admin::editor(*id)) }),
        };
        found
            .filter(|_| !object.is_empty() || entry.action == Some(Action::ChangeRules))
            .unwrap_or_else(|| Object { title: object.to_owned(), address: None })
    }
}

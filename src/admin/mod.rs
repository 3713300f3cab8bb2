//! Signing in and editing: handler, page struct and form fields side by side.

pub mod account;
mod account_errors;
pub mod audit;
pub mod check;
pub mod edit;
pub mod editor;
pub mod editors;
pub mod formatting;
pub mod grade;
pub mod history;
pub mod overview;
pub mod profession;
mod profession_errors;
pub mod removal;
pub mod rules;
pub mod setup;
pub mod sign_in;
pub mod skill;
mod skill_errors;
pub mod skill_merge;
pub mod skill_removal;
pub mod skills;
pub mod tokens;
pub mod tracks;
pub mod trash;
pub mod unnamed;

//! «Грейды»: professions and their grade ladders, served as plain pages.
//!
//! A request goes down once and comes up once: a handler in [`site`], [`admin`] or
//! [`graders::handlers`] calls [`graders::service`], which runs its queries
//! in one transaction of [`db`]; [`ladder`] computes what the texts mean; the page struct beside the
//! handler is rendered by its template, a body of [`graders::schemas`] is written as JSON.
//!
//! Modules import downwards only, and a test holds the order: [`app`], [`routes`]; [`site`], [`admin`]
//! and [`graders::handlers`]; [`auth`] and [`graders::service`]; [`editors`], [`audit`]; [`db`]. At the
//! bottom, for everybody: [`web`] and [`error`], which know no domain, and [`ladder`], `paths`,
//! [`clean`], [`russian`] and `variants`.
//!
//! | module | what it holds |
//! |---|---|
//! | [`admin`] | signing in and editing |
//! | [`app`] | builds the application: database, state, middleware order, server |
//! | [`audit`] | who did what, when and from where |
//! | [`auth`] | who is asking: sessions, who may publish, tokens of programs, limits on guessing, cross-site requests |
//! | [`clean`] | what is done to everything that is typed or pasted: normal form, line breaks, invisible characters |
//! | [`config`] | settings from flags and environment |
//! | [`db`] | the two databases behind one connection, migrations, `read`, `write`, `change_catalogue` and `snapshot`, and what of them everybody may see |
//! | [`editors`] | who may change the catalogue: accounts, passwords, sessions, tokens of programs |
//! | [`error`] | the one error type of handlers |
//! | [`fields`] | what was typed into a form |
//! | [`graders`] | professions, grades, skills and rules stored, served, proposed and changed; the JSON API |
//! | [`ladder`] | what grades are: levels, descriptions, skills and their depth, ladders, comparison, search, promotion, pay; pure |
//! | `paths` | every address as a typed, percent-encoding function |
//! | [`problem`] | errors as programs read them |
//! | [`routes`] | every URL in one list |
//! | [`russian`] | plurals, numbers, days and no-break spaces |
//! | [`site`] | the public pages |
//! | [`tools`] | the commands that work on a database without serving it |
//! | `variants` | all variants of an enum as an array |
//! | [`web`] | what every answer needs: the server and its streams, the clock, page cache, revalidation, repeated requests, responders, compression, bodies, headers, limits, turns at work, request ids, the log, figures, error page |

pub mod admin;
pub mod app;
pub mod audit;
pub mod auth;
pub mod clean;
pub mod config;
pub mod db;
pub mod editors;
pub mod error;
pub mod fields;
pub mod graders;
pub mod ladder;
pub(crate) mod paths;
pub mod problem;
pub mod routes;
pub mod russian;
pub mod site;
pub mod tools;
mod variants;
pub mod web;

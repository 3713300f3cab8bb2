//! Tests from the outside: over HTTP, on the command line, in a browser.
//!
//! A test for both databases is two tests: `sqlite` runs everywhere; `postgres` needs the server in
//! `TEST_DATABASE_URL`, so it is ignored by default.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[macro_use]
mod app;

mod accounts;
mod across;
mod api;
mod assets;
mod backup;
mod bad_input;
mod blocks;
mod bodies;
mod browser;
mod calendar;
mod catalogue;
mod changes;
mod check;
mod command_line;
mod compare;
mod database;
mod dictionary;
mod distance;
mod doors;
mod drafts;
mod editing;
mod export;
mod faults;
mod headers;
mod hidden_aliases;
mod history;
mod house;
mod http;
mod identity;
mod import;
mod inclusions;
mod inherited;
mod life;
mod limits;
mod log;
mod matrix;
mod metrics;
mod names;
mod overview;
mod pages;
mod past;
mod pasted;
mod people;
mod plan;
mod proposals;
mod releases;
mod repeats;
mod round_trip;
mod rules;
mod salary;
mod scale_names;
mod scales;
mod search;
mod sheet_form;
mod sheets;
mod signing_in;
mod since;
mod skills;
mod starting;
mod structure;
mod technologies;
mod tokens;
mod typed;
mod undescribed;
mod uploads;
mod whole_ladder;
mod words;

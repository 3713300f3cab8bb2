//! What every answer needs, whatever it is about: the page cache, responders, compression,
//! conditional requests, headers, limits, turns, request ids and the error page. Knows no domain.

mod allowance;
pub mod assets;
pub mod body;
pub mod cache;
pub mod clean_query;
mod clock;
mod compressed;
pub mod connection;
pub mod contract;
pub mod cors;
mod counter;
mod csv;
pub mod direct;
pub mod error_page;
pub mod field_errors;
pub(crate) mod filters;
mod head;
pub mod headers;
mod json;
pub mod limits;
pub mod log;
pub(crate) mod markdown;
pub mod metrics;
pub mod multipart;
pub mod past;
mod priority;
mod problem_page;
mod proxies;
mod redacted;
pub mod repeats;
pub mod request_id;
pub mod respond;
mod revalidation;
mod schema;
pub mod server;
mod site;
mod turns;
mod visitor;

pub use self::allowance::{Allowances, Rate};
pub use self::cache::{CachedPage, PageCache};
pub use self::clock::Clock;
pub use self::compressed::{Compressed, digest, entity_tag, is_matched};
pub use self::counter::Counter;
pub use self::csv::{Separator, Sheet};
pub use self::head::{Head, SITE_NAME, Section};
pub use self::log::LogFormat;
pub use self::past::Past;
pub use self::problem_page::ACCEPT_PATCH;
pub use self::proxies::{InvalidProxies, Proxies};
pub use self::redacted::redacted;
pub use self::request_id::{
    RequestId, RequestTimeout, blocking, blocking_to_the_end, fresh, introduce, person,
};
pub use self::respond::{File, see_other, uncached, written};
pub use self::revalidation::{LastChange, Revalidation};
pub use self::site::Site;
pub use self::turns::{Busyness, Turns, Work};
pub use self::visitor::{network, visitor};

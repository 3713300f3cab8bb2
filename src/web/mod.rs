//! What pages share.

pub mod assets;
mod compressed;
pub mod error_page;
pub(crate) mod filters;
mod head;
pub mod headers;
pub mod limits;
mod page;
pub mod request_id;

pub use self::head::{Head, Section};
pub use self::page::{State, html, xml};
pub use self::request_id::RequestId;

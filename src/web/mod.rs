//! What pages share.

pub mod assets;
pub mod attempts;
mod compressed;
pub mod contract;
pub mod cross_site;
pub mod error_page;
pub(crate) mod filters;
mod head;
pub mod headers;
pub mod limits;
mod page;
pub mod request_id;
pub mod session;
mod sign_in_page;

pub use self::head::{Head, Section};
pub use self::page::{State, Visit, html, uncached, xml};
pub use self::request_id::RequestId;
pub use self::session::{SignedForm, SignedIn};
pub use self::sign_in_page::SignInPage;

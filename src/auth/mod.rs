//! Who is asking: sessions of editors, tokens of programs, limits on guessing, and forms that only a
//! page of this site can send.

pub mod cookies;
pub mod cross_site;
pub mod ended_session;
mod hashing;
pub mod program;
pub mod session;
pub mod signing_in;
pub mod throttle;

pub use self::hashing::Hashing;
pub use self::session::{SignedFiles, SignedForm, SignedIn};
pub use self::signing_in::SignInPage;
pub use self::throttle::Throttle;

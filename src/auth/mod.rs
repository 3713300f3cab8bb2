//! Who is asking: sessions of editors, who of them may publish, tokens of programs, limits on guessing, and forms that only a
//! page of this site can send.

pub mod cookies;
pub mod cross_site;
pub mod ended_session;
mod hashing;
pub mod program;
mod publishing;
pub mod session;
pub mod signing_in;
pub mod throttle;

pub use self::hashing::Hashing;
pub use self::publishing::Publishing;
pub use self::session::{SignedFiles, SignedForm, SignedIn};
pub use self::signing_in::SignInPage;
pub use self::throttle::Throttle;

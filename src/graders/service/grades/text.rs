//! What the saved changes of a grade hold: its description.

use crate::clean;
use crate::graders::models::revisions::Kind;
use crate::graders::service::ServiceError;
use crate::graders::service::revisions::Snapshot;
use crate::ladder::comments::without_comments;

/// A description that is there.
pub struct Text(pub String);

impl Text {
    pub fn of(description: Option<&str>) -> Option<Self> {
        description.map(|text| Self(text.to_owned()))
    }
}

impl Snapshot for Text {
    const KIND: Kind = Kind::Grade;

    fn read(text: &str) -> Result<Self, ServiceError> {
        Ok(Self(clean::text(text).into_owned()))
    }

    fn write(&self) -> Result<String, ServiceError> {
        Ok(self.0.clone())
    }

    fn lines(&self) -> String {
        self.0.clone()
    }

    /// Only the lines tell what changed in a text.
    fn changes(&self, _: &Self) -> Vec<String> {
        Vec::new()
    }

    fn public(self) -> Option<Self> {
        Some(Self(without_comments(&self.0).into_owned()))
    }
}

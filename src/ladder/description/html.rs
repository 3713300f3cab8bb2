//! HTML made of inline text.

use std::fmt;

/// HTML that is safe to insert into a page unescaped.
///
/// Made by [`Description::parse`](super::Description::parse) only: well-formed, without any tag but `a`, `em`, `strong`,
/// `del`, `code` and `br`, and without any attribute but an `href` to http, https, mailto or a skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineHtml(String);

impl InlineHtml {
    /// Of what is as the type says.
    pub(super) fn safe(html: String) -> Self {
        Self(html)
    }

    /// How many bytes it has.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The HTML with the links to one address set in bold instead.
    #[must_use]
    pub fn with_marked(&self, address: &str) -> Self {
        const END: &str = "</a>";
        let opening = format!("<a href=\"{address}\">");
        let mut marked = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once(&opening) {
            let (name, after) = after.split_once(END).unwrap_or((after, ""));
            marked.push_str(before);
            marked.push_str("<b>");
            marked.push_str(name);
            marked.push_str("</b>");
            rest = after;
        }
        marked.push_str(rest);
        Self(marked)
    }
}

impl fmt::Display for InlineHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

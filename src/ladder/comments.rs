//! HTML comments: remarks that editors leave for each other.

use std::borrow::Cow;

use super::markers::{begins_block, fence_after, marker};

/// A text without its HTML comments; those in code stay.
#[must_use]
pub fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains("<!--") {
        return Cow::Borrowed(text);
    }
    replaced_outside_code(text, |rest, before| {
        Some((comment_length(rest, is_line_opening(before))?, String::new()))
    })
}

/// A text in which some of what begins with `<` or a line break is replaced, but nothing in code.
/// `replace` gets the text from there on and the text before it, and returns the length of what is
/// replaced and what stands there instead.
pub(super) fn replaced_outside_code(
    text: &str,
    mut replace: impl FnMut(&str, &str) -> Option<(usize, String)>,
) -> Cow<'_, str> {
    let mut kept = String::with_capacity(text.len());
    let mut fence = None;
    let mut at = 0;
    while at < text.len() {
        let is_line_start = at == 0 || text[..at].ends_with('\n');
        if is_line_start {
            let line = text[at..].split_inclusive('\n').next().unwrap_or_default();
            let was_in_fence = fence.is_some();
            fence = fence_after(fence, line.trim());
            if was_in_fence || fence.is_some() {
                kept.push_str(line);
                at += line.len();
                continue;
            }
        }
        let rest = &text[at..];
        let next = rest.find(['<', '`', '\\', '\n']).unwrap_or(rest.len());
        kept.push_str(&rest[..next]);
        at += next;
        let rest = &text[at..];
        let length = match rest.as_bytes().first() {
            Some(b'`') => code_length(rest, &text[..at]),
            // An escaped sign begins nothing.
            Some(b'\\') => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            Some(_) => match replace(rest, &text[..at]) {
                Some((length, replacement)) => {
                    kept.push_str(&replacement);
                    at += length;
                    continue;
                }
                None => 1,
            },
            None => 0,
        };
        kept.push_str(&rest[..length]);
        at += length;
    }
    Cow::Owned(kept)
}

/// The length of the comment that a text begins with. One without an end reaches to the end of the
/// text if a line begins with it (`CommonMark` 0.31, section 4.6), or else to the end of the line.
fn comment_length(text: &str, opens_line: bool) -> Option<usize> {
    let inside = text.strip_prefix("<!--")?;
    if inside.starts_with('>') {
        return Some("<!-->".len());
    }
    if inside.starts_with("->") {
        return Some("<!--->".len());
    }
    match inside.find("-->") {
        Some(end) => Some("<!--".len() + end + "-->".len()),
        None if opens_line => Some(text.len()),
        None => Some(text.find('\n').unwrap_or(text.len())),
    }
}

fn is_line_opening(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    marker(line.trim_start()).unwrap_or(line).trim().is_empty()
}

/// The length of the code span that a text begins with, or else of its backticks.
fn code_length(text: &str, before: &str) -> usize {
    let run = |text: &str| text.len() - text.trim_start_matches('`').len();
    let opening = run(text);
    let ends = text.match_indices('\n').map(|(end, _)| end);
    let is_heading = begins_block(before.rsplit('\n').next().unwrap_or_default().trim_start());
    let ends_here = |end: &usize| {
        let line = text[end + 1..].lines().next().unwrap_or_default().trim();
        is_heading
            || line.is_empty()
            || marker(line).is_some()
            || begins_block(line)
            || line.starts_with('>')
    };
    let paragraph = ends.into_iter().find(ends_here).map_or(text, |end| &text[..end]);
    let mut at = opening;
    while let Some(next) = paragraph[at..].find('`') {
        let closing = run(&paragraph[at + next..]);
        at += next + closing;
        if closing == opening {
            return at;
        }
    }
    opening
}

#[cfg(test)]
mod tests {
    use super::super::Description;
    use super::*;

    fn items(text: &str) -> Vec<String> {
        let requirements = Description::parse(text).requirements;
        requirements.into_iter().map(|requirement| requirement.text).collect()
    }

    #[test]
    fn comments_are_left_out() {
        for (text, kept) in [
            ("а <!-- б --> в", "а  в"),
            ("<!-- а\n- б\n\nв -->г", "г"),
            ("а <!--> б <!---> в", "а  б  в"),
            ("`<!-- а -->` <!-- б -->", "`<!-- а -->` "),
            ("```\n<!-- а -->\n```\n<!-- б -->", "```\n<!-- а -->\n```\n"),
            ("\\<!-- а", "\\<!-- а"),
            ("а\n- <!-- б\nв", "а\n- "),
            ("а <!-- б\nв", "а \nв"),
            ("- `а\n- <!-- б --> `в", "- `а\n-  `в"),
            ("# а`\n<!-- б -->`", "# а`\n`"),
            ("a <!-- `б --> `в`", "a  `в`"),
        ] {
            assert_eq!(without_comments(text), kept, "{text}");
        }
        assert_eq!(items("- Git <!-- или SVN -->\n<!-- - Docker -->\n- SSH"), ["Git", "SSH"]);
        assert_eq!(items("- <!-- x -->Знакомство: Git"), ["Git"]);
    }
}

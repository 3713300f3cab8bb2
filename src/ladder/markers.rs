//! What a line begins: an item of a list, a fence of code, a heading, a rule.

/// Signs that begin a list item, even without a space after them.
const BULLETS: &str = "•·●○◦∙⦁▪▫■□◆◇‣⁃→⇒➔➜❖➢➤►▶▸✓✔✗✘☐☑☒\u{f0b7}\u{f0a7}\u{f0d8}\u{f0fc}\u{f076}";

/// Dashes that begin a list item before a space, a letter or an opening sign.
const DASHES: &str = "-—–―‒−‐‑";

/// Letters that Word's text of its bullets of deeper levels consists of; a tab follows.
const WORD_BULLETS: &str = "oо§ü";

/// Opening signs that may follow a dash without a space.
const OPENINGS: &str = "«„“\"'([`";

/// The text of the list item that a line without indentation begins; `None` if it begins none.
pub fn marker(text: &str) -> Option<&str> {
    if is_rule(text) {
        return None;
    }
    let after = after_sign(text).or_else(|| after_number(text));
    let content = after.map(str::trim_start);
    let content = unchecked(content.unwrap_or(text)).or(content)?;
    // Whoever numbers a list that has markers already writes «1) - Git».
    Some(marker(content).unwrap_or(content))
}

/// What follows a bullet or a dash.
fn after_sign(text: &str) -> Option<&str> {
    let sign = text.chars().next()?;
    let after = &text[sign.len_utf8()..];
    let next = after.chars().next();
    let is_spaced = next.is_none_or(char::is_whitespace);
    let is_marker = match sign {
        '*' => is_spaced || next.is_some_and(char::is_alphabetic) && !after.contains('*'),
        '+' => is_spaced,
        sign if BULLETS.contains(sign) => true,
        sign if DASHES.contains(sign) => {
            is_spaced || next.is_some_and(|next| next.is_alphabetic() || OPENINGS.contains(next))
        }
        sign if WORD_BULLETS.contains(sign) => next == Some('\t'),
        _ => false,
    };
    is_marker.then_some(after)
}

/// What follows a number or a letter of an ordered list: «1.», «2)», «(3)», «1.2.», «а)», «iv)».
fn after_number(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('(');
    let text = inside.unwrap_or(text);
    let digits = text.len()
        - text.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '.').len();
    let (number, after) = if digits > 0 {
        let number = text[..digits].trim_end_matches('.');
        let parts = number.split('.').all(|part| (1..=3).contains(&part.len()));
        (number, text.get(number.len()..).filter(|_| parts)?)
    } else {
        let roman = text.len() - text.trim_start_matches(['i', 'v', 'x']).len();
        let letter =
            text.chars().next().filter(|letter| letter.is_alphabetic() && inside.is_none())?;
        text.split_at(if roman > 0 { roman } else { letter.len_utf8() })
    };
    let is_number = digits > 0;
    let after = match (after.chars().next()?, inside) {
        (')', _) => &after[1..],
        ('.', None) if is_number => &after[1..],
        _ => return None,
    };
    let next = after.chars().next();
    let is_marker = next.is_none_or(char::is_whitespace)
        || is_number && next.is_some_and(|next| next.is_alphabetic() || OPENINGS.contains(next));
    (is_marker && !number.is_empty()).then_some(after)
}

/// What follows the box of a task: «[ ]» or «[x]».
fn unchecked(text: &str) -> Option<&str> {
    let after =
        text.strip_prefix('[')?.strip_prefix([' ', '\u{a0}', 'x', 'X', 'х', 'Х', 'v', 'V'])?;
    let after = after.strip_prefix(']')?;
    after.starts_with(char::is_whitespace).then(|| after.trim_start())
}

/// Whether a line is a thematic break (`CommonMark` 0.31, section 4.1).
pub fn is_rule(text: &str) -> bool {
    ['-', '*', '_'].into_iter().any(|sign| {
        text.chars().filter(|found| *found == sign).count() >= 3
            && text.chars().all(|found| found == sign || found == ' ' || found == '\t')
    })
}

/// Whether a line is a rule of dashes that `CommonMark` does not know.
pub fn is_dashes(text: &str) -> bool {
    text.contains(|sign| DASHES.contains(sign) && sign != '-')
        && text.chars().all(|sign| DASHES.contains(sign) || sign.is_whitespace())
}

/// The fence that is open after a line: its sign and how often it stands there (`CommonMark` 0.31,
/// section 4.5).
pub fn fence_after(open: Option<(char, usize)>, line: &str) -> Option<(char, usize)> {
    let line = if open.is_none() { marker(line).unwrap_or(line) } else { line };
    let sign = line.chars().next().filter(|sign| matches!(sign, '`' | '~'));
    let length = sign.map_or(0, |sign| line.chars().take_while(|next| *next == sign).count());
    let after = &line[length..];
    match (open, sign) {
        (Some((open, least)), Some(sign)) if sign == open && length >= least => {
            (!after.trim().is_empty()).then_some((open, least))
        }
        (Some(open), _) => Some(open),
        (None, Some(sign)) if length >= 3 && !(sign == '`' && after.contains('`')) => {
            Some((sign, length))
        }
        (None, _) => None,
    }
}

/// Whether a line of `CommonMark` begins a block that is no paragraph.
pub fn begins_block(text: &str) -> bool {
    let after = text.trim_start_matches('#');
    let hashes = text.len() - after.len();
    let is_heading =
        (1..=6).contains(&hashes) && (after.is_empty() || after.starts_with([' ', '\t']));
    is_heading || fence_after(None, text).is_some() || is_rule(text)
}

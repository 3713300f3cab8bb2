//! What a line begins: an item of a list, a fence of code, a heading, a rule.

/// Signs that begin a list item, even without a space after them.
const BULLETS: &str = "•·●○◦∙⦁▪▫■□◆◇‣⁃→⇒➔➜❖➢➤►▶▸✓✔✗✘☐☑☒";

/// Dashes that begin a list item before a space, a letter or an opening sign.
const DASHES: &str = "-—–―‒−‐‑";

/// Letters that Word's bullets of deeper levels are as text; a tab or several spaces follow.
const WORD_BULLETS: &str = "oо§üØ¨";

/// Signs that may follow a marker without a space: opening ones and those of markup.
const OPENINGS: &str = "«„“\"'([`*_~";

/// The text of the list item that a line without indentation begins; `None` if it begins none.
pub fn marker(text: &str) -> Option<&str> {
    if is_rule(text) {
        return None;
    }
    let after = after_sign(text).or_else(|| after_number(text));
    let content = after.map(str::trim_start);
    let content = unchecked(content.unwrap_or(text)).or(content)?;
    // Whoever numbers a list that has markers already writes «1) - Git».
    Some(after_sign(content).map_or(content, |content| {
        let content = content.trim_start();
        unchecked(content).unwrap_or(content)
    }))
}

/// A line whose marker stands in markup, with the marker before it: «**• Docker**», «**1.** Git».
pub fn outside_markup(line: &str) -> Option<String> {
    let text = line.trim_start();
    let sign = text.chars().next().filter(|sign| matches!(sign, '*' | '_'))?;
    let inside = text.trim_start_matches(sign);
    let markup = &text[..text.len() - inside.len()];
    let indentation = &line[..line.len() - text.len()];
    if let Some((alone, rest)) = inside.split_once(markup)
        && !alone.trim().is_empty()
        && marker(alone.trim()).is_some_and(str::is_empty)
    {
        return Some(format!("{indentation}{} {}", alone.trim(), rest.trim_start()));
    }
    let bullet = inside.chars().next()?;
    let after = &inside[bullet.len_utf8()..];
    let is_dash = DASHES.contains(bullet) && after.starts_with(char::is_whitespace);
    (BULLETS.contains(bullet) || is_dash)
        .then(|| format!("{indentation}{bullet} {markup}{}", after.trim_start()))
}

/// What follows a bullet or a dash.
fn after_sign(text: &str) -> Option<&str> {
    let sign = text.chars().next()?;
    // An emoji may be told to look like one.
    let after = text[sign.len_utf8()..].trim_start_matches('\u{fe0f}');
    let mut following = after.chars();
    let (next, second) = (following.next(), following.next());
    let is_spaced = next.is_none_or(char::is_whitespace);
    let is_marker = match sign {
        '*' => is_spaced || next.is_some_and(char::is_alphabetic) && !after.contains('*'),
        '+' => is_spaced,
        sign if BULLETS.contains(sign) || is_symbol_of_font(sign) => true,
        sign if DASHES.contains(sign) => {
            is_spaced
                || next.is_some_and(|next| next.is_alphabetic() || OPENINGS.contains(next))
                || next == Some('.') && second.is_some_and(char::is_alphabetic)
        }
        sign if WORD_BULLETS.contains(sign) => {
            let gap = after.len() - after.trim_start().len();
            next == Some('\t') || gap >= "   ".len()
        }
        sign => is_spaced && is_pictogram(sign),
    };
    is_marker.then_some(after)
}

/// Whether a sign is one of the symbol fonts of Word, as Wingdings, which have the private use area.
const fn is_symbol_of_font(sign: char) -> bool {
    matches!(sign, '\u{f020}'..='\u{f0ff}')
}

/// Whether a sign is an arrow, a number in a circle, a dingbat or an emoji, as messengers begin lines with.
const fn is_pictogram(sign: char) -> bool {
    matches!(
        sign,
        '»' | '›' | '∗' | '・' | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}'
            | '\u{2460}'..='\u{2bff}' | '\u{1f300}'..='\u{1faff}'
    )
}

/// What follows a number or a letter of an ordered list: «1.», «2)», «(3)», «1.2.», «а)», «iv)».
fn after_number(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('(');
    let text = inside.unwrap_or(text);
    let digits = text.len()
        - text.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '.').len();
    let (number, after) = if digits > 0 {
        let number = text[..digits].trim_end_matches('.');
        (number, text.get(number.len()..).filter(|_| is_number(number))?)
    } else {
        let roman = ["ivx", "IVX"].map(|letters| {
            text.len() - text.trim_start_matches(|letter| letters.contains(letter)).len()
        });
        let letter =
            text.chars().next().filter(|letter| letter.is_alphabetic() && inside.is_none())?;
        text.split_at(
            roman.into_iter().max().filter(|length| *length > 0).unwrap_or(letter.len_utf8()),
        )
    };
    let is_number = digits > 0;
    let after = match (after.chars().next()?, inside) {
        ('.', None) if is_number && after.starts_with(".)") => &after[2..],
        (')', _) => &after[1..],
        ('.', None) if is_number => &after[1..],
        // The keycap of a digit.
        ('\u{fe0f}', None) if is_number => after.strip_prefix("\u{fe0f}\u{20e3}")?,
        _ => return None,
    };
    let next = after.chars().next();
    let is_marker = next.is_none_or(char::is_whitespace)
        || is_number && next.is_some_and(|next| next.is_alphabetic() || OPENINGS.contains(next));
    (is_marker && !number.is_empty()).then_some(after)
}

/// Whether digits number an item: one to three of them, or several such parts; «12.05» is a date.
fn is_number(digits: &str) -> bool {
    let parts = digits.split('.').collect::<Vec<_>>();
    let is_date = parts.len() == 2 && parts.iter().all(|part| part.len() == 2);
    !is_date && parts.iter().all(|part| (1..=3).contains(&part.len()))
}

/// Whether a line without indentation begins with a number other than one and a full stop: in the middle
/// of a paragraph that numbers no item (`CommonMark` 0.31, section 5.3).
pub fn is_later_number(text: &str) -> bool {
    let after = text.trim_start_matches(|sign: char| sign.is_ascii_digit());
    let number = &text[..text.len() - after.len()];
    !number.is_empty() && number != "1" && after.starts_with('.') && !after.starts_with(".)")
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
        text.chars().all(|found| found == sign || found == ' ' || found == '\t')
            && text.chars().filter(|found| *found == sign).count() >= 3
    })
}

/// Whether a line is a rule of dashes that `CommonMark` does not know.
pub fn is_dashes(text: &str) -> bool {
    text.chars().all(|sign| DASHES.contains(sign) || sign.is_whitespace())
        && text.contains(|sign| DASHES.contains(sign) && sign != '-')
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

#[cfg(test)]
mod tests {
    use super::super::Description;

    #[test]
    fn a_marker_in_markup_begins_an_item() {
        let html = |text: &str| {
            let asked = Description::parse(text).requirements.into_iter();
            asked.map(|asked| asked.html.to_string()).collect::<Vec<_>>()
        };
        for text in ["**• Docker**\n**• Git**", "__— Docker__\n__— Git__", "**▪Docker**\n**▪Git**"]
        {
            assert_eq!(html(text), ["<strong>Docker</strong>", "<strong>Git</strong>"], "{text}");
        }
        assert_eq!(html("**1.** Git\n**2.** Go"), ["Git", "Go"]);
        assert_eq!(html("**•** Git\n*а)* Go"), ["Git", "Go"]);
        assert!(html("**1. Основы**\n\n**Git**\n\n**—5**").is_empty());
    }
}

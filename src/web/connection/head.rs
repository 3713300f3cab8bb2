//! The head of a request: how long it is, what follows it, and what of it must be mended.

use httparse::{EMPTY_HEADER, Header, Request, Status};

/// As many as the HTTP layer reads.
const MOST_HEADERS: usize = 96;

/// What follows in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A request.
    Head,
    /// So many bytes of a body.
    Body(u64),
    /// What only the HTTP layer knows: a body of unknown length, or nothing that can be read.
    Unknown,
}

/// What a text begins with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A head.
    Whole {
        /// Its bytes.
        length: usize,
        /// What to read instead, if anything.
        mended: Option<Vec<u8>>,
        /// What follows it.
        next: Next,
    },
    /// The beginning of a head.
    Part,
    /// Nothing that can be a head.
    Broken,
}

impl Next {
    /// The same; a body of which nothing is left is followed by the next request.
    pub(super) const fn settled(self) -> Self {
        match self {
            Self::Body(0) => Self::Head,
            other => other,
        }
    }
}

/// Finds the head that a text begins with.
pub(super) fn find(text: &[u8]) -> Found {
    if let Some((line, escaped)) = escaped_line(text) {
        return match find(&[&escaped, &text[line..]].concat()) {
            Found::Whole { length, mended, next } => {
                let mended = mended.unwrap_or_else(|| {
                    [&escaped, &text[line..][..length - escaped.len()]].concat()
                });
                Found::Whole { length: length + line - escaped.len(), mended: Some(mended), next }
            }
            other => other,
        };
    }
    let mut headers = [EMPTY_HEADER; MOST_HEADERS];
    let mut request = Request::new(&mut headers);
    match request.parse(text) {
        Ok(Status::Complete(length)) => {
            Found::Whole { length, mended: mended(&request), next: after(&request) }
        }
        Ok(Status::Partial) => Found::Part,
        Err(_) => Found::Broken,
    }
}

/// The length of the first line, and the line with the characters of its address percent-encoded that
/// no URI has and browsers encode (URL Standard, section 1.3); `None` if there are none.
fn escaped_line(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    let is_escaped = |byte: &u8| !byte.is_ascii() || b"\"<>`".contains(byte);
    let start = text.iter().position(|byte| !b"\r\n".contains(byte))?;
    let line = start + text[start..].iter().position(|byte| *byte == b'\n')? + 1;
    let from = start + text[start..line].iter().position(|byte| *byte == b' ')? + 1;
    let to = start + text[start..line].iter().rposition(|byte| *byte == b' ')?;
    let target = text.get(from..to).filter(|target| target.iter().any(is_escaped))?;
    let mut escaped = text[..from].to_vec();
    for byte in target {
        if is_escaped(byte) {
            escaped.extend(percent_encoding::percent_encode_byte(*byte).bytes());
        } else {
            escaped.push(*byte);
        }
    }
    escaped.extend_from_slice(&text[to..line]);
    Some((line, escaped))
}

/// What follows a head, as far as its headers tell without doubt (RFC 9112, section 6.3).
fn after(request: &Request<'_, '_>) -> Next {
    let is =
        |name: &'static str| move |header: &&Header<'_>| header.name.eq_ignore_ascii_case(name);
    let mut headers = request.headers.iter();
    if request.method == Some("CONNECT") || headers.any(|header| is("transfer-encoding")(&header)) {
        return Next::Unknown;
    }
    let mut lengths = request.headers.iter().filter(is("content-length"));
    match (lengths.next(), lengths.next()) {
        (None, _) => Next::Head,
        (Some(length), None) => {
            let length = std::str::from_utf8(length.value).ok();
            let digits = length.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            let length = digits.and_then(|digits| digits.parse().ok());
            length.map_or(Next::Unknown, |length| Next::Body(length).settled())
        }
        (Some(_), Some(_)) => Next::Unknown,
    }
}

/// The head as the HTTP layer is to read it; `None` if nothing of it must change. The wish for another
/// protocol, which a server may ignore (RFC 9110, section 7.8), is dropped. A body in chunks ends its
/// connection: where the next head would begin is not known here, so that nobody could wait for it.
fn mended(request: &Request<'_, '_>) -> Option<Vec<u8>> {
    let is_connection = |header: &Header<'_>| header.name.eq_ignore_ascii_case("connection");
    let is_dropped = |header: &Header<'_>| {
        ["upgrade", "http2-settings"].iter().any(|name| header.name.eq_ignore_ascii_case(name))
    };
    let is = |option: &[u8], names: &[&str]| {
        let option = option.trim_ascii();
        names.iter().any(|name| option.eq_ignore_ascii_case(name.as_bytes()))
    };
    let has = |header: &Header<'_>, names: &[&str]| {
        is_connection(header) && header.value.split(|byte| *byte == b',').any(|it| is(it, names))
    };
    let wishes = ["upgrade", "http2-settings"];
    let is_encoded = |header: &Header<'_>| header.name.eq_ignore_ascii_case("transfer-encoding");
    let ends = request.headers.iter().any(is_encoded)
        && !request.headers.iter().any(|header| has(header, &["close"]));
    if !ends && !request.headers.iter().any(|header| is_dropped(header) || has(header, &wishes)) {
        return None;
    }
    let (method, target) = (request.method?, request.path?);
    let mut head = format!("{method} {target} HTTP/1.{}\r\n", request.version?).into_bytes();
    for header in request.headers.iter().filter(|header| !is_dropped(header)) {
        let mut value = header.value.to_vec();
        if is_connection(header) {
            let options = header.value.split(|byte| *byte == b',');
            let is_kept =
                |option: &&[u8]| !(is(option, &wishes) || ends && is(option, &["keep-alive"]));
            value = options.filter(is_kept).collect::<Vec<_>>().join(&b',').trim_ascii().to_vec();
            if value.is_empty() {
                continue;
            }
        }
        head.extend([header.name.as_bytes(), b": ", &value, b"\r\n"].concat());
    }
    if ends {
        head.extend(b"Connection: close\r\n");
    }
    head.extend(b"\r\n");
    Some(head)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(text: &[u8]) -> (usize, Option<String>, Next) {
        let Found::Whole { length, mended, next } = find(text) else { panic!("{:?}", find(text)) };
        (length, mended.map(|mended| String::from_utf8(mended).unwrap()), next)
    }

    #[test]
    fn an_ordinary_head_is_left_alone() {
        let head = b"GET /a?b=%D1%8F HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, close\r\n\r\n";
        let long = [head.as_slice(), b"GET /next"].concat();
        assert_eq!(whole(&long), (head.len(), None, Next::Head));
        for end in 0..head.len() {
            assert_eq!(find(&head[..end]), Found::Part, "{end}");
        }
    }

    #[test]
    fn what_follows_is_told_by_the_length_alone() {
        let next = |headers: &str| whole(format!("POST / HTTP/1.1\r\n{headers}\r\n").as_bytes()).2;
        assert_eq!(next(""), Next::Head);
        assert_eq!(next("Content-Length: 0\r\n"), Next::Head);
        assert_eq!(next("content-LENGTH: 12\r\n"), Next::Body(12));
        for unknown in [
            "Content-Length: +1\r\n",
            "Content-Length: 1, 1\r\n",
            "Content-Length: 1\r\nContent-Length: 1\r\n",
            "Content-Length: 99999999999999999999\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Content-Length: 1\r\nTransfer-Encoding: identity\r\n",
        ] {
            assert_eq!(next(unknown), Next::Unknown, "{unknown}");
        }
    }

    #[test]
    fn characters_that_no_uri_has_are_encoded() {
        let head = "\r\nGET /skills/докер?q=\"a\"<b>` HTTP/1.1\r\nHost: x\r\n\r\n";
        let (length, mended, next) = whole(format!("{head}next").as_bytes());
        assert_eq!((length, next), (head.len(), Next::Head));
        let encoded =
            "\r\nGET /skills/%D0%B4%D0%BE%D0%BA%D0%B5%D1%80?q=%22a%22%3Cb%3E%60 HTTP/1.1\r\n";
        assert_eq!(mended.unwrap(), format!("{encoded}Host: x\r\n\r\n"));
        assert_eq!(find("GET /я HTTP/1.1\r\nHost".as_bytes()), Found::Part);
        // A space within an address can't be told from the one after it.
        assert_eq!(find("GET /я б HTTP/1.1\r\n\r\n".as_bytes()), Found::Broken);
    }

    #[test]
    fn a_wish_for_another_protocol_is_dropped() {
        let head = "GET /я HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n\
                    Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nA: b\r\n\r\n";
        let (length, mended, _) = whole(head.as_bytes());
        assert_eq!(length, head.len());
        assert_eq!(mended.unwrap(), "GET /%D1%8F HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n");
        let head = "GET / HTTP/1.1\r\nconnection: close,UPGRADE\r\nupgrade: websocket\r\n\r\n";
        let mended = whole(head.as_bytes()).1.unwrap();
        assert_eq!(mended, "GET / HTTP/1.1\r\nconnection: close\r\n\r\n");
    }

    #[test]
    fn a_body_in_chunks_ends_its_connection() {
        let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive, TE\r\nTransfer-Encoding: chunked\r\n\r\n";
        let (length, mended, next) = whole(head.as_bytes());
        assert_eq!((length, next), (head.len(), Next::Unknown));
        let mended = mended.unwrap();
        assert_eq!(
            mended,
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: TE\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(whole(mended.as_bytes()).1, None);
    }

    proptest! {
        #[test]
        fn a_mended_head_needs_no_more_mending(target in "/[!-~а-яё]{0,12}", upgrade in any::<bool>()) {
            let wish = if upgrade { "Connection: upgrade\r\nUpgrade: x/1\r\n" } else { "" };
            let head = format!("GET {target} HTTP/1.1\r\nHost: x\r\n{wish}\r\n");
            let (length, mended, next) = whole(head.as_bytes());
            prop_assert_eq!((length, next), (head.len(), Next::Head));
            let mended = mended.unwrap_or(head);
            prop_assert!(mended.is_ascii() && !mended.to_lowercase().contains("upgrade:"));
            prop_assert_eq!(whole(mended.as_bytes()), (mended.len(), None, Next::Head));
        }
    }
}

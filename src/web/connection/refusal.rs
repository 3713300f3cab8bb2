//! The bare statuses of the HTTP layer, and the answers that are sent instead.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::str;

use actix_web::http::StatusCode;

use crate::web::request_id::RequestId;
use crate::web::{error_page, headers, log};

/// The headers of a bare status, but for the date; behind another answer the second is left out.
const BARE: [&str; 2] = ["\r\ncontent-length: 0", "\r\nconnection: close"];

/// The length of a date (RFC 9110, section 5.6.7).
const DATE: usize = "Sun, 06 Nov 1994 08:49:37 GMT".len();

/// More than a bare status takes.
const LONGEST: usize = 200;

/// A bare status at the end of what is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal<'a> {
    /// Where it begins.
    pub(super) start: usize,
    status: StatusCode,
    date: &'a str,
}

/// Finds a refusal of the HTTP layer itself, after which it writes nothing: an answer of the site has a
/// body or more headers.
pub(super) fn find(written: &[u8]) -> Option<Refusal<'_>> {
    let rest = written.strip_suffix(b"\r\n\r\n")?;
    let (rest, date) = rest.split_at_checked(rest.len().checked_sub(DATE)?)?;
    let rest = rest.strip_suffix(b"\r\ndate: ")?;
    let rest = rest.strip_suffix(BARE[1].as_bytes()).unwrap_or(rest);
    let rest = rest.strip_suffix(BARE[0].as_bytes())?;
    let tail = &rest[rest.len().saturating_sub(LONGEST)..];
    let line = tail.windows(2).rposition(|two| two == b"\r\n").map_or(0, |end| end + 2);
    let line = str::from_utf8(&tail[line..]).ok()?;
    // A body may end without the end of a line.
    let line = &line[line.rfind("HTTP/1.")?..];
    let status = line.get("HTTP/1.1 ".len()..)?.split(' ').next()?;
    let status = StatusCode::from_bytes(status.as_bytes()).ok()?;
    let is_refusal = status.is_client_error() || status.is_server_error();
    let date = str::from_utf8(date).ok()?;
    is_refusal.then_some(Refusal { start: rest.len() - line.len(), status, date })
}

impl Refusal<'_> {
    /// The answer that is sent instead, with the headers of all others and a page.
    pub(super) fn dressed(&self, peer: Option<IpAddr>, is_https: bool) -> Vec<u8> {
        let (status, id) = (self.status, RequestId::new());
        let body = error_page::unread(status);
        log::unread(id, peer, (status, body.len()));
        let mut head = format!(
            "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\
             content-type: text/html; charset=utf-8\r\ncache-control: no-store\r\n\
             x-request-id: {id}\r\ndate: {}\r\n",
            body.len(),
            self.date,
        );
        for (name, value) in headers::of_site(is_https) {
            // Writing to memory does not fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        format!("{head}\r\n{body}").into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSAL: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\
                           date: Thu, 26 Nov 2026 01:00:18 GMT\r\n\r\n";

    #[test]
    fn a_bare_status_is_found_also_behind_another_answer() {
        let before = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n";
        for (before, refusal) in [
            ("", REFUSAL.to_owned()),
            (before, REFUSAL.to_owned()),
            ("", REFUSAL.replace("400 Bad Request", "431 Request Header Fields Too Large")),
            (before, REFUSAL.replace("connection: close\r\n", "")),
            (before, REFUSAL.replace("400 Bad Request", "500 Internal Server Error")),
            ("", REFUSAL.replace("HTTP/1.1 400 Bad Request", "HTTP/1.0 408 Request Timeout")),
        ] {
            let written = format!("{before}{refusal}");
            let found = find(written.as_bytes()).unwrap();
            assert_eq!((found.start, found.date), (before.len(), "Thu, 26 Nov 2026 01:00:18 GMT"));
        }
    }

    #[test]
    fn an_answer_of_the_site_is_left_alone() {
        for answer in [
            REFUSAL.replace("400 Bad Request", "200 OK"),
            REFUSAL.replace("length: 0", "length: 7"),
            REFUSAL.replace("date:", "x-request-id: 1\r\ndate:"),
            format!("{REFUSAL}x"),
            "\r\n\r\n".to_owned(),
            String::new(),
        ] {
            assert_eq!(find(answer.as_bytes()), None, "{answer}");
        }
    }
}

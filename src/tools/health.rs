//! Asking a running site whether it is ready.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use url::Url;

use crate::paths;

/// How long the site may take.
const TIME: Duration = Duration::from_secs(5);

/// The most bytes of the first line of an answer.
const LONGEST_LINE: u64 = 1_000;

/// Asks the site at `url`, or else the one that listens on `address` on this machine.
///
/// # Errors
///
/// If it can't be reached or is not ready, in one line.
pub fn run(url: Option<&str>, address: &str) -> Result<(), Box<dyn Error>> {
    let (host, places) = match url {
        Some(url) => at_url(url)?,
        None => at_address(address)?,
    };
    let asked = format!("http://{host}{}", paths::readiness());
    let answer = ask(&host, &places).map_err(|error| format!("{asked}: {error}"))?;
    match answer.split(' ').nth(1) {
        Some("200") => Ok(()),
        Some(status) => Err(format!("{asked} answered {status}").into()),
        None => Err(format!("{asked} is no site").into()),
    }
}

fn at_url(url: &str) -> Result<(String, Vec<SocketAddr>), Box<dyn Error>> {
    let parsed = Url::parse(url).map_err(|error| format!("{url}: {error}"))?;
    let Some(host) = parsed.host_str().filter(|_| parsed.scheme() == "http") else {
        return Err(format!("{url}: expected an address with http://").into());
    };
    let port = parsed.port_or_known_default().unwrap_or_default();
    let places = parsed.socket_addrs(|| None).map_err(|error| format!("{url}: {error}"))?;
    Ok((format!("{host}:{port}"), places))
}

/// Of an address that stands for all of the machine's the one it has for itself.
fn at_address(address: &str) -> Result<(String, Vec<SocketAddr>), Box<dyn Error>> {
    let places = address.to_socket_addrs();
    let places = places.map_err(|error| format!("GRADES_ADDRESS: {address}: {error}"))?;
    let places = places.map(|place| match place.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, place.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, place.port()).into(),
        _ => place,
    });
    let places = places.collect::<Vec<SocketAddr>>();
    let host = places.first().map_or_else(|| address.to_owned(), ToString::to_string);
    Ok((host, places))
}

/// The first line of the answer.
fn ask(host: &str, places: &[SocketAddr]) -> std::io::Result<String> {
    let mut stream = connect(places)?;
    stream.set_read_timeout(Some(TIME))?;
    stream.set_write_timeout(Some(TIME))?;
    let path = paths::readiness();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut line = String::new();
    BufReader::new(std::io::Read::take(stream, LONGEST_LINE)).read_line(&mut line)?;
    Ok(line)
}

fn connect(places: &[SocketAddr]) -> std::io::Result<TcpStream> {
    let mut refused = std::io::Error::other("no such address");
    for place in places {
        match TcpStream::connect_timeout(place, TIME) {
            Ok(stream) => return Ok(stream),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

//! The stylesheet and the icon, and how bodies are compressed.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use reqwest::Method;

use crate::app::{PUBLIC_URL, TestApp, between, header};

async fn stylesheet_address(app: &TestApp) -> String {
    between(&app.page("/").await, r#"rel="stylesheet" href=""#, "\"").to_owned()
}

/// Every file in a folder of the repository and in the folders below it, with its text.
fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

/// A text with each stretch from `start` to `end` replaced.
fn without(text: &str, start: &str, end: &str, replacement: &str) -> String {
    let mut parts = text.split(start);
    let mut rest = parts.next().unwrap().to_owned();
    for part in parts {
        rest.push_str(replacement);
        rest.push_str(part.split_once(end).unwrap().1);
    }
    rest
}

/// The classes that selectors name.
fn styled_classes(css: &str) -> BTreeSet<String> {
    let css = without(css, "/*", "*/", "");
    let after_dots = css.split('.').skip(1).filter(|rest| rest.starts_with(char::is_alphabetic));
    let end = |letter: char| !letter.is_alphanumeric() && letter != '-';
    after_dots.map(|rest| rest.split(end).next().unwrap().to_owned()).collect()
}

/// The words in the class attributes of a template; what is computed stands as `{}` in them.
fn given_classes(template: &str) -> BTreeSet<String> {
    let html = without(&without(template, "{%", "%}", " "), "{{", "}}", "{}");
    let attributes = html.split("class=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    attributes.flat_map(str::split_whitespace).map(str::to_owned).collect()
}

on_both_databases! {
    async fn the_stylesheet_has_a_hash_in_its_name_and_is_cached_for_a_year(app: TestApp) {
        let address = stylesheet_address(&app).await;
        let response = app.get(&address).await;
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "content-type"), "text/css; charset=utf-8");
        assert_eq!(header(&response, "cache-control"), "public, max-age=31536000, immutable");
        let tag = header(&response, "etag").to_owned();
        let hash = between(&address, "/assets/site.", ".css");
        assert!(hash.len() == 16 && tag.contains(hash), "{address} {tag}");
        assert!(response.text().await.unwrap().contains("--grey-1"));
    }

    async fn the_stylesheet_contains_each_file_of_its_folder_once(app: TestApp) {
        // Without the comments and the spaces between words.
        let letters = |css: &str| without(css, "/*", "*/", "").replace(char::is_whitespace, "");
        let whole = between(&app.page("/check").await, r#"rel="stylesheet" href=""#, "\"").to_owned();
        let sheet = app.page(&whole).await;
        assert!(!sheet.contains("/*") && !sheet.contains("  ") && sheet.lines().count() < 100);
        let of_most_pages = letters(&app.page(&stylesheet_address(&app).await).await);
        let (mut length, mut left_out) = (0, 0);
        for (path, css) in files("assets/css") {
            let css = letters(&css);
            assert_eq!(letters(&sheet).matches(&css).count(), 1, "{}", path.display());
            length += css.len();
            if !of_most_pages.contains(&css) {
                left_out += css.len();
            }
        }
        assert_eq!(letters(&sheet).len(), length);
        assert!(left_out > 0);
        assert_eq!(of_most_pages.len() + left_out, length);
    }

    async fn a_first_visit_takes_little(app: TestApp) {
        let mut bytes = 0;
        for path in ["/", &stylesheet_address(&app).await, "/favicon.svg"] {
            let asked = app.request(Method::GET, path).header("accept-encoding", "br");
            bytes += asked.send().await.unwrap().bytes().await.unwrap().len();
        }
        assert!(bytes <= 14_000, "{bytes}");
    }

    async fn an_unknown_asset_is_not_found(app: TestApp) {
        for name in ["site.css", "site.0000000000000000.css", "..%2fCargo.toml", "%00"] {
            assert_eq!(app.get(&format!("/assets/{name}")).await.status(), 404, "{name}");
        }
    }

    async fn the_icon_is_grey_and_small(app: TestApp) {
        let response = app.get("/favicon.svg").await;
        assert_eq!(header(&response, "content-type"), "image/svg+xml");
        assert!(response.bytes().await.unwrap().len() < 1_000);
    }

    async fn links_from_elsewhere_show_a_grey_picture(app: TestApp) {
        let page = app.page("/professions/front-end").await;
        let address = between(&page, "<meta property=\"og:image\" content=\"", "\"");
        let path = address.strip_prefix(PUBLIC_URL).unwrap();
        let response = app.get(path).await;
        assert_eq!(header(&response, "content-type"), "image/png");
        assert_eq!(header(&response, "cache-control"), "public, max-age=31536000, immutable");
        let file = response.bytes().await.unwrap();
        assert!(file.len() < 20_000, "{} bytes", file.len());
        let mut decoder = png::Decoder::new(std::io::Cursor::new(&file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((frame.width, frame.height, frame.color_type), (1200, 630, png::ColorType::Rgb));
        assert!(pixels.chunks_exact(3).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]));
        for (property, content) in [("width", "1200"), ("height", "630")] {
            assert!(page.contains(&format!("<meta property=\"og:image:{property}\" content=\"{content}\">")));
        }
    }

    async fn bodies_are_compressed_as_accept_encoding_asks(app: TestApp) {
        let stylesheet = stylesheet_address(&app).await;
        for path in ["/", "/professions/front-end", "/sitemap.xml", &stylesheet] {
            let plain = app.get(path).await;
            assert!(plain.headers().get("content-encoding").is_none(), "{path}");
            let plain = plain.bytes().await.unwrap();
            for (accept, encoding) in [
                ("gzip, deflate, br, zstd", Some("br")),
                ("gzip, deflate", Some("gzip")),
                ("zstd, gzip", Some("gzip")),
                ("br;q=0, gzip", Some("gzip")),
                ("br;q=0.1, gzip;q=0.9", Some("gzip")),
                ("identity", None),
                ("deflate", None),
                ("\u{7f}", None),
            ] {
                let asked = app.request(Method::GET, path).header("accept-encoding", accept);
                let Ok(response) = asked.send().await else { continue };
                let sent = response.headers().get("content-encoding").cloned();
                let sent = sent.as_ref().map(|value| value.to_str().unwrap());
                assert_eq!(sent, encoding, "{path} {accept}");
                assert!(header(&response, "vary").starts_with("Accept-Encoding"));
                let body = response.bytes().await.unwrap();
                let mut unpacked = Vec::new();
                match encoding {
                    Some("br") => {
                        brotli::Decompressor::new(&*body, 4096).read_to_end(&mut unpacked).unwrap();
                    }
                    Some("gzip") => {
                        flate2::read::GzDecoder::new(&*body).read_to_end(&mut unpacked).unwrap();
                    }
                    _ => unpacked = body.to_vec(),
                }
                assert_eq!(unpacked, plain, "{path} {accept}");
                assert!(encoding.is_none() || body.len() < plain.len() / 2, "{path} {accept}");
            }
        }
    }
}

#[test]
fn every_class_with_a_style_is_given_by_a_template() {
    let given = files("templates")
        .iter()
        .flat_map(|(_, text)| given_classes(text))
        .collect::<BTreeSet<_>>();
    let mut count = 0;
    for (path, css) in files("assets/css") {
        for class in styled_classes(&css) {
            // The rank of a level or of a depth is computed.
            let computed = class.trim_end_matches(char::is_numeric).to_owned() + "{}";
            let is_given = given.contains(&class) || given.contains(&computed);
            assert!(is_given, "no template gives the class {class} of {}", path.display());
            count += 1;
        }
    }
    assert!(count > 150, "{count}");
}

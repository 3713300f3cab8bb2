//! The stylesheet and the icon, and how bodies are compressed.

use std::io::Read;

use reqwest::Method;

use crate::app::{TestApp, between, header};

async fn stylesheet_address(app: &TestApp) -> String {
    between(&app.page("/").await, r#"rel="stylesheet" href=""#, "\"").to_owned()
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

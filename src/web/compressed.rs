//! A body compressed once and answered many times.

use std::io::{self, Write};

use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, Encoding, EntityTag, Header as _, IfNoneMatch,
    Preference,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use brotli::enc::BrotliEncoderParams;
use sha2::{Digest, Sha256};

/// A body with its compressed forms and its entity tag.
pub(super) struct Compressed {
    content_type: &'static str,
    plain: Bytes,
    gzip: Bytes,
    brotli: Bytes,
    digest: String,
}

impl Compressed {
    /// Compresses a body; `brotli_quality` is 0 (fast) to 11 (small).
    pub(super) fn new(content_type: &'static str, body: Vec<u8>, brotli_quality: i32) -> Self {
        let in_memory = "writing to memory does not fail";
        Self {
            content_type,
            gzip: gzip(&body).expect(in_memory).into(),
            brotli: brotli(&body, brotli_quality).expect(in_memory).into(),
            digest: digest(&body),
            plain: body.into(),
        }
    }

    /// 16 hexadecimal digits that change with the body.
    pub(super) fn digest(&self) -> &str {
        &self.digest
    }

    /// Bytes held in memory.
    pub(super) fn size(&self) -> u64 {
        (self.plain.len() + self.gzip.len() + self.brotli.len()) as u64
    }

    /// Answers with the smallest form the browser reads, or with 304 if it has the body already.
    /// `varies_by` names the request headers the answer depends on.
    pub(super) fn respond(
        &self,
        request: &HttpRequest,
        cache_control: &str,
        varies_by: &str,
    ) -> HttpResponse {
        let tag = EntityTag::new_weak(self.digest.clone());
        let held = is_held(request, &tag);
        let mut response = if held { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((header::CACHE_CONTROL, cache_control))
            .insert_header((header::VARY, varies_by))
            .insert_header(header::ETag(tag));
        if held {
            return response.finish();
        }
        response.content_type(self.content_type);
        let body = match wanted_encoding(request) {
            Encoding::Known(ContentEncoding::Brotli) => {
                response.insert_header(ContentEncoding::Brotli);
                &self.brotli
            }
            Encoding::Known(ContentEncoding::Gzip) => {
                response.insert_header(ContentEncoding::Gzip);
                &self.gzip
            }
            _ => &self.plain,
        };
        response.body(body.clone())
    }
}

fn is_held(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Items(held)) => held.iter().any(|held| held.weak_eq(tag)),
        Ok(IfNoneMatch::Any) | Err(_) => false,
    }
}

/// The encoding the browser prefers, Brotli where it leaves the choice.
fn wanted_encoding(request: &HttpRequest) -> Encoding {
    let accepted = AcceptEncoding::parse(request).unwrap_or_else(|_| AcceptEncoding(Vec::new()));
    if accepted.preference() == Some(Preference::Specific(Encoding::brotli())) {
        return Encoding::brotli();
    }
    let supported = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
    accepted.negotiate(supported.iter()).unwrap_or_else(Encoding::identity)
}

fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body)?;
    encoder.finish()
}

fn brotli(mut body: &[u8], quality: i32) -> io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams { quality, size_hint: body.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut body, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn digest(body: &[u8]) -> String {
    let start = Sha256::digest(body)
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{start:016x}")
}

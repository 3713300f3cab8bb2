//! A body compressed once and answered many times.

use std::io::{self, Write};
use std::sync::OnceLock;

use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, Encoding, EntityTag, Header as _, IfMatch, IfNoneMatch,
    Preference,
};
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use brotli::enc::BrotliEncoderParams;
use sha2::{Digest, Sha256};

/// A body with its entity tag and with the compressed forms that somebody asked for.
pub struct Compressed {
    content_type: &'static str,
    plain: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
    brotli_quality: i32,
    digest: String,
}

impl Compressed {
    /// A body to be compressed when it is asked for; `brotli_quality` is 0 (fast) to 11 (small).
    #[must_use]
    pub fn new(content_type: &'static str, body: Vec<u8>, brotli_quality: i32) -> Self {
        Self {
            content_type,
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
            brotli_quality,
            digest: digest(&body),
            plain: body.into(),
        }
    }

    /// The body in an encoding, compressed now unless it was before; first asked for on a thread that
    /// may take its time.
    ///
    /// # Panics
    ///
    /// Never: writing to memory does not fail.
    pub fn form(&self, encoding: ContentEncoding) -> &Bytes {
        let in_memory = "writing to memory does not fail";
        match encoding {
            ContentEncoding::Brotli => self
                .brotli
                .get_or_init(|| brotli(&self.plain, self.brotli_quality).expect(in_memory).into()),
            ContentEncoding::Gzip => {
                self.gzip.get_or_init(|| gzip(&self.plain).expect(in_memory).into())
            }
            _ => &self.plain,
        }
    }

    /// 16 hexadecimal digits that change with the body.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Bytes held in memory, at most: either compressed form of a page takes less than a quarter of it.
    #[must_use]
    pub fn size(&self) -> u64 {
        (self.plain.len() + self.plain.len() / 2) as u64
    }

    /// Answers with the smallest form the browser reads, or with 304 if it has the body already.
    /// `varies_by` names the request headers the answer depends on.
    #[must_use]
    pub fn respond(
        &self,
        request: &HttpRequest,
        cache_control: &str,
        varies_by: &str,
    ) -> HttpResponse {
        let encoding = wanted_encoding(request);
        // Two forms of one body are not the same bytes (RFC 9110, section 8.8.3.3).
        let tag = match encoding {
            ContentEncoding::Brotli => EntityTag::new_strong(format!("{}-br", self.digest)),
            ContentEncoding::Gzip => EntityTag::new_strong(format!("{}-gzip", self.digest)),
            _ => EntityTag::new_strong(self.digest.clone()),
        };
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
        if encoding != ContentEncoding::Identity {
            response.insert_header(encoding);
        }
        response.body(self.form(encoding).clone())
    }
}

/// The tag of a body as it is, in no encoding.
#[must_use]
pub fn entity_tag(body: &[u8]) -> EntityTag {
    EntityTag::new_strong(digest(body))
}

/// Whether the condition `If-Match` of a request holds for a body: it names the body in one of
/// the forms that [`Compressed::respond`] answers with, or any body there is.
#[must_use]
pub fn is_matched(condition: &IfMatch, body: &[u8]) -> bool {
    match condition {
        IfMatch::Any => true,
        IfMatch::Items(tags) => {
            let digest = digest(body);
            let ends = ["", "-br", "-gzip"];
            let forms = ends.map(|end| EntityTag::new_strong(format!("{digest}{end}")));
            tags.iter().any(|tag| forms.iter().any(|form| form.strong_eq(tag)))
        }
    }
}

fn is_held(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Items(held)) => held.iter().any(|held| held.weak_eq(tag)),
        // Whoever is answered has a body of ours, if any (RFC 9110, section 13.1.2).
        Ok(IfNoneMatch::Any) => true,
        Err(_) => false,
    }
}

/// The encoding the browser prefers, Brotli where it leaves the choice.
pub(super) fn wanted_encoding(request: &impl HttpMessage) -> ContentEncoding {
    let accepted = AcceptEncoding::parse(request).unwrap_or_else(|_| AcceptEncoding(Vec::new()));
    if accepted.preference() == Some(Preference::Specific(Encoding::brotli())) {
        return ContentEncoding::Brotli;
    }
    let supported = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
    match accepted.negotiate(supported.iter()) {
        Some(Encoding::Known(encoding)) => encoding,
        _ => ContentEncoding::Identity,
    }
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

/// 16 hexadecimal digits that change with the bytes.
#[must_use]
pub fn digest(body: &[u8]) -> String {
    let start = Sha256::digest(body)
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{start:016x}")
}

//! The stylesheet and the icon: embedded, compressed once when the program starts, served under
//! names that change with their content. The files of `assets/css` are joined into one stylesheet
//! when the program is compiled.

use std::sync::LazyLock;

use actix_web::http::header::ContentEncoding;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::compressed::Compressed;
use crate::error::{AppError, Missing};
use crate::paths;

/// The name changes with the content, so what is behind a name never does.
const FOREVER: &str = "public, max-age=31536000, immutable";
const BY_ENCODING: &str = "Accept-Encoding";
const A_DAY: &str = "public, max-age=86400";

/// Small and still ready in a few milliseconds.
const BROTLI_QUALITY: i32 = 9;

/// Of two rules that are equally specific the later wins, so the order matters: values, elements, the
/// frame of every page, the parts of pages, and print, which overrides any of them.
const CSS: &str = concat!(
    include_str!("../../assets/css/tokens.css"),
    include_str!("../../assets/css/base.css"),
    include_str!("../../assets/css/layout.css"),
    include_str!("../../assets/css/common.css"),
    include_str!("../../assets/css/pages.css"),
    include_str!("../../assets/css/grade.css"),
    include_str!("../../assets/css/blocks.css"),
    include_str!("../../assets/css/home.css"),
    include_str!("../../assets/css/ladder.css"),
    include_str!("../../assets/css/form.css"),
    include_str!("../../assets/css/choice.css"),
    include_str!("../../assets/css/comparison.css"),
    include_str!("../../assets/css/editing.css"),
    include_str!("../../assets/css/desk.css"),
    include_str!("../../assets/css/reference.css"),
    include_str!("../../assets/css/search.css"),
    include_str!("../../assets/css/scale.css"),
    include_str!("../../assets/css/sheet.css"),
    include_str!("../../assets/css/skill.css"),
    include_str!("../../assets/css/depth.css"),
    include_str!("../../assets/css/beside.css"),
    include_str!("../../assets/css/compare.css"),
    include_str!("../../assets/css/picture.css"),
    include_str!("../../assets/css/matrix.css"),
    include_str!("../../assets/css/rules.css"),
    include_str!("../../assets/css/salary.css"),
    include_str!("../../assets/css/check.css"),
    include_str!("../../assets/css/defence.css"),
    include_str!("../../assets/css/changes.css"),
    include_str!("../../assets/css/error.css"),
    include_str!("../../assets/css/past.css"),
    include_str!("../../assets/css/print.css"),
);

static STYLESHEET: LazyLock<Asset> =
    LazyLock::new(|| Asset::embed("text/css; charset=utf-8", CSS, "site", "css"));
static FAVICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::embed("image/svg+xml", include_str!("../../assets/favicon.svg"), "favicon", "svg")
});

struct Asset {
    name: String,
    body: Compressed,
}

impl Asset {
    fn embed(content_type: &'static str, text: &str, stem: &str, ending: &str) -> Self {
        let body = Compressed::new(content_type, text.into(), BROTLI_QUALITY);
        Self { name: format!("{stem}.{}.{ending}", body.digest()), body }
    }
}

/// Compresses the assets now and not at the first request.
pub fn prepare() {
    for asset in [&STYLESHEET, &FAVICON] {
        asset.body.form(ContentEncoding::Brotli);
        asset.body.form(ContentEncoding::Gzip);
    }
}

/// The address of the stylesheet.
#[must_use]
pub fn stylesheet_address() -> String {
    paths::asset(&STYLESHEET.name)
}

/// Serves an asset by its name.
///
/// # Errors
///
/// [`AppError::NotFound`] for a name of no asset, such as that of an older stylesheet.
pub async fn show(request: HttpRequest, name: Path<String>) -> Result<HttpResponse, AppError> {
    [&STYLESHEET, &FAVICON]
        .into_iter()
        .find(|asset| asset.name == *name)
        .map(|asset| asset.body.respond(&request, FOREVER, BY_ENCODING))
        .ok_or_else(|| AppError::NotFound(Missing::new("Такого файла на сайте нет.")))
}

/// Serves the icon at the address browsers know.
pub async fn favicon(request: HttpRequest) -> HttpResponse {
    FAVICON.body.respond(&request, A_DAY, BY_ENCODING)
}

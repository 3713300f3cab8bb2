//! The stylesheets, the icon and the picture for links from elsewhere: embedded, made ready once when the
//! program starts, served under names that change with their content. The files of `assets/css` are joined
//! into two stylesheets, of which each page has one, and packed.

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

/// On which pages a file of styles is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pages {
    All,
    /// Those of editors, and where much is filled in: a first visit is quicker without.
    WithForms,
}

/// Of two rules that are equally specific the later wins, so the order matters: values, elements, the
/// frame of every page, the parts of pages, and print, which overrides any of them.
const CSS: [(Pages, &str); 34] = [
    (Pages::All, include_str!("../../assets/css/tokens.css")),
    (Pages::All, include_str!("../../assets/css/base.css")),
    (Pages::All, include_str!("../../assets/css/layout.css")),
    (Pages::All, include_str!("../../assets/css/common.css")),
    (Pages::All, include_str!("../../assets/css/pages.css")),
    (Pages::All, include_str!("../../assets/css/grade.css")),
    (Pages::All, include_str!("../../assets/css/blocks.css")),
    (Pages::All, include_str!("../../assets/css/home.css")),
    (Pages::All, include_str!("../../assets/css/ladder.css")),
    (Pages::All, include_str!("../../assets/css/form.css")),
    (Pages::All, include_str!("../../assets/css/choice.css")),
    (Pages::All, include_str!("../../assets/css/comparison.css")),
    (Pages::WithForms, include_str!("../../assets/css/editing.css")),
    (Pages::WithForms, include_str!("../../assets/css/desk.css")),
    (Pages::All, include_str!("../../assets/css/reference.css")),
    (Pages::All, include_str!("../../assets/css/search.css")),
    (Pages::All, include_str!("../../assets/css/scale.css")),
    (Pages::WithForms, include_str!("../../assets/css/sheet.css")),
    (Pages::All, include_str!("../../assets/css/skill.css")),
    (Pages::All, include_str!("../../assets/css/depth.css")),
    (Pages::All, include_str!("../../assets/css/beside.css")),
    (Pages::All, include_str!("../../assets/css/compare.css")),
    (Pages::All, include_str!("../../assets/css/picture.css")),
    (Pages::All, include_str!("../../assets/css/matrix.css")),
    (Pages::All, include_str!("../../assets/css/rules.css")),
    (Pages::WithForms, include_str!("../../assets/css/salary.css")),
    (Pages::WithForms, include_str!("../../assets/css/steps.css")),
    (Pages::WithForms, include_str!("../../assets/css/plan.css")),
    (Pages::WithForms, include_str!("../../assets/css/check.css")),
    (Pages::WithForms, include_str!("../../assets/css/defence.css")),
    (Pages::All, include_str!("../../assets/css/changes.css")),
    (Pages::All, include_str!("../../assets/css/error.css")),
    (Pages::All, include_str!("../../assets/css/past.css")),
    (Pages::All, include_str!("../../assets/css/print.css")),
];

static STYLESHEET: LazyLock<Asset> = LazyLock::new(|| {
    let of_all = CSS.iter().filter(|(pages, _)| *pages == Pages::All);
    stylesheet("site", &of_all.map(|(_, css)| *css).collect::<Vec<_>>())
});
static WHOLE_STYLESHEET: LazyLock<Asset> =
    LazyLock::new(|| stylesheet("whole", &CSS.map(|(_, css)| css)));

fn stylesheet(stem: &str, files: &[&str]) -> Asset {
    Asset::embed("text/css; charset=utf-8", packed(&files.concat()).into(), stem, "css")
}

static FAVICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::embed(
        "image/svg+xml",
        include_bytes!("../../assets/favicon.svg").into(),
        "favicon",
        "svg",
    )
});
/// 1200 × 630 pixels, as other sites expect of such pictures.
static PICTURE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::embed("image/png", include_bytes!("../../assets/picture.png").into(), "picture", "png")
});

/// A stylesheet without what is for those who edit it: comments, indents, line ends, and the spaces before
/// values and blocks.
fn packed(css: &str) -> String {
    let mut parts = css.split("/*");
    let mut code = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        code.push_str(part.split_once("*/").map_or("", |(_, code)| code));
    }
    let mut packed = String::with_capacity(code.len());
    for line in code.lines().map(str::trim).filter(|line| !line.is_empty()) {
        // A selector or a value may go on in the next line: there the line's end stands for a space.
        if !packed.is_empty() && !packed.ends_with(['{', '}', ';', ',']) {
            packed.push('\n');
        }
        match (line.strip_suffix(" {"), line.split_once(": ")) {
            (Some(selector), _) => {
                packed.push_str(selector);
                packed.push('{');
            }
            (None, Some((property, value))) if line.ends_with(';') => {
                packed.push_str(property);
                packed.push(':');
                packed.push_str(value);
            }
            _ => packed.push_str(line),
        }
    }
    packed
}

struct Asset {
    name: String,
    body: Compressed,
}

impl Asset {
    fn embed(content_type: &'static str, content: Vec<u8>, stem: &str, ending: &str) -> Self {
        let body = Compressed::new(content_type, content, BROTLI_QUALITY);
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

/// The address of the stylesheet with the styles of forms that most pages do not have.
#[must_use]
pub fn whole_stylesheet_address() -> String {
    paths::asset(&WHOLE_STYLESHEET.name)
}

/// The address of the picture that other sites show beside a link to this one.
#[must_use]
pub fn picture_address() -> String {
    paths::asset(&PICTURE.name)
}

/// Serves an asset by its name.
///
/// # Errors
///
/// [`AppError::NotFound`] for a name of no asset, such as that of an older stylesheet.
pub async fn show(request: HttpRequest, name: Path<String>) -> Result<HttpResponse, AppError> {
    [&STYLESHEET, &WHOLE_STYLESHEET, &FAVICON, &PICTURE]
        .into_iter()
        .find(|asset| asset.name == *name)
        .map(|asset| asset.body.respond(&request, FOREVER, BY_ENCODING))
        .ok_or_else(|| AppError::NotFound(Missing::new("Такого файла на сайте нет.")))
}

/// Serves the icon at the address browsers know.
pub async fn favicon(request: HttpRequest) -> HttpResponse {
    FAVICON.body.respond(&request, A_DAY, BY_ENCODING)
}

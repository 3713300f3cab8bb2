//! How pages look: what is measured of them in a real browser.

use fantoccini::Locator;
use serde_json::json;

use super::{Browser, PAGES, site};
use crate::app::{Backend, TestApp};

/// How tall a page is at this width, in pixels.
async fn height(browser: &Browser, width: u32) -> u64 {
    browser.width(width).await;
    let height = browser.ask("return document.documentElement.scrollHeight").await;
    height.as_u64().unwrap()
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn the_header_is_one_row_and_its_menu_unfolds_on_a_phone() {
    let app = site().await;
    let browser = Browser::open().await;
    let header = "return document.querySelector('.site-header').getBoundingClientRect().height";
    for path in PAGES {
        browser.client.goto(&app.url(path)).await.unwrap();
        for (width, most) in [(320, 64.0), (360, 64.0), (768, 64.0), (1280, 57.0)] {
            browser.width(width).await;
            let height = browser.ask(header).await.as_f64().unwrap();
            assert!(height <= most, "{height} at {width}: {path}");
        }
    }
    browser.width(360).await;
    browser.client.goto(&app.url("/professions/front-end")).await.unwrap();
    let is_seen = "return document.querySelector('.menu a[href=\"/skills\"]').checkVisibility()";
    assert_eq!(browser.ask(is_seen).await, json!(false));
    browser.client.find(Locator::Css(".fold-menu")).await.unwrap().click().await.unwrap();
    assert_eq!(browser.ask(is_seen).await, json!(true));
    browser.click("Навыки").await;
    browser.sees("h1", "Навыки").await;
    browser.client.find(Locator::Css(".find")).await.unwrap().click().await.unwrap();
    browser.sees("h1", "Поиск").await;
    browser.width(1280).await;
    assert_eq!(browser.ask(is_seen).await, json!(true));
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn long_pages_are_short_enough() {
    let app = TestApp::on(Backend::Sqlite);
    let browser = Browser::open().await;
    browser.client.goto(&app.url("/")).await.unwrap();
    let seen = "return [...document.querySelectorAll('.stairs a')]
        .filter(step => step.checkVisibility()).length";
    assert!(height(&browser, 360).await < 2_500);
    assert_eq!(browser.ask(seen).await, json!(0), "folded on a phone");
    browser.client.find(Locator::Css(".staircase summary")).await.unwrap().click().await.unwrap();
    assert_eq!(browser.ask(seen).await, json!(6));
    browser.width(1280).await;
    assert_eq!(browser.ask(seen).await, json!(51), "each described grade");
    browser.client.goto(&app.url("/matrix?profession=front-end")).await.unwrap();
    assert!(height(&browser, 1280).await < 3_000);
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn a_grade_shows_first_what_the_next_one_adds() {
    let app = TestApp::on(Backend::Sqlite);
    let browser = Browser::open().await;
    browser.client.goto(&app.url("/professions/front-end/middle")).await.unwrap();
    let places = "return ['.head', '.following', '.following li:last-child', '.new'].map(part =>
        document.querySelector(part).getBoundingClientRect().top)";
    browser.width(1280).await;
    let tops = serde_json::from_value::<Vec<f64>>(browser.ask(places).await).unwrap();
    assert!(tops[2] < 800.0, "the last item is seen without scrolling: {tops:?}");
    browser.width(360).await;
    let tops = serde_json::from_value::<Vec<f64>>(browser.ask(places).await).unwrap();
    assert!(tops[0] < tops[1] && tops[1] < tops[3], "{tops:?}");
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn text_of_twice_the_size_does_not_scroll_sideways() {
    let app = site().await;
    let browser = Browser::open().await;
    browser.width(640).await;
    for path in PAGES {
        browser.client.goto(&app.url(path)).await.unwrap();
        let width = "const page = document.documentElement;
            page.style.fontSize = '200%';
            return page.scrollWidth - page.clientWidth";
        assert_eq!(browser.ask(width).await, json!(0), "{path}");
    }
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn links_are_large_enough_to_hit() {
    let app = site().await;
    let browser = Browser::open().await;
    for width in [360, 1280] {
        browser.width(width).await;
        for path in PAGES {
            browser.client.goto(&app.url(path)).await.unwrap();
            let small = "return [...document.querySelectorAll('a:not(.skip), button, summary')]
                .filter(target => target.checkVisibility() && target.textContent)
                .filter(target => [...target.getClientRects()].every(box => box.height < 23.9))
                .map(target => target.outerHTML)";
            assert_eq!(browser.ask(small).await, json!([]), "{path}");
        }
    }
    browser.close().await;
}

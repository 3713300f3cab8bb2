//! The site in a real headless Chromium, by keyboard and with scripts switched off.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use grades::editors;
use grades::editors::service::Role;
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::app::{Backend, PASSWORD, TestApp, TestDatabase};
use crate::uploads::uploaded;

mod desk;
mod files;
mod look;
mod people;

/// One of each kind of page.
const PAGES: [&str; 45] = [
    "/",
    "/rules",
    "/plan?profession=front-end&grade=junior&since=2026-05-31&to=senior&failed=1",
    "/plan?since=&to=",
    "/salary?profession=front-end&floor=80000&ceiling=1000000000&currency=UZS",
    "/salary?floor=-1&ceiling=0&base=1",
    "/compare?from=front-end/middle&to=full-stack/middle",
    "/compare?level=middle",
    "/skills",
    "/skills/react",
    "/api",
    "/professions/full-stack",
    "/professions/full-stack/middle-plus",
    "/professions/postgresql-admin/junior",
    "/professions/qa-automation",
    "/search?q=%D0%B4%D0%BE%D0%BA%D0%B5%D1%80",
    "/search?q=%D0%B2%D0%B5%D1%80%D1%81%D1%82%D0%BE%D1%87%D0%BA%D0%B0",
    "/matrix",
    "/matrix?profession=full-stack",
    "/check",
    "/check?profession=full-stack&grade=junior-plus-plus",
    "/check?profession=full-stack&grade=middle&yes=abc123",
    "/check?profession=front-end&grade=middle&yes=&now=junior-plus-plus&mark=earlier",
    "/check/pair",
    "/check/pair?person=%2Fcheck%3Fprofession%3Dfront-end%26grade%3Dmiddle%26yes%3D486t83%26no%3Dawf6fp&lead=profession%3Dfront-end%26grade%3Dmiddle%26yes%3D%26no%3Dawf6fp",
    "/check/pair?person=x&lead=",
    "/choose?profession=front-end&grade=intern",
    "/defence",
    "/defence?profession=full-stack&grade=middle-plus&yes=",
    "/mentoring",
    "/changes",
    "/changes?profession=full-stack",
    "/changes/1",
    "/releases",
    "/releases/2026.1",
    "/releases/2026.1/compare?with=now",
    "/professions/full-stack/middle?at=1",
    "/rules?at=31.02.2026",
    "/rules?at=999999",
    "/check?profession=full-stack&grade=middle&yes=abc123&revision=1",
    "/plan?profession=full-stack&grade=junior-plus&since=2026-01-01&to=middle&revision=1",
    "/defence?profession=full-stack&grade=middle&yes=&revision=1",
    "/learning",
    "/profile",
    "/nothing-here",
];

/// A site whose catalogue was edited before and after a release.
async fn site() -> TestApp {
    let app = TestApp::on(Backend::Sqlite);
    let owner = app.owner("olga").await;
    for (version, text) in [("1", "- Git"), ("2", "- Git\n- Проводит код-ревью")] {
        assert_eq!(owner.save(GRADE, version, text).await.status(), 303);
        let release = [("name", if version == "1" { "2026.1" } else { "2026.2" })];
        assert_eq!(owner.send("/admin/releases", &release).await.status(), 303);
    }
    app
}

/// The number of Tab stops of a page. Elements that are hidden at this width do not count, and a
/// group of radio buttons counts once.
const STOPS: &str = "return [...document.querySelectorAll(
    'a, button, input:not([type=radio]), select, summary, fieldset')]
    .filter(stop => stop.checkVisibility()).length";

/// A browser and its driver.
struct Browser {
    client: Client,
    driver: Driver,
}

/// A driver that is stopped with its browser when the value is dropped.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("chromedriver, from the package chromium-driver");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines
            .map(Result::unwrap)
            .find_map(|line| Some(line.split_once("successfully on port ")?.1.to_owned()))
            .unwrap();
        Self { process, port: port.trim_end_matches('.').parse().unwrap() }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Killing the driver would leave the browser running.
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").unwrap();
        self.process.wait().unwrap();
    }
}

impl Browser {
    async fn open() -> Self {
        let driver = Driver::start();
        let options = json!({
            "args": [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-lcd-text",
                "--disable-background-networking",
                "--no-first-run",
            ],
        });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(json!({ "goog:chromeOptions": options }).as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .unwrap();
        let browser = Self { client, driver };
        // Disables the scripts of pages; those of the driver still run.
        browser.tell("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
        browser
    }

    /// Sends a command of the `Chrome DevTools Protocol`.
    async fn tell(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters }).to_string();
        self.client.issue_cmd(DevTools { body }).await.unwrap()
    }

    async fn width(&self, width: u32) {
        let metrics =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    async fn look(&self, medium: &str, theme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        let look = json!({ "media": medium, "features": features });
        self.tell("Emulation.setEmulatedMedia", look).await;
    }

    async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    async fn press(&self, key: Key) {
        self.press_char(char::from(key)).await;
    }

    async fn press_char(&self, value: char) {
        let keys = KeyActions::new("keyboard".into())
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value });
        self.client.perform_actions(keys).await.unwrap();
    }

    /// Presses Tab until a link that begins with these words has the focus.
    async fn tab_to(&self, text: &str) {
        for _ in 0..200 {
            self.press(Key::Tab).await;
            let focused = self.client.active_element().await.unwrap();
            let words = focused.text().await.unwrap().replace('\u{a0}', " ");
            let rest = words.strip_prefix(text);
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)) {
                return;
            }
        }
        panic!("no {text:?} within 200 presses of Tab");
    }

    /// Types letters with the focus where it is.
    async fn type_letters(&self, letters: &str) {
        for letter in letters.chars() {
            self.press_char(letter).await;
        }
    }

    /// Presses Tab until an element with this selector has the focus.
    async fn tab_onto(&self, selector: &str) {
        let has_it = format!("return document.activeElement.matches({selector:?})");
        for _ in 0..200 {
            self.press(Key::Tab).await;
            if self.ask(&has_it).await == json!(true) {
                return;
            }
        }
        panic!("no {selector:?} within 200 presses of Tab");
    }

    /// Clicks the first element with this selector.
    async fn click_on(&self, selector: &str) {
        let found = self.client.find(Locator::Css(selector)).await.unwrap();
        found.click().await.unwrap();
    }

    /// How many elements a page has with this selector.
    async fn count(&self, selector: &str) -> u64 {
        let script = format!("return document.querySelectorAll({selector:?}).length");
        self.ask(&script).await.as_u64().unwrap()
    }

    /// Clicks the first link with these words.
    async fn click(&self, words: &str) {
        let link = self.client.find(Locator::LinkText(words)).await.unwrap();
        link.click().await.unwrap();
    }

    /// Waits until the address ends with `end`.
    async fn arrives_at(&self, end: &str) {
        for _ in 0..100 {
            if self.client.current_url().await.unwrap().as_str().ends_with(end) {
                return;
            }
            actix_web::rt::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no address that ends in {end}");
    }

    /// Waits until the page shows these words: pressing a key does not wait for navigation.
    async fn sees(&self, selector: &str, words: &str) {
        let mut seen = String::new();
        for _ in 0..100 {
            if let Ok(found) = self.client.find(Locator::Css(selector)).await {
                seen = found.text().await.unwrap_or_default().replace('\u{a0}', " ");
            }
            if seen == words {
                return;
            }
            actix_web::rt::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{selector} shows {seen:?} and not {words:?}");
    }

    async fn close(self) {
        self.client.close().await.unwrap();
        drop(self.driver);
    }
}

/// A `ChromeDriver` command that is not part of `WebDriver`.
#[derive(Debug)]
struct DevTools {
    body: String,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.clone()))
    }
}

/// The pixels of a screenshot, as red, green and blue.
fn pixels(png: &[u8]) -> Vec<[u8; 3]> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut buffer).unwrap();
    let bytes = &buffer[..frame.buffer_size()];
    bytes
        .chunks_exact(frame.color_type.samples())
        .map(|pixel| match *pixel {
            [red, green, blue] | [red, green, blue, _] => [red, green, blue],
            [grey] | [grey, _] => [grey; 3],
            _ => unreachable!("a PNG has one to four samples a pixel"),
        })
        .collect()
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn from_home_to_a_grade_and_back_by_keyboard() {
    let app = TestApp::on(Backend::Sqlite);
    let browser = Browser::open().await;
    browser.client.goto(&app.url("/")).await.unwrap();
    browser.sees("h1", "Профессии и грейды").await;

    browser.press(Key::Tab).await;
    let skip = browser.client.active_element().await.unwrap();
    assert_eq!(skip.text().await.unwrap(), "К содержанию");
    browser.press(Key::Enter).await;
    browser.arrives_at("/#content").await;

    browser.tab_to("Фронтенд-разработчик").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Фронтенд-разработчик").await;

    // The staircase leads to the grade on the same page; its heading links to the page of the grade.
    browser.tab_to("Мидл+").await;
    browser.press(Key::Enter).await;
    browser.arrives_at("#middle-plus").await;
    let rung =
        "return getComputedStyle(document.querySelector('[href=\"#middle-plus\"]')).fontWeight";
    assert_eq!(browser.ask(rung).await, "700");
    browser.tab_to("Мидл+").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Фронтенд-разработчик: Мидл+").await;

    browser.tab_to("Следующий грейд").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Фронтенд-разработчик: Мидл++").await;
    browser.tab_to("Фронтенд-разработчик").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Фронтенд-разработчик").await;
    browser.tab_to("Профессии").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Профессии и грейды").await;
    browser.close().await;
}

/// The number and the sizes of the sheets of a printed page.
async fn printed(browser: &Browser) -> (usize, Vec<String>) {
    let sheets = browser.tell("Page.printToPDF", json!({ "preferCSSPageSize": true })).await;
    let file = BASE64.decode(sheets["data"].as_str().unwrap()).unwrap();
    let text = String::from_utf8_lossy(&file);
    let boxes =
        text.split("/MediaBox [").skip(1).map(|rest| rest.split(']').next().unwrap().into());
    (text.matches("/Type /Page\n").count(), boxes.collect())
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn from_home_to_a_printed_sheet_by_links_and_forms() {
    let app = TestApp::on(Backend::Sqlite);
    let browser = Browser::open().await;
    browser.width(1280).await;
    browser.client.goto(&app.url("/")).await.unwrap();
    browser.click("Фронтенд-разработчик").await;
    browser.sees("h1", "Фронтенд-разработчик").await;
    browser.client.find(Locator::Css("#middle h2 a")).await.unwrap().click().await.unwrap();
    browser.sees("h1", "Фронтенд-разработчик: Мидл").await;
    browser.click("Самопроверка").await;
    browser.sees("h1", "Самопроверка: Фронтенд-разработчик, Мидл").await;
    // Every third question is left unanswered.
    for (index, question) in
        browser.client.find_all(Locator::Css("fieldset")).await.unwrap().into_iter().enumerate()
    {
        if index % 3 > 0 {
            let answer = if index % 3 == 1 { "[value=yes]" } else { "[value=no]" };
            question.find(Locator::Css(answer)).await.unwrap().click().await.unwrap();
        }
    }
    browser.client.find(Locator::Css(".send button")).await.unwrap().click().await.unwrap();
    browser.sees("h1", "Что осталось: Фронтенд-разработчик, Мидл").await;
    browser.sees(".lead", "Осталось 15 требований из 23: нет — 7, без ответа — 8.").await;
    browser.click("Лист защиты").await;
    browser.sees("h1", "Лист защиты: Фронтенд-разработчик, Мидл").await;
    let (sheets, sizes) = printed(&browser).await;
    assert!((1..=3).contains(&sheets), "{sheets} sheets");
    assert!(
        sizes.iter().all(|size| size.starts_with("0 0 841.") && size.contains(" 594.")),
        "{sizes:?}"
    );
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn from_home_to_a_sheet_by_keyboard() {
    let app = TestApp::on(Backend::Sqlite);
    let browser = Browser::open().await;
    browser.client.goto(&app.url("/")).await.unwrap();
    browser.tab_to("Фронтенд-разработчик").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Фронтенд-разработчик").await;
    browser.tab_to("Мидл").await;
    browser.press(Key::Enter).await;
    browser.arrives_at("#middle").await;
    browser.tab_to("Мидл").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Фронтенд-разработчик: Мидл").await;
    browser.tab_to("Самопроверка").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Самопроверка: Фронтенд-разработчик, Мидл").await;
    // Each question is one Tab stop; the space bar gives the first answer, «есть».
    browser.tab_to("Мидл").await;
    for _ in 0..23 {
        browser.press(Key::Tab).await;
        browser.press_char(' ').await;
    }
    browser.press(Key::Enter).await;
    browser.sees(".lead", "По вашим ответам требования закрыты.").await;
    browser.tab_to("Лист защиты").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Лист защиты: Фронтенд-разработчик, Мидл").await;
    assert_eq!(browser.ask("return document.querySelectorAll('tbody tr').length").await, 9);
    browser.close().await;
}

/// The questions of a page that have no answer.
const OPEN: &str = ".check-main fieldset:not(:has(:checked))";

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn from_who_one_is_to_a_check_a_plan_a_sheet_and_back() {
    let app = TestApp::on(Backend::Sqlite);
    app.time.set("2026-11-25T12:00:00Z");
    let browser = Browser::open().await;
    browser.width(1280).await;
    browser.client.goto(&app.url("/")).await.unwrap();
    let choose = async |field: &str, value: &str| {
        let field = browser.client.find(Locator::Id(field)).await.unwrap();
        field.select_by_value(value).await.unwrap();
    };
    choose("profession", "front-end").await;
    choose("grade", "middle").await;
    // Two clicks, and what lower grades ask is answered.
    browser.click_on("[formaction='/check']").await;
    browser.sees("h1", "Самопроверка: Фронтенд-разработчик, Мидл").await;
    browser.click_on("[name=mark]").await;
    browser.sees(".block-index p", "Отвечено 14 из 23").await;
    assert!(browser.count(OPEN).await <= 9);
    // An answer can be taken back, and the page stays at its question.
    browser.click_on(".check-main section [value=partly]").await;
    browser.click_on(".check-main section .clear").await;
    browser.sees(".block-index p", "Отвечено 14 из 23").await;
    while browser.count(OPEN).await > 0 {
        browser.click_on(&format!("{OPEN} [value=yes]")).await;
    }
    browser.click_on(".send button").await;
    browser.sees(".lead", "По вашим ответам требования закрыты.").await;
    browser.sees(".steps [aria-current] .quiet", ",\nотвечено 23 из 23").await;

    // The plan knows who one is, and asks only since when.
    browser.click_on(".steps li:nth-child(2) a").await;
    browser.sees("h1", "План роста").await;
    let since = browser.client.find(Locator::Id("since")).await.unwrap();
    since.send_keys("15.03.2026").await.unwrap();
    browser.click_on("form.narrow button").await;
    browser.sees("h1", "План роста: Фронтенд-разработчик").await;
    browser
        .sees(".plan li:first-child .when", "можно уже сейчас\nсрок вышел 15 сентября 2026")
        .await;
    assert_eq!(browser.count(".plan .yes").await, 9);

    browser.click_on(".steps li:nth-child(3) a").await;
    browser.sees("h1", "Лист защиты: Фронтенд-разработчик, Мидл").await;
    let (sheets, sizes) = printed(&browser).await;
    assert!((1..=2).contains(&sheets), "{sheets} sheets");
    assert!(sizes.iter().all(|size| size.starts_with("0 0 841.")), "{sizes:?}");

    // Back, to change two answers.
    browser.click_on(".steps li:nth-child(1) a").await;
    browser.sees("h1", "Что осталось: Фронтенд-разработчик, Мидл").await;
    browser.click("Изменить ответы").await;
    browser.sees("h1", "Самопроверка: Фронтенд-разработчик, Мидл").await;
    for (place, answer) in [(2, "no"), (3, "partly")] {
        let selector =
            format!(".check-main section fieldset:nth-of-type({place}) [value={answer}]");
        browser.click_on(&selector).await;
    }
    browser.click_on(".send button").await;
    browser.sees(".lead", "Осталось 2 требования из 23: нет — 1, частично — 1.").await;
    // The plan is still made.
    browser.click_on(".steps li:nth-child(2) a").await;
    browser.sees("h1", "План роста: Фронтенд-разработчик").await;
    assert_eq!(browser.count(".plan .yes").await, 7);
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn the_same_way_by_keyboard() {
    let app = TestApp::on(Backend::Sqlite);
    app.time.set("2026-11-25T12:00:00Z");
    let browser = Browser::open().await;
    browser.width(1280).await;
    browser.client.goto(&app.url("/")).await.unwrap();
    browser.tab_onto("#profession").await;
    browser.type_letters("Фронтенд").await;
    browser.press(Key::Tab).await;
    browser.type_letters("Мидл").await;
    browser.tab_to("Проверить себя").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Самопроверка: Фронтенд-разработчик, Мидл").await;
    browser.tab_onto("[name=mark]").await;
    browser.press(Key::Enter).await;
    browser.sees(".block-index p", "Отвечено 14 из 23").await;
    browser.tab_onto(&format!("{OPEN} input")).await;
    for _ in 0..8 {
        browser.press_char(' ').await;
        browser.press(Key::Tab).await;
    }
    browser.press_char(' ').await;
    // Enter sends the answers and takes none back.
    browser.press(Key::Enter).await;
    browser.sees(".lead", "По вашим ответам требования закрыты.").await;
    browser.tab_to("План").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "План роста").await;
    browser.tab_onto("#since").await;
    browser.type_letters("15.03.2026").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "План роста: Фронтенд-разработчик").await;
    browser.tab_to("Защита").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Лист защиты: Фронтенд-разработчик, Мидл").await;
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn answers_are_large_enough_for_a_finger() {
    let app = TestApp::on(Backend::Sqlite);
    let browser = Browser::open().await;
    let labels = "return [...document.querySelectorAll('fieldset:first-of-type .options label')]
        .slice(0, 4).map(label => {
            const box = label.getBoundingClientRect();
            return [Math.round(box.top), Math.floor(box.width), Math.floor(box.height)];
        })";
    for (width, rows) in [(360, 2), (768, 2), (1024, 2), (1025, 1), (1280, 1)] {
        browser.width(width).await;
        let questions = app.url("/check?profession=front-end&grade=middle");
        browser.client.goto(&questions).await.unwrap();
        let boxes = serde_json::from_value::<Vec<[i64; 3]>>(browser.ask(labels).await).unwrap();
        assert_eq!(boxes.len(), 4);
        let tops = boxes.iter().map(|[top, ..]| top).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(tops.len(), rows, "{width}: {boxes:?}");
        let is_large = |[_, width, height]: &[i64; 3]| *width >= 44 && *height >= 44;
        assert!(boxes.iter().all(is_large), "{width}: {boxes:?}");
    }
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn the_focus_is_always_visible() {
    let app = site().await;
    let browser = Browser::open().await;
    for path in PAGES {
        browser.client.goto(&app.url(path)).await.unwrap();
        let stops = browser.ask(STOPS).await.as_u64().unwrap();
        for _ in 0..stops {
            browser.press(Key::Tab).await;
            let outline = "const style = getComputedStyle(document.activeElement);
                           return [document.activeElement !== document.body, style.outlineStyle,
                                   parseFloat(style.outlineWidth)]";
            assert_eq!(browser.ask(outline).await, json!([true, "solid", 3]), "{path}");
        }
    }
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn no_page_scrolls_sideways_at_320_pixels() {
    let app = site().await;
    let browser = Browser::open().await;
    for path in PAGES {
        // 1280 pixels at 400 % are 320.
        for width in [320, 360, 768] {
            browser.width(width).await;
            browser.client.goto(&app.url(path)).await.unwrap();
            let widths = "const page = document.documentElement;
                          return [innerWidth, page.scrollWidth - page.clientWidth]";
            assert_eq!(browser.ask(widths).await, json!([width, 0]), "{path}");
        }
    }
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn every_pixel_is_grey() {
    let app = site().await;
    let browser = Browser::open().await;
    browser.width(1280).await;
    for (medium, theme) in [("screen", "light"), ("screen", "dark"), ("print", "light")] {
        browser.look(medium, theme).await;
        for path in PAGES {
            browser.client.goto(&app.url(path)).await.unwrap();
            // Focus and selection are painted too.
            browser.press(Key::Tab).await;
            browser.ask("getSelection().selectAllChildren(document.querySelector('h1'))").await;
            let pixels = pixels(&browser.client.screenshot().await.unwrap());
            let coloured = pixels.iter().find(|[red, green, blue]| red != green || green != blue);
            assert_eq!(coloured, None, "{path} {medium} {theme}");
            let shades = pixels.iter().collect::<std::collections::BTreeSet<_>>().len();
            assert!(shades > 10, "a blank page at {path} {medium} {theme}");
        }
    }
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn a_higher_grade_is_darker_by_day_and_lighter_by_night() {
    let app = TestApp::on(Backend::Sqlite);
    let browser = Browser::open().await;
    for (theme, darker) in [("light", true), ("dark", false)] {
        browser.look("screen", theme).await;
        browser.client.goto(&app.url("/")).await.unwrap();
        let script = "return [...document.querySelectorAll('.scale li')].map(level => {
            const box = getComputedStyle(level, '::before');
            return [parseInt(box.backgroundColor.slice(4)), parseFloat(box.height)];
        })";
        let boxes = serde_json::from_value::<Vec<(u8, f64)>>(browser.ask(script).await).unwrap();
        assert_eq!(boxes.len(), 10);
        assert!(boxes.is_sorted_by(|(low, _), (high, _)| if darker {
            low > high
        } else {
            low < high
        }));
        assert!(boxes.is_sorted_by(|(_, low), (_, high)| low < high));
    }
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn the_browser_reports_no_errors() {
    let app = site().await;
    let browser = Browser::open().await;
    for path in PAGES {
        browser.client.goto(&app.url(path)).await.unwrap();
        assert_eq!(browser.ask("return document.scripts.length").await, json!(0), "{path}");
        let sheets = "return [...document.styleSheets].map(sheet => sheet.cssRules.length > 50)";
        assert_eq!(browser.ask(sheets).await, json!([true]), "{path}");
        let loaded = "return performance.getEntriesByType('resource').map(entry => entry.name)";
        for address in browser.ask(loaded).await.as_array().unwrap() {
            assert!(address.as_str().unwrap().starts_with(&app.url("/")), "{address} on {path}");
        }
    }
    browser.close().await;
}

/// The pages of signed-in editors.
const EDITOR_PAGES: [&str; 30] = [
    "/admin",
    GRADE,
    "/admin/professions/full-stack/middle/history",
    "/admin/professions/full-stack/middle/delete",
    "/admin/professions/full-stack",
    "/admin/professions/full-stack/ladder",
    "/admin/professions/ios",
    "/admin/new-profession",
    "/admin/professions/full-stack/history",
    "/admin/check",
    "/admin/tracks",
    "/admin/rules",
    "/admin/rules/history",
    "/admin/tracks/web/history",
    "/admin/releases",
    "/admin/changes/1",
    "/admin/transfer",
    "/admin/trash",
    "/admin/skills",
    "/admin/new-skill",
    "/admin/without-skills",
    "/admin/skills/react",
    "/admin/skills/react/history",
    "/admin/skills/react/merge?into=redux",
    "/admin/skills/react/delete",
    "/admin/account",
    "/admin/editors/1",
    "/admin/editors/1/disable",
    "/admin/tokens",
    "/admin/audit",
];

/// A table with more columns than a page can show, and with long words.
fn wide_table(long: &str) -> String {
    let row = |words: &str| (0..12).map(|at| format!("{words} {at}")).collect::<Vec<_>>().join(";");
    format!("Навык;{};Джун\n{long};{};Git\n", row("Столбец"), row(long))
}

/// The grade that is edited.
const GRADE: &str = "/admin/professions/full-stack/middle";

impl Browser {
    /// Signs in by keyboard at the page that asks for it.
    async fn sign_in(&self, login: &str) {
        self.tab_to_id("login").await;
        self.write(login).await;
        self.press(Key::Tab).await;
        self.write(PASSWORD).await;
        self.press(Key::Enter).await;
    }

    /// Presses Tab until the field or button with this id has the focus.
    async fn tab_to_id(&self, id: &str) {
        for _ in 0..50 {
            self.press(Key::Tab).await;
            if self.ask("return document.activeElement.id").await == id {
                return;
            }
        }
        panic!("no #{id} within 50 presses of Tab");
    }

    async fn write(&self, text: &str) {
        self.client.active_element().await.unwrap().send_keys(text).await.unwrap();
    }

    async fn text(&self, selector: &str) -> String {
        let found = self.client.find(Locator::Css(selector)).await.unwrap();
        found.text().await.unwrap().replace('\u{a0}', " ")
    }
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn an_editor_does_everything_by_keyboard() {
    let app = TestApp::start_at(TestDatabase::on(Backend::Sqlite), None);
    let bob = app.editor("bob").await;
    editors::service::create(&app.database.open(), "ann", PASSWORD, Role::Editor).unwrap();
    let browser = Browser::open().await;

    // A page for editors first asks to sign in and then opens.
    browser.client.goto(&app.url(GRADE)).await.unwrap();
    browser.sees("h1", "Вход для редакторов").await;
    browser.sign_in("ann").await;
    browser.sees("h1", "Фулстек-разработчик: Мидл").await;

    // One more line at the end: first a preview, then a save.
    browser.tab_to_id("text").await;
    let end = [Key::Control, Key::End];
    let down = end.map(|key| KeyAction::Down { value: key.into() });
    let up = end.map(|key| KeyAction::Up { value: key.into() });
    let keys = down.into_iter().chain(up).fold(KeyActions::new("end".into()), KeyActions::then);
    browser.client.perform_actions(keys).await.unwrap();
    browser.write("\nНаписано Анной.").await;
    browser.tab_to("Предпросмотр").await;
    browser.press(Key::Enter).await;
    browser.sees("#preview", "Что получится").await;
    assert!(browser.text(".panel").await.contains("Написано Анной."));

    // Meanwhile another editor saves.
    let (text, version) = bob.read(GRADE).await;
    let of_bob = format!("- Написано Бобом\n{text}");
    assert_eq!(bob.save(GRADE, &version, &of_bob).await.status(), 303);
    browser.tab_to("Сохранить").await;
    browser.press(Key::Enter).await;
    browser.sees("#conflict", "Пока вы писали, описание изменили").await;
    let field = browser.client.find(Locator::Css("#text")).await.unwrap();
    let merged = field.prop("value").await.unwrap().unwrap();
    assert!(merged.contains("Написано Бобом") && merged.contains("Написано Анной."), "{merged}");
    browser.tab_to("Сохранить").await;
    browser.press(Key::Enter).await;
    browser.sees(".notice", "Описание сохранено. Посмотреть на сайте").await;

    // The first version is compared with the last and restored.
    browser.tab_to("История").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "История: Фулстек-разработчик, Мидл").await;
    browser.tab_to_id("from").await;
    browser.write("1").await;
    browser.tab_to("Сравнить").await;
    browser.press(Key::Enter).await;
    browser.sees("#compared", "От версии 1 к версии 3").await;
    assert!(browser.text(".comparison").await.contains("Написано Бобом"));
    browser.tab_to("Вернуть версию 1").await;
    browser.press(Key::Enter).await;
    browser.sees(".notice", "Прежний текст возвращён. Посмотреть на сайте").await;

    browser.tab_to("Управление").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Управление").await;
    browser.tab_to("Выйти").await;
    browser.press(Key::Enter).await;
    browser.sees("h1", "Профессии и грейды").await;
    browser.client.goto(&app.url("/admin")).await.unwrap();
    browser.sees("h1", "Вход для редакторов").await;
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn a_new_token_is_fully_visible_on_a_phone() {
    let app = TestApp::start_at(TestDatabase::on(Backend::Sqlite), None);
    app.owner("olga").await;
    let browser = Browser::open().await;
    browser.width(320).await;
    browser.client.goto(&app.url("/admin/tokens")).await.unwrap();
    browser.sign_in("olga").await;
    browser.sees("h1", "Ключи API").await;
    browser.tab_to_id("name").await;
    let name = "оченьдлинноеимя".repeat(4);
    browser.write(&name).await;
    browser.press(Key::Enter).await;
    let text = format!("Ключ «{name}» создан. Скопируйте его сейчас: больше он нигде не появится.");
    browser.sees(".notice p", &text).await;
    let secret = browser.text(".secret").await;
    assert_eq!(secret.len(), "grades_".len() + 64, "{secret}");
    let overflow = "return [document.documentElement, document.querySelector('.secret')]
                    .map(part => part.scrollWidth - part.clientWidth)";
    assert_eq!(browser.ask(overflow).await, json!([0, 0]));
    // A click selects all of it, for copying.
    browser.client.find(Locator::Css(".secret code")).await.unwrap().click().await.unwrap();
    assert_eq!(browser.ask("return String(getSelection())").await, json!(secret));
    browser.close().await;
}

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn pages_for_editors_are_grey_and_fit_a_phone() {
    let app = TestApp::start_at(TestDatabase::on(Backend::Sqlite), None);
    let ann = app.owner("ann").await;
    let long = "оченьдлинноеслово".repeat(9);
    assert_eq!(ann.save(GRADE, "1", &format!("- {long}\n- Git")).await.status(), 303);
    let form = [("action", "add"), ("name", &long[..120]), ("scope", "write"), ("days", "30")];
    assert_eq!(ann.send("/admin/tokens", &form).await.status(), 200);
    assert_eq!(ann.send("/admin/releases", &[("name", "2026.1")]).await.status(), 303);
    let mut paths = EDITOR_PAGES.map(str::to_owned).to_vec();
    // What a file would change, the errors of one, and how a table is read.
    for (name, content) in [
        ("Инженер.csv", "Навык;Джун;Мидл\nGit;1;2\nSQL;2;3\n".to_owned()),
        (&*format!("{long}.toml"), "[[profession]]\n".to_owned()),
        ("Широкая.csv", wide_table(&long)),
    ] {
        let address = uploaded(&ann, name, content.as_bytes()).await;
        paths.extend([format!("{address}/table"), address]);
    }
    let browser = Browser::open().await;
    browser.client.goto(&app.url("/admin")).await.unwrap();
    browser.sign_in("ann").await;
    browser.sees("h1", "Управление").await;
    for theme in ["light", "dark"] {
        browser.look("screen", theme).await;
        for path in &paths {
            for width in [320, 1280] {
                browser.width(width).await;
                browser.client.goto(&app.url(path)).await.unwrap();
                let widths = "const page = document.documentElement;
                              return [innerWidth, page.scrollWidth - page.clientWidth]";
                assert_eq!(browser.ask(widths).await, json!([width, 0]), "{path}");
            }
            // A focused field too, as browsers colour its outline.
            let field =
                "document.querySelector('main :is(textarea, select, input:not([type=hidden]))')";
            browser.ask(&format!("{field}?.focus()")).await;
            let pixels = pixels(&browser.client.screenshot().await.unwrap());
            let coloured = pixels.iter().find(|[red, green, blue]| red != green || green != blue);
            assert_eq!(coloured, None, "{path} {theme}");
        }
    }
    browser.close().await;
}

//! Pay by grade.

use grades::graders::service::catalogue;

use crate::app::{TestApp, between};

const SALARY: &str = "profession=front-end&floor=80000&ceiling=400000&currency=RUB&round=1000";

/// The amounts in a column of the table, without currency; row headings do not count as a column.
fn column(page: &str, number: usize) -> Vec<u64> {
    let rows = between(page, "<tbody>", "</tbody>").split("<tr>").skip(1);
    let cell = |row: &str| {
        let cell = row.split("<td").nth(number + 1).unwrap().split("</td>").next().unwrap();
        // Behind the last tag of the cell that opens: its words, not the numbers of its picture.
        let cell = cell.split("</span>").next().unwrap().rsplit('>').next().unwrap();
        let digits = cell.chars().filter(char::is_ascii_digit).collect::<String>();
        digits.parse().ok()
    };
    rows.filter_map(cell).collect()
}

on_both_databases! {
    async fn a_range_is_distributed_over_the_grades(app: TestApp) {
        let page = app.page(&format!("/salary?{SALARY}")).await;
        let amounts = [80, 96, 112, 176, 208, 240, 304, 352, 400].map(|thousands| thousands * 1_000);
        assert_eq!(column(&page, 0), amounts);
        assert_eq!(column(&page, 1), [16, 16, 64, 32, 32, 64, 48, 48].map(|raise| raise * 1_000));
        assert!(page.contains("<td>+16\u{a0}000\u{a0}₽</td>\n<td>+20&nbsp;%</td>\n<td>внутри джуна</td>"), "{page}");
        assert!(page.contains("<td>+57,1&nbsp;%</td>\n<td>новый основной уровень</td>"), "{page}");
        // Each amount has its bar, as wide as it is large.
        let bars = page.split("<rect class=\"level-").skip(1).map(|rest| between(rest, "width=\"", "%"));
        assert_eq!(bars.collect::<Vec<_>>(), ["20", "24", "28", "44", "52", "60", "76", "88", "100"]);
        assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"));
        assert!(page.contains("<option value=\"RUB\" selected>"));
    }

    async fn weights_and_currency_can_be_chosen(app: TestApp) {
        let page = app.page(&format!("/salary?{SALARY}&junior=1&middle=3&senior=5&base=10")).await;
        let raises = column(&page, 1);
        assert_eq!(raises.iter().sum::<u64>(), 320_000);
        assert!(raises[2] > 9 * raises[0], "{raises:?}");
        assert!(page.contains("<details open>"));
        let page = app.page(&format!("/salary?{}", SALARY.replace("RUB", "EUR"))).await;
        assert!(page.contains("80\u{a0}000\u{a0}€"));
        let spaced = app.page(&format!("/salary?{}", SALARY.replace("80000", "80%C2%A0000"))).await;
        assert_eq!(column(&spaced, 0)[0], 80_000);
    }

    async fn nothing_is_computed_without_a_range(app: TestApp) {
        let page = app.page("/salary").await;
        assert!(!page.contains("<table") && !page.contains("<rect class=\"level-") && !page.contains("Исправьте ошибки"));
        for field in ["floor", "ceiling"] {
            assert!(page.contains(&format!("<input id=\"{field}\" name=\"{field}\" value=\"\"")), "{page}");
        }
        let chosen = app.page("/salary?profession=front-end").await;
        assert!(chosen.contains("<option value=\"front-end\" selected>") && !chosen.contains("Исправьте ошибки"));
    }

    async fn an_impossible_range_is_explained_and_stays_in_the_form(app: TestApp) {
        for (floor, ceiling, field, message) in [
            ("100", "100", "ceiling", "больше, чем нижнего"),
            ("200", "100", "ceiling", "больше, чем нижнего"),
            ("100000", "100001", "ceiling", "Хватит зарплаты верхнего грейда 120\u{a0}000\u{a0}₽."),
            ("100000", "100100", "ceiling", "120\u{a0}000\u{a0}₽ или\u{a0}округления до\u{a0}1\u{a0}₽."),
            ("0", "100", "floor", "больше нуля"),
            ("-5", "100", "floor", "отрицательной"),
            ("−5", "100", "floor", "отрицательной"),
            ("1", "99999999999999999999999999", "ceiling", "до\u{a0}1\u{a0}000\u{a0}000\u{a0}000"),
            ("1", "1000000001", "ceiling", "до\u{a0}1\u{a0}000\u{a0}000\u{a0}000"),
            ("", "100", "floor", "целым числом"),
            ("1.5", "100", "floor", "целым числом"),
            ("100к", "200к", "floor", "целым числом"),
            ("--5", "100", "floor", "целым числом"),
            ("<b>", "100", "floor", "целым числом"),
        ] {
            let query = format!("/salary?profession=front-end&floor={floor}&ceiling={ceiling}");
            let answer = app.get(&query).await;
            assert_eq!(answer.status(), 422, "{query}");
            let page = answer.text().await.unwrap();
            let error = between(&page, &format!("id=\"{field}-error\">"), "</p>");
            let plain = |text: &str| text.replace('\u{a0}', " ");
            assert!(plain(error).contains(&plain(message)), "{query}: {error}");
            assert!(page.contains(&format!("<a href=\"#{field}\">")), "{query}");
            assert!(page.contains("<option value=\"front-end\" selected>") && !page.contains("<table"));
            assert!(!page.contains("<b>"));
        }
        for (changed, field) in [
            ("profession=nobody", "profession"),
            ("profession=", "profession"),
            ("profession=qa-automation", "profession"),
            ("currency=DOGE", "currency"),
            ("round=7", "round"),
            ("junior=0", "junior"),
            ("base=101", "base"),
            ("base=x", "base"),
            ("junior=4", "junior"),
        ] {
            let (name, _) = changed.split_once('=').unwrap();
            let kept = SALARY.split('&').filter(|pair| !pair.starts_with(&format!("{name}=")));
            let query = kept.chain([changed]).collect::<Vec<_>>().join("&");
            let answer = app.get(&format!("/salary?{query}")).await;
            assert_eq!(answer.status(), 422, "{query}");
            let page = answer.text().await.unwrap();
            assert!(page.contains(&format!("id=\"{field}-error\">")), "{query}");
            assert!(page.contains("value=\"80000\""), "{query}");
        }
    }

    async fn a_range_can_be_distributed_over_every_ladder(app: TestApp) {
        for profession in catalogue::starting().unwrap().into_iter().flat_map(|file| file.professions) {
            let path = format!("/salary?profession={}&floor=77777&ceiling=999999999", profession.slug);
            if profession.grades.len() < 2 {
                assert_eq!(app.get(&path).await.status(), 422, "{path}");
                continue;
            }
            let amounts = column(&app.page(&path).await, 0);
            assert_eq!(amounts.len(), profession.grades.len(), "{path}");
            assert_eq!((amounts[0], *amounts.last().unwrap()), (77_777, 999_999_999));
            assert!(amounts.is_sorted_by(|low, high| low < high), "{amounts:?}");
        }
    }
}

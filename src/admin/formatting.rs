//! `/admin/formatting`: how the text of a description is read, by example.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use crate::auth::SignedIn;
use crate::error::AppError;
use crate::graders::service::catalogue::Catalogue;
use crate::ladder::Description;
use crate::web::{Head, blocking, filters, uncached};

/// Each with what it shows, in the order in which an editor needs them.
const EXAMPLES: [(&str, &str, &str); 5] = [
    (
        "Кратко и\u{a0}требования",
        "Первый абзац до\u{a0}списков\u{a0}— грейд одной фразой. Каждый пункт списка\u{a0}— требование. \
         Абзацы ниже\u{a0}— комментарии.",
        "Сам ведёт задачу от постановки до релиза.\n\n- Пишет запросы на SQL\n- Настраивает CI/CD\n\n\
         Ревью проходит вместе с наставником.",
    ),
    (
        "Разделы",
        "Заголовок открывает раздел. Одинаковые заголовки разных грейдов встают друг под другом.",
        "## Технологии\n\n- Docker\n- PostgreSQL\n\n## Влияние\n\n- Помогает коллегам с ревью кода",
    ),
    (
        "Метка вида и\u{a0}глубины",
        "Метка с\u{a0}двоеточием стоит в\u{a0}начале пункта. Если пункт кончается двоеточием, метка \
         относится ко\u{a0}всем вложенным.",
        "- Знакомство: Kubernetes\n- Опыт: год с высокими нагрузками\n- Сильная экспертиза:\n  - Go\n  \
         - gRPC",
    ),
    (
        "Примеры",
        "Пункты, вложенные в\u{a0}обычное требование, поясняют его. Они свёрнуты и\u{a0}не\u{a0}считаются.",
        "- Проектирует API\n  - делит ресурсы так, чтобы клиенту хватало одного запроса\n  \
         - думает о версиях заранее",
    ),
    (
        "Желательное",
        "«Желательно:» перед требованием делает его необязательным: в\u{a0}самопроверке оно стоит \
         отдельно.",
        "- Пишет тесты\n- Желательно: Опыт: открытый код",
    ),
];

#[derive(Template)]
#[template(path = "admin/formatting.html")]
struct FormattingPage {
    head: Head,
    examples: Vec<Example>,
}

/// A text and what it is read as.
struct Example {
    title: &'static str,
    words: &'static str,
    text: &'static str,
    description: Description,
}

/// Answers with the page.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(catalogue: Data<Catalogue>, session: SignedIn) -> Result<HttpResponse, AppError> {
    let dictionary = blocking(move || catalogue.dictionary()).await??;
    let examples = EXAMPLES.map(|(title, words, text)| {
        let description = Description::read(text, &dictionary);
        Example { title, words, text, description }
    });
    let head = session.head("Как писать описание");
    uncached(StatusCode::OK, &FormattingPage { head, examples: examples.into() })
}

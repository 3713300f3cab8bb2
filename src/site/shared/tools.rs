//! What the site does besides showing the catalogue, as the search finds it.

use std::sync::LazyLock;

use crate::ladder::search::{Question, Term, terms};
use crate::paths;

/// A page that does something for a visitor.
pub struct Tool {
    pub address: String,
    pub title: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// Further words by which it is looked for.
    words: &'static str,
}

/// Each tool with the terms by which it is found.
static TOOLS: LazyLock<[(Tool, Vec<Term>); 9]> = LazyLock::new(|| {
    all().map(|tool| {
        let terms = terms(&format!("{} {} {}", tool.title, tool.about, tool.words));
        (tool, terms)
    })
});

/// The tools that have all that is asked.
pub fn answering(question: &Question) -> Vec<&'static Tool> {
    let found = TOOLS.iter().filter(|(_, terms)| question.is_met_by(terms));
    found.map(|(tool, _)| tool).collect()
}

fn all() -> [Tool; 9] {
    let tool = |address: &str, title, about, words| Tool {
        address: address.to_owned(),
        title,
        about,
        words,
    };
    [
        tool(
            paths::check_form(),
            "Самопроверка",
            "Чего не хватает до нужного грейда.",
            "проверка проверить себя самооценка оценить тест",
        ),
        tool(
            paths::plan_form(),
            "План роста",
            "Когда можно защищать следующие грейды и что для каждого нужно.",
            "сроки календарь развитие повышение ИПР",
        ),
        tool(
            paths::defence_form(),
            "Лист защиты",
            "Требования, доказательства и отметки комиссии на бумаге.",
            "защита защитить грейд комиссия распечатать",
        ),
        tool(
            paths::pair_form(),
            "Сверка",
            "Где самопроверка сотрудника и мнение руководителя расходятся.",
            "сверить ответы разговор один на один ревью 1-1",
        ),
        tool(
            paths::salary_form(),
            "Зарплата по грейдам",
            "Как вилка делится между грейдами лестницы.",
            "оклад прибавка деньги оплата",
        ),
        tool(
            &paths::mentoring(1),
            "Наставничество",
            "Для каких грейдов нужен ученик и кого ищут кандидаты.",
            "наставник ментор менторство учить",
        ),
        tool(
            paths::rules(),
            "Правила",
            "Порядок, сроки и кто решает.",
            "как устроены грейды защита пересдача испытательный срок комиссия",
        ),
        tool(
            paths::compare_form(),
            "Сравнение грейдов",
            "Что нужно добавить, чтобы перейти с одного грейда на другой.",
            "сравнить разница переход",
        ),
        tool(paths::matrix_form(), "Общая таблица", "Все профессии по уровням.", "матрица"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::skill::Dictionary;

    fn found(question: &str) -> Vec<&'static str> {
        let question = Question::read(question, &Dictionary::default());
        answering(&question).into_iter().map(|tool| tool.title).collect()
    }

    #[test]
    fn tools_are_found_by_any_form_of_their_words() {
        assert_eq!(found("зарплата"), ["Зарплата по грейдам"]);
        assert_eq!(found("зарплаты грейдов"), ["Зарплата по грейдам"]);
        assert_eq!(found("самопроверку"), ["Самопроверка", "Сверка"]);
        assert_eq!(found("защита"), ["Лист защиты", "Правила"]);
        assert_eq!(found("правила"), ["Правила"]);
        assert_eq!(found("план роста"), ["План роста"]);
        assert_eq!(found("ментор"), ["Наставничество"]);
        assert_eq!(found("сверка"), ["Сверка"]);
        assert!(
            found("docker").is_empty()
                && found("").is_empty()
                && found("самопроверка docker").is_empty()
        );
    }
}

use proptest::prelude::*;

use super::super::examples::skill;
use super::*;

fn requirements(markdown: &str) -> Vec<(Option<Kind>, String)> {
    let requirements = Description::parse(markdown).requirements;
    requirements.into_iter().map(|requirement| (requirement.kind, requirement.text)).collect()
}

fn notes(markdown: &str) -> Vec<String> {
    Description::parse(markdown).notes.into_iter().map(|note| note.text).collect()
}

/// The HTML of the only requirement.
fn html(markdown: &str) -> String {
    let description = Description::parse(markdown);
    assert_eq!(description.requirements.len(), 1, "{description:?}");
    description.requirements[0].html.to_string()
}

#[test]
fn list_items_are_requirements_and_paragraphs_are_notes() {
    let text = "Начало.\n\n- Git\n- Docker\n\n## Итог\n\nКонец\nабзаца.\n\n1. SSH\n";
    let plain = |text: &str| (None, text.to_owned());
    assert_eq!(requirements(text), [plain("Git"), plain("Docker"), plain("SSH")]);
    assert_eq!(notes(text), ["Начало.", "Итог", "Конец абзаца."]);
}

#[test]
fn an_empty_text_has_no_requirements() {
    for text in ["", " \n\t\n", "-\n- \n", "---", "\0\u{1}"] {
        assert_eq!(Description::parse(text), Description::default(), "{text:?}");
    }
}

#[test]
fn a_known_label_sets_the_kind_and_is_not_part_of_the_text() {
    for kind in Kind::ALL {
        let text = format!("- {}: Git и SSH", kind.label());
        assert_eq!(requirements(&text), [(Some(kind), "Git и SSH".to_owned())]);
    }
    let lower = "- сильная экспертиза : HTML";
    assert_eq!(requirements(lower), [(Some(Kind::StrongExpertise), "HTML".to_owned())]);
    let with_link = "- Публикация: [статья](https://example.org/) о Git";
    assert_eq!(requirements(with_link), [(Some(Kind::Publication), "статья о Git".to_owned())]);
}

#[test]
fn an_unknown_label_is_plain_text() {
    for text in ["Вёрстка: адаптивная", "Опыт", "Опытный: да", "Книга:", "час: 10:30"]
    {
        assert_eq!(requirements(&format!("- {text}")), [(None, text.to_owned())]);
    }
}

#[test]
fn a_label_alone_gives_its_kind_to_the_nested_list() {
    let text = "- Сильная экспертиза:\n  - React\n  - Знакомство: Vue.js\n- Git\n";
    assert_eq!(
        requirements(text),
        [
            (Some(Kind::StrongExpertise), "React".to_owned()),
            (Some(Kind::Acquaintance), "Vue.js".to_owned()),
            (None, "Git".to_owned()),
        ]
    );
    let words = "- Базы данных\n  - MySQL\n";
    assert_eq!(requirements(words), [(None, "Базы данных".to_owned()), (None, "MySQL".to_owned())]);
}

#[test]
fn the_id_of_a_requirement_does_not_depend_on_other_lines() {
    let ids = |markdown: &str| {
        let requirements = Description::parse(markdown).requirements;
        requirements.into_iter().map(|requirement| requirement.id).collect::<Vec<_>>()
    };
    let before = ids("- Git\n- Опыт: Docker\n- Git");
    let after = ids("- SSH\n- Опыт: **docker**.\n\nСлово\n\n- git\n- GIT");
    assert_eq!(before[1], after[1]);
    assert_eq!([&before[0], &before[2]], [&after[2], &after[3]]);
    assert_eq!(before[2], format!("{}-2", before[0]));
    assert_ne!(ids("- Docker"), ids("- Опыт: Docker"));
    assert_eq!(ids("- Git"), ["ftjmy6"]);
}

#[test]
fn a_second_paragraph_belongs_to_its_requirement() {
    let text = "- Docker\n\n  и Docker Compose\n\n- Git\n";
    assert_eq!(
        requirements(text),
        [(None, "Docker и Docker Compose".to_owned()), (None, "Git".to_owned())]
    );
}

#[test]
fn emphasis_code_and_links_are_kept() {
    assert_eq!(html("- *Go* **и** `go vet`"), "<em>Go</em> <strong>и</strong> <code>go vet</code>");
    assert_eq!(
        html("- [RFC](https://example.org/a?b=1&c=2 'x')"),
        r#"<a href="https://example.org/a?b=1&amp;c=2">RFC</a>"#
    );
    assert_eq!(
        html("- <ann@example.org>"),
        r#"<a href="mailto:ann@example.org">ann@example.org</a>"#
    );
    assert_eq!(html("- ![схема](https://example.org/a.png)"), "схема");
}

#[test]
fn html_is_shown_as_text() {
    assert_eq!(html("- a <b onclick=x>b</b>"), "a &lt;b onclick=x&gt;b&lt;/b&gt;");
    let block = Description::parse("<script>alert(1)</script>\n");
    assert_eq!(block.notes[0].html.to_string(), "&lt;script&gt;alert(1)&lt;/script&gt;");
}

#[test]
fn a_link_with_an_unsafe_scheme_becomes_text() {
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript&colon;alert(1)",
        "&#1;javascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org/",
        "/admin",
        "",
    ] {
        assert_eq!(html(&format!("- [x](<{address}>)")), "x", "{address}");
    }
}

#[test]
fn skills_are_links_except_inside_links() {
    let skills = [("docker", "Docker"), ("cpp", "C++"), ("git", "Git")];
    let skills = skills.map(|(slug, title)| skill(slug, title, &[]));
    let dictionary = Dictionary::new(skills.to_vec()).unwrap();
    let dictionary = dictionary.with_addresses(|slug| format!("/skills/{slug}"));
    let text = "- Опыт: с Docker и **C++**, [Git](https://git-scm.com), docker\n\nО Git.";
    let description = Description::read(text, &dictionary);
    let requirement = &description.requirements[0];
    assert_eq!(requirement.slugs().collect::<Vec<_>>(), ["docker", "cpp", "git"]);
    assert_eq!(requirement.text, "с Docker и C++, Git, docker");
    assert_eq!(
        requirement.html.to_string(),
        "с\u{a0}<a href=\"/skills/docker\">Docker</a> и\u{a0}<strong><a href=\"/skills/cpp\">C++</a>\
         </strong>, <a href=\"https://git-scm.com/\">Git</a>, <a href=\"/skills/docker\">docker</a>"
    );
    assert_eq!(description.notes[0].html.to_string(), "О\u{a0}<a href=\"/skills/git\">Git</a>.");
}

#[test]
fn code_names_no_skill() {
    let dictionary = Dictionary::new(vec![skill("git", "Git", &["Git Flow"])]).unwrap();
    let skills = |text: &str| Description::read(text, &dictionary).requirements[0].skills.len();
    for text in [
        "- x\n  ```bash\n  git push\n  ```",
        "- ~~~\n  Git\n  ~~~",
        "- `git`",
        "- о `git` и `git push`",
        "- `git` Flow",
        "- <!-- Git --> о `x`",
    ] {
        assert_eq!(skills(text), 0, "{text}");
    }
    for text in ["- `x` и Git", "- **Git** `git`", "- Git *Flow*"] {
        assert_eq!(skills(text), 1, "{text}");
    }
}

#[test]
fn lines_do_not_break_after_short_words() {
    assert_eq!(
        html("- Работает с базой — и в кеше"),
        "Работает с\u{a0}базой\u{a0}— и\u{a0}в\u{a0}кеше"
    );
}

/// Fails unless `html` is well-formed and contains only what [`InlineHtml`] promises.
fn check(html: &InlineHtml) -> Result<(), TestCaseError> {
    let document = format!("<p>{html}</p>");
    let parsed = roxmltree::Document::parse(&document);
    prop_assert!(parsed.is_ok(), "{document:?}: {parsed:?}");
    for node in parsed.iter().flat_map(|document| document.root_element().descendants()) {
        prop_assert!(!node.is_comment() && !node.is_pi(), "{document:?}");
        if !node.is_element() {
            continue;
        }
        let name = node.tag_name().name();
        let known = ["p", "a", "em", "strong", "del", "code", "br"].contains(&name);
        prop_assert!(known, "{document:?}");
        for attribute in node.attributes() {
            prop_assert_eq!((name, attribute.name()), ("a", "href"), "{:?}", &document);
            let scheme = attribute.value().split(':').next();
            prop_assert!(matches!(scheme, Some("http" | "https" | "mailto")), "{document:?}");
        }
    }
    Ok(())
}

fn check_all(markdown: &str) -> Result<(), TestCaseError> {
    let description = Description::parse(markdown);
    for requirement in &description.requirements {
        prop_assert!(!requirement.text.trim().is_empty());
        check(&requirement.html)?;
    }
    for note in &description.notes {
        prop_assert!(!note.text.trim().is_empty());
        check(&note.html)?;
    }
    Ok(())
}

/// Markdown from fragments that are likely to confuse a parser.
fn markdown() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "- ",
        "  - ",
        "* ",
        "1. ",
        "\n",
        "\n\n",
        "> ",
        "# ",
        "    ",
        "```",
        "`",
        "*",
        "**",
        "_",
        "~~",
        "[",
        "]",
        "(",
        ")",
        "](",
        "![",
        "<",
        ">",
        "</b>",
        "<script>",
        "<!--",
        "-->",
        "<a href=x onclick=y>",
        "javascript:",
        "https://example.org/",
        "mailto:a@b.c",
        "&lt;",
        "&#0;",
        "&#1;",
        "&#xFFFF;",
        "&colon;",
        "\\",
        "\"",
        "'",
        "&",
        "Опыт:",
        "слово",
        "\0",
        "\u{1}",
        "\r",
        "\t",
        "\u{202e}",
        "\u{fffe}",
        "<https://a.b>",
        "<a@b.c>",
        "---",
        "|",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_becomes_safe_and_well_formed_html(text in any::<String>()) {
        check_all(&text)?;
    }

    #[test]
    fn any_markdown_becomes_safe_and_well_formed_html(text in markdown()) {
        check_all(&text)?;
    }

    #[test]
    fn items_of_a_plain_list_keep_their_text(items in prop::collection::vec("[а-яё]{1,9}( [a-z]{1,9}){0,3}", 1..9)) {
        let text = format!("- {}\n", items.join("\n- "));
        let read = requirements(&text).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        prop_assert_eq!(read, items);
    }
}

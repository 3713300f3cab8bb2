use proptest::prelude::*;

use super::super::examples::skill;
use super::*;

fn requirements(markdown: &str) -> Vec<(Option<Kind>, String)> {
    let requirements = Description::parse(markdown).requirements;
    requirements.into_iter().map(|requirement| (requirement.kind, requirement.text)).collect()
}

fn notes(markdown: &str) -> Vec<String> {
    Description::parse(markdown).paragraphs().map(|note| note.text.clone()).collect()
}

/// The HTML of the only requirement.
fn html(markdown: &str) -> String {
    let description = Description::parse(markdown);
    assert_eq!(description.requirements.len(), 1, "{description:?}");
    description.requirements[0].html.to_string()
}

#[test]
fn list_items_are_requirements_and_paragraphs_are_the_summary_and_notes() {
    let text = "Начало.\n\n- Git\n- Docker\n\n## Итог\n\nКонец\nабзаца.\n\n1. SSH\n";
    let plain = |text: &str| (None, text.to_owned());
    assert_eq!(requirements(text), [plain("Git"), plain("Docker"), plain("SSH")]);
    assert_eq!(notes(text), ["Начало.", "Конец абзаца."]);
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
}

#[test]
fn the_first_paragraph_is_the_summary_if_it_stands_before_any_list_and_heading() {
    let summary = |text: &str| Description::parse(text).summary.map(|note| note.text);
    let first = Some("Ведёт проект.".to_owned());
    assert_eq!(summary("Ведёт\nпроект.\n\nЕщё.\n\n- Git"), first);
    assert_eq!(summary("\n\n<!-- нет -->\nВедёт проект.\n## Раздел"), first);
    for text in [
        "Надо:\n- Git",
        "Надо:\n\nВедёт проект.\n- Git",
        "- Git\n\nСлово",
        "# Раздел\nСлово",
        "",
        "```\ncode\n```",
        "- \n\nСлово",
    ] {
        assert_eq!(summary(text), None, "{text}");
    }
    assert_eq!(notes("Первый.\n\nВторой.\n- Git"), ["Первый.", "Второй."]);
}

/// The blocks of a description: the heading, then the requirements and the notes of each part.
fn blocks(markdown: &str) -> Vec<String> {
    let description = Description::parse(markdown);
    let part = |part: &Part<'_>| {
        let requirements = part.requirements.iter().map(|asked| asked.text.as_str());
        let notes = part.notes.iter().map(|note| note.text.as_str());
        let texts = [requirements.collect::<Vec<_>>(), notes.collect::<Vec<_>>()];
        texts.map(|texts| texts.join(", ")).join(" | ")
    };
    let block = |block: Block<'_>| {
        let heading = block.heading.map(|heading| format!("[{}] ", heading.title));
        let parts = block.parts.iter().map(part).collect::<Vec<_>>();
        format!("{}{}", heading.unwrap_or_default(), parts.join("; "))
    };
    description.blocks().into_iter().map(block).collect()
}

#[test]
fn a_heading_opens_a_block_and_the_order_of_the_text_is_kept() {
    assert_eq!(
        blocks(
            "Кратко.\n- a\n## Технологии\n- b\n- c\n\nслово\n- d\n### Пусто\n# Влияние\nсперва\n- e"
        ),
        ["a | ", "[Технологии] b, c | слово; d | ", "[Пусто] ", "[Влияние]  | сперва; e | "]
    );
    assert_eq!(blocks("Кратко."), Vec::<String>::new());
    assert_eq!(blocks("- a\n\nслово\n\nдва"), ["a | слово, два"]);
    let asked = Description::parse("- a\n## Раздел\n- b\n> ## Цитата").requirements;
    let blocks = asked.iter().map(|asked| asked.block.as_ref().map(|block| &*block.title));
    assert_eq!(blocks.collect::<Vec<_>>(), [None, Some("Раздел")]);
}

/// The requirements, each with its label and its examples.
fn with_examples(markdown: &str) -> Vec<String> {
    let asked = Description::parse(markdown).requirements.into_iter();
    let asked = asked.map(|asked| {
        let label = asked.label().map(|label| format!("{label}: ")).unwrap_or_default();
        let wish = if asked.is_optional { "? " } else { "" };
        let examples = asked.examples.iter().map(|example| example.text.as_str());
        match examples.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => format!("{wish}{label}{}", asked.text),
            examples => format!("{wish}{label}{} ({examples})", asked.text),
        }
    });
    asked.collect()
}

#[test]
fn nested_items_are_examples_unless_their_parent_ends_in_a_colon() {
    for (text, expected) in [
        ("- Базы данных\n  - MySQL\n  - Redis\n- Git", vec!["Базы данных (MySQL, Redis)", "Git"]),
        ("- Базы\n  - MySQL\n    - репликация\n\n  после", vec!["Базы (MySQL, репликация, после)"]),
        ("- Знакомство: базы\n  - MySQL", vec!["Знакомство: базы (MySQL)"]),
        (
            "- Инструменты:\n  - Docker\n    - образы\n  - Git\n- SSH",
            vec!["Инструменты: Docker (образы)", "Инструменты: Git", "SSH"],
        ),
        ("- **Инструменты:**\n  - Знакомство: Docker", vec!["Инструменты: Знакомство: Docker"]),
        ("- Инструменты:\n  - Базы:\n    - MySQL", vec!["Инструменты: Базы: MySQL"]),
        (
            "- Сильная экспертиза в технологиях:\n  - Go",
            vec!["Сильная экспертиза в технологиях: Go"],
        ),
        ("- Опыт:\n  - с базами:\n    - год", vec!["Опыт: с базами: год"]),
        ("- Инструменты:", vec!["Инструменты:"]),
        ("- -\n  - Git", vec!["Git"]),
    ] {
        assert_eq!(with_examples(text), expected, "{text}");
    }
    let kinds =
        |text: &str| requirements(text).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
    assert_eq!(kinds("- Сильная экспертиза в технологиях:\n  - Go"), [Some(Kind::StrongExpertise)]);
    assert_eq!(kinds("- Опытным:\n  - Go\n- Книга рекордов:\n  - Go"), [None, None]);
}

#[test]
fn an_item_labelled_desirable_is_optional() {
    for (text, expected) in [
        ("- Желательно: Docker\n- Git", vec!["? Docker", "Git"]),
        ("- **желательно**: Знакомство: Docker", vec!["? Знакомство: Docker"]),
        ("- **Желательно:** **Знакомство:** Docker", vec!["? Знакомство: Docker"]),
        ("- <b>Желательно:</b> «Опыт»: год", vec!["? Опыт: год"]),
        (
            "- Желательно:\n  - Docker\n    - образы\n  - Опыт: год",
            vec!["? Docker (образы)", "? Опыт: год"],
        ),
        ("- Желательно: инструменты:\n  - Docker", vec!["? инструменты: Docker"]),
        ("- Желательно:", vec!["Желательно:"]),
        ("- Знакомство: желательно: Docker", vec!["Знакомство: желательно: Docker"]),
        ("- Желательно знать Docker", vec!["Желательно знать Docker"]),
    ] {
        assert_eq!(with_examples(text), expected, "{text}");
    }
    let id = |text: &str| Description::parse(text).requirements[0].id.clone();
    assert_eq!(id("- Желательно: Git"), id("- Git"));
}

#[test]
fn the_words_of_a_group_name_skills_and_depths_and_belong_to_the_id() {
    let dictionary =
        Dictionary::new(vec![skill("docker", "Docker", &[]), skill("git", "Git", &[])]);
    let dictionary = dictionary.unwrap().with_addresses(|slug| format!("/skills/{slug}"));
    let read = |text: &str| Description::read(text, &dictionary).requirements.remove(0);
    let asked = read("- Docker:\n  - пишет образы");
    assert_eq!(asked.slugs().collect::<Vec<_>>(), ["docker"]);
    assert_eq!(
        read("- Сильная экспертиза в системах:\n  - Git").skills[0].depth,
        Some(Depth::Strong)
    );
    assert_ne!(read("- Умеет:\n  - Git").id, read("- Git").id);
    assert!(read("- Git\n  - Docker").named("docker").is_none());
    let linked = &read("- Git\n  - Docker").examples[0].html;
    assert_eq!(linked.to_string(), "<a href=\"/skills/docker\">Docker</a>");
}

/// Lines of a description, each with a word of its own.
fn some_lines() -> impl Strategy<Value = String> {
    const BEGINNINGS: [&str; 14] = [
        "",
        "- ",
        "  - ",
        "    - ",
        "\n",
        "## ",
        "1. ",
        "> ",
        "- Желательно: ",
        "  - Опыт: ",
        "• ",
        "### ",
        "- Сильная экспертиза в деле ",
        "\n\n  ",
    ];
    let line = (0..BEGINNINGS.len(), any::<bool>());
    prop::collection::vec(line, 0..16).prop_map(|lines| {
        let line = |(number, (beginning, has_colon)): (usize, &(usize, bool))| {
            let end = if *has_colon { ":" } else { "" };
            format!("{}слово{number}я{end}\n", BEGINNINGS[*beginning])
        };
        lines.iter().enumerate().map(line).collect()
    })
}

proptest! {
    #[test]
    fn each_line_is_found_in_exactly_one_place(text in some_lines()) {
        let description = Description::parse(&text);
        let mut places = Vec::new();
        places.extend(description.summary.iter().map(|note| ("summary", note.text.clone())));
        places.extend(description.headings.iter().map(|block| ("block", block.title.clone())));
        places.extend(description.notes.iter().map(|note| ("note", note.text.clone())));
        for asked in &description.requirements {
            // The words of a group stand before each of its requirements.
            let words = format!("{} {}", asked.label().unwrap_or_default(), asked.text);
            places.push(("requirement", words));
            places.extend(asked.examples.iter().map(|example| ("example", example.text.clone())));
        }
        for number in 0..text.matches("слово").count() {
            let word = format!("слово{number}я");
            let found = places.iter().filter(|(_, text)| text.contains(&word));
            let kinds = found.map(|(place, _)| *place).collect::<std::collections::BTreeSet<_>>();
            prop_assert_eq!(kinds.len(), 1, "{} in {:?}", word, places);
        }
        let blocks = description.blocks();
        let parts = blocks.iter().flat_map(|block| &block.parts);
        let shown = parts.clone().flat_map(|part| part.requirements);
        prop_assert!(shown.eq(&description.requirements));
        prop_assert!(parts.flat_map(|part| part.notes).eq(&description.notes));
        let headings = blocks.iter().filter_map(|block| block.heading);
        prop_assert!(headings.eq(description.headings.iter().map(|heading| &**heading)));
    }
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
    assert_eq!(
        block.paragraphs().next().unwrap().html.to_string(),
        "&lt;script&gt;alert(1)&lt;/script&gt;"
    );
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
    for note in description.paragraphs() {
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

#[test]
fn a_description_that_was_read_before_is_the_same() {
    let dictionary = |name: &str| {
        let dictionary = Dictionary::new(vec![skill("git", name, &[])]).unwrap();
        dictionary.with_addresses(|slug| format!("/skills/{slug}"))
    };
    let (old, new) = (dictionary("Git"), dictionary("Docker"));
    let text = "- Git, как его помнят\n  - Docker";
    let first = Description::read(text, &old);
    assert_eq!(Description::read(text, &old), first);
    let other = Description::read(text, &new);
    assert!(
        first.requirements[0].named("git").is_some() && other.requirements[0].skills.is_empty()
    );
    assert_eq!(Description::read(text, &old), first);
}

#[test]
fn a_line_read_with_one_dictionary_is_read_anew_with_another() {
    let dictionary = |slug: &str| {
        let dictionary = Dictionary::new(vec![skill(slug, "Git", &[])]).unwrap();
        dictionary.with_addresses(|slug| format!("/{slug}"))
    };
    let (one, other) = (dictionary("git"), dictionary("version-control"));
    for _ in 0..2 {
        // Other texts with the same line.
        for heading in ["## А\n\n", "## Б\n\n", ""] {
            let text = format!("{heading}- Знает основы Git и ветвления");
            let link = |dictionary: &Dictionary| {
                let read = Description::read(&text, dictionary).requirements.remove(0);
                assert_eq!(read.skills.len(), 1);
                (read.skills[0].slug.clone(), read.html.to_string())
            };
            let linked =
                |slug: &str| format!("Знает основы <a href=\"/{slug}\">Git</a> и\u{a0}ветвления");
            assert_eq!(link(&one), ("git".to_owned(), linked("git")));
            assert_eq!(link(&other), ("version-control".to_owned(), linked("version-control")));
            assert!(Description::parse(&text).requirements[0].skills.is_empty());
        }
    }
}

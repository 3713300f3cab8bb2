//! The content of a defence sheet.

use super::Kind;
use super::article::Section;
use super::self_check::{Checked, SelfCheck};

/// The members of the committee besides the candidate's lead, each with the short form that heads a narrow
/// column («Система грейдов разработчика — общие положения»).
pub const COMMITTEE: [(&str, &str); 3] =
    [("ТД", "технический директор"), ("ДП", "директор продукта"), ("HR", "HR-директор")];

/// The direct lead, who confirms skills and is a member too.
pub const LEAD: &str = "руководитель";

/// The heading of the section of the rules that lists what a defence considers.
const CONSIDERED: &str = "Что учитывают";

/// What the requirements of a ladder are, which a sheet has in its tables.
const SKILLS: &str = "Навыки";

/// Which requirements of lower grades a sheet contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// Those that are not met.
    Gaps,
    /// All.
    All,
    /// None.
    None,
}

/// The requirements of a sheet.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The requirements that are new at the grade, which are defended.
    pub new: Vec<Checked>,
    /// The optional requirements that are new.
    pub optional: Vec<Checked>,
    /// Requirements that were demanded before, lowest first.
    pub earlier: Vec<Checked>,
}

impl Sheet {
    /// Selects the requirements for the sheet from a self-check for a grade; `before` is how many of the
    /// grades that accumulate are demanded before it ([`super::Ladder::steps_before`]).
    #[must_use]
    pub fn new(check: SelfCheck, before: usize, earlier: Earlier) -> Self {
        let (new, before): (Vec<_>, Vec<_>) =
            check.items.into_iter().partition(|item| item.asked.step >= before);
        let (optional, new) = new.into_iter().partition(|item| item.asked.requirement.is_optional);
        let is_selected = |item: &Checked| match earlier {
            Earlier::Gaps => item.is_gap(),
            Earlier::All => true,
            Earlier::None => false,
        };
        Self { new, optional, earlier: before.into_iter().filter(is_selected).collect() }
    }

    /// What is defended: the rows of its tables.
    pub fn rows(&self) -> impl Iterator<Item = &Checked> {
        self.new.iter().chain(&self.optional)
    }
}

/// A hint what shows that a requirement of this kind is met. The text on grades names projects and
/// features as examples («Система грейдов разработчика — общие положения»).
#[must_use]
pub const fn evidence(kind: Option<Kind>) -> &'static str {
    match kind {
        None | Some(Kind::StrongExpertise | Kind::WorkingKnowledge | Kind::Acquaintance) => {
            "проект, задача или pull request"
        }
        Some(Kind::Principle) => "pull request, где он применён",
        Some(Kind::Experience) => "где и сколько",
        Some(Kind::Result) => "ссылка, показатели до и после",
        Some(Kind::Package) => "название пакета и где он подключён",
        Some(Kind::Publication) => "адрес статьи",
        Some(Kind::Talk) => "конференция, дата, тема",
        Some(Kind::Mentoring) => "кто ученик, его грейды тогда и теперь",
        Some(Kind::Book) => "что из неё применено и где",
    }
}

/// What the rules say a defence considers besides the skills: the first words of each item of that
/// section, up to a comma or a colon. Nothing if the rules have no such section.
#[must_use]
pub fn considered_besides_skills(rules: &[Section]) -> Vec<&str> {
    let is_wanted = |section: &&Section| {
        let title = section.title.as_ref().map(|title| title.to_string().replace('\u{a0}', " "));
        title.is_some_and(|title| title == CONSIDERED)
    };
    let items = rules.iter().filter(is_wanted).flat_map(|section| &section.body.requirements);
    let names = items.filter_map(|item| item.text.split([',', ':']).next().map(str::trim));
    names.filter(|name| *name != SKILLS).collect()
}

#[cfg(test)]
mod tests {
    use super::super::article;
    use super::super::self_check::{Answer, Answers};
    use super::super::skill::Dictionary;
    use super::super::{Description, Grade, Ladder, Level};
    use super::*;

    #[test]
    fn the_rules_say_what_is_considered_besides_skills() {
        let considered = |rules: &str| {
            let sections = article::read(rules, &Dictionary::default());
            considered_besides_skills(&sections).join("; ")
        };
        let rules = "- Сроки\n\n## Что учитывают\n\n- Навыки: какие записаны в лестнице\n\
                     - Продуктивность, то есть польза\n- Книги: о росте\n- Всё\n\n## Кто\n\n- Лид";
        assert_eq!(considered(rules), "Продуктивность; Книги; Всё");
        assert_eq!(considered("## Что не учитывают\n\n- Возраст"), "");
    }

    #[test]
    fn a_sheet_has_the_new_requirements_and_the_selected_earlier_ones() {
        let grade = |(level, text)| Grade::new(level, Some(Description::parse(text)));
        let ladder = [(Level::Junior, "- Git\n- SSH"), (Level::Middle, "- Сеть")].map(grade);
        let ladder = Ladder::new(ladder.to_vec());
        let mut answers = Answers::default();
        assert!(answers.give("ftjmy6", Answer::Yes));
        for (earlier, selected) in [
            (Earlier::Gaps, vec!["SSH"]),
            (Earlier::All, vec!["Git", "SSH"]),
            (Earlier::None, vec![]),
        ] {
            let check = SelfCheck::new((&ladder, Level::Middle), &answers);
            let sheet = Sheet::new(check, ladder.steps_before(Level::Middle), earlier);
            let texts = |items: &[Checked]| {
                items.iter().map(|item| item.asked.requirement.text.clone()).collect::<Vec<_>>()
            };
            assert_eq!(texts(&sheet.new), ["Сеть"]);
            assert_eq!(texts(&sheet.earlier), selected);
        }
    }
}

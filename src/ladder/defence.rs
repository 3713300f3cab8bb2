//! The content of a defence sheet.

use super::Kind;
use super::self_check::{Checked, SelfCheck};

/// The members of the committee («Система грейдов разработчика — общие положения»).
pub const COMMITTEE: [&str; 4] =
    ["Технический директор", "Директор продукта", "HR-директор", "Руководитель"];

/// Which requirements of lower grades a sheet contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// Unmet ones.
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
    /// Requirements that were demanded before, lowest first.
    pub earlier: Vec<Checked>,
    /// The optional requirements that are new, and those from before where all of these are there.
    pub optional: Vec<Checked>,
}

impl Sheet {
    /// Selects the requirements for the sheet from a self-check for a grade; `before` is how many of the
    /// grades that accumulate are demanded before it ([`super::Ladder::steps_before`]).
    #[must_use]
    pub fn new(check: SelfCheck, before: usize, earlier: Earlier) -> Self {
        let is_new = |item: &Checked| item.asked.step >= before;
        let is_wanted = |item: &Checked| match earlier {
            Earlier::Gaps => item.is_gap(),
            Earlier::All => true,
            Earlier::None => false,
        };
        let wanted = check.items.into_iter().filter(|item| is_new(item) || is_wanted(item));
        let (optional, required): (Vec<_>, Vec<_>) =
            wanted.partition(|item| item.asked.requirement.is_optional);
        let (new, earlier) = required.into_iter().partition(is_new);
        Self { new, earlier, optional }
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

#[cfg(test)]
mod tests {
    use super::super::self_check::{Answer, Answers};
    use super::super::{Description, Grade, Ladder, Level};
    use super::*;

    #[test]
    fn a_sheet_has_the_new_requirements_and_the_selected_earlier_ones() {
        let grade = |(level, text)| Grade::new(level, Some(Description::parse(text)));
        let ladder = [(Level::Junior, "- Git\n- SSH"), (Level::Middle, "- Сеть")].map(grade);
        let ladder = Ladder::new(ladder.to_vec());
        let mut answers = Answers::default();
        assert!(answers.give("ftjmy6", Answer::Yes));
        for (earlier, words) in [
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
            assert_eq!(texts(&sheet.earlier), words);
        }
    }
}

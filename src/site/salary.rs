//! `/salary`: pay by grade between a floor and a ceiling.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use super::shared::choices::{self, Errors, Offer};
use super::shared::{Visit, Visitor};
use crate::error::AppError;
use crate::fields::FieldError;
use crate::graders::service::professions::Profession;
use crate::graders::service::rules;
use crate::ladder::salary::{Pay, Range, Step, Unpayable, Weights, share_out};
use crate::ladder::skill::Dictionary;
use crate::ladder::{self, Level, LevelName};
use crate::paths::{self, SalaryQuery};
use crate::russian;
use crate::web::field_errors::{message, status, title};
use crate::web::{Head, Section, filters};

/// The most anybody is paid here, in whole units of a currency.
const MOST: u64 = 1_000_000_000;

/// What pay may be rounded to.
const ROUNDINGS: [u64; 8] = [1, 10, 50, 100, 500, 1_000, 5_000, 10_000];

/// What pay is rounded to unless something else is chosen.
const USUAL_ROUNDING: u64 = 1_000;

/// How high a row of the picture is, in pixels.
const ROW: usize = 44;

/// The parameters of `/salary`.
#[derive(Clone, Debug, Deserialize)]
pub struct Parameters {
    profession: Option<String>,
    floor: Option<String>,
    ceiling: Option<String>,
    currency: Option<String>,
    round: Option<String>,
    junior: Option<String>,
    middle: Option<String>,
    senior: Option<String>,
    base: Option<String>,
}

#[derive(Template)]
#[template(path = "site/salary.html")]
struct SalaryPage {
    head: Head,
    typed: Typed,
    offer: Offer,
    /// The weights where none are typed.
    usual: Weights,
    errors: Vec<FieldError>,
    /// The pay, if all that it needs was typed.
    made: Option<Scale>,
}

/// What stands in the fields.
#[derive(Clone, Debug)]
struct Typed {
    profession: String,
    floor: String,
    ceiling: String,
    currency: String,
    round: String,
    junior: String,
    middle: String,
    senior: String,
    base: String,
    /// Whether the form was sent; a link to it may fill in some fields.
    is_sent: bool,
}

/// The pay of every grade of a ladder.
struct Scale {
    profession: Profession,
    /// What the pay between the ends is rounded to.
    rounding: String,
    /// The lowest grade first.
    rows: Vec<Row>,
    /// The kinds of steps the ladder has, the smallest first.
    steps: Vec<String>,
}

/// The pay of a grade, as it is written.
struct Row {
    name: LevelName,
    amount: String,
    /// How wide its bar is beside the widest, in per cent.
    width: String,
    /// What the grade adds; `None` for the lowest.
    raise: Option<Raise>,
}

/// What a grade adds, as it is written.
struct Raise {
    amount: String,
    share: String,
    step: String,
}

/// What people are paid in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Currency {
    Rub,
    Byn,
    Kzt,
    Uzs,
    Usd,
    Eur,
}

/// Answers with a form, and with the pay of each grade if the address has all that takes.
///
/// # Errors
///
/// If the database does not answer.
pub async fn show(
    visitor: Visitor,
    parameters: Query<Parameters>,
) -> Result<HttpResponse, AppError> {
    let typed = Typed::from(parameters.into_inner());
    let address = typed.address();
    visitor.form(address, move |visit| SalaryPage::build(visit, typed)).await
}

impl From<Parameters> for Typed {
    fn from(parameters: Parameters) -> Self {
        let Parameters { profession, floor, ceiling, currency, round, .. } = &parameters;
        let clean = |typed: &Option<String>| choices::cleaned(typed.as_deref());
        Self {
            is_sent: floor.is_some() || ceiling.is_some(),
            profession: clean(profession),
            floor: clean(floor),
            ceiling: clean(ceiling),
            currency: clean(currency),
            round: clean(round),
            junior: clean(&parameters.junior),
            middle: clean(&parameters.middle),
            senior: clean(&parameters.senior),
            base: clean(&parameters.base),
        }
    }
}

impl Typed {
    /// The address of the page with these fields.
    fn address(&self) -> String {
        paths::salary(&SalaryQuery {
            profession: &self.profession,
            floor: self.is_sent.then_some(&self.floor),
            ceiling: self.is_sent.then_some(&self.ceiling),
            currency: &self.currency,
            round: &self.round,
            junior: &self.junior,
            middle: &self.middle,
            senior: &self.senior,
            base: &self.base,
        })
    }

    /// The pay for what was typed, or what is wrong with it.
    fn scale(
        &mut self,
        visit: &Visit,
        usual: Weights,
    ) -> Result<Result<Scale, Vec<FieldError>>, AppError> {
        let mut errors = Errors::default();
        let is_named = self.is_sent || !self.profession.is_empty();
        let profession = if is_named {
            // Pay takes the levels alone, no skills.
            errors.profession(&visit.database, &Dictionary::default(), &self.profession)?
        } else {
            None
        };
        if let Some(found) = &profession {
            self.profession.clone_from(&found.slug);
        }
        if !self.is_sent {
            return Ok(Err(errors.0));
        }
        let floor = errors.money("floor", &self.floor);
        let ceiling = errors.money("ceiling", &self.ceiling);
        if floor.zip(ceiling).is_some_and(|(floor, ceiling)| floor >= ceiling) {
            errors.add("ceiling", "Зарплата верхнего грейда должна быть больше, чем нижнего.");
        }
        let (currency, rounding) = (self.currency(&mut errors), self.rounding(&mut errors));
        let weights = self.weights(usual, &mut errors);
        let (Some(profession), Some(floor), Some(ceiling), true) =
            (profession, floor, ceiling, errors.0.is_empty())
        else {
            return Ok(Err(errors.0));
        };
        let grades = profession.ladder.grades().iter();
        let levels = grades.map(|grade| grade.level).collect::<Vec<_>>();
        let range = Range { floor, ceiling, rounding };
        let names = Arc::clone(profession.ladder.scale());
        match share_out(&names, &levels, range, &weights) {
            Ok(pays) => Ok(Ok(Scale {
                rounding: currency.money(rounding),
                rows: pays.iter().map(|pay| Row::new(pay, &names, (ceiling, currency))).collect(),
                steps: steps(&pays, &names),
                profession,
            })),
            Err(Unpayable::NoSteps) => {
                errors.add("profession", "В этой лестнице один грейд: делить вилку не на что.");
                Ok(Err(errors.0))
            }
            Err(Unpayable::TooNarrow { enough }) => {
                let finer = ROUNDINGS.iter().rev().find(|finer| {
                    let range = Range { rounding: **finer, ..range };
                    **finer < rounding && share_out(&names, &levels, range, &weights).is_ok()
                });
                errors.add("ceiling", too_narrow(currency, rounding, enough, finer.copied()));
                Ok(Err(errors.0))
            }
        }
    }

    fn currency(&self, errors: &mut Errors) -> Currency {
        let chosen = Currency::ALL.into_iter().find(|currency| currency.code() == self.currency);
        if chosen.is_none() && !self.currency.is_empty() {
            errors.add("currency", "Выберите валюту из списка.");
        }
        chosen.unwrap_or(Currency::Rub)
    }

    fn rounding(&self, errors: &mut Errors) -> u64 {
        let chosen = ROUNDINGS.into_iter().find(|rounding| rounding.to_string() == self.round);
        if chosen.is_none() && !self.round.is_empty() {
            errors.add("round", "Выберите округление из списка.");
        }
        chosen.unwrap_or(USUAL_ROUNDING)
    }

    /// The weights that were typed, the usual ones where none were.
    fn weights(&self, usual: Weights, errors: &mut Errors) -> Weights {
        let mut weight = |field, typed: &str, usual| {
            if typed.is_empty() {
                return usual;
            }
            let weight = typed.parse().ok().filter(|weight| Weights::RANGE.contains(weight));
            weight.unwrap_or_else(|| {
                let (least, most) = (Weights::RANGE.start(), Weights::RANGE.end());
                errors.add(field, format!("Запишите вес шага целым числом от {least} до {most}."));
                usual
            })
        };
        let weights = Weights {
            junior: weight("junior", &self.junior, usual.junior),
            middle: weight("middle", &self.middle, usual.middle),
            senior: weight("senior", &self.senior, usual.senior),
            base: weight("base", &self.base, usual.base),
        };
        let weighed = ["junior", "middle", "senior", "base"];
        let is_clear = !errors.0.iter().any(|error| weighed.contains(&error.field));
        if is_clear && !weights.are_rising() {
            errors.add("junior", "Веса должны расти: джун, мидл, синьор, новый основной уровень.");
        }
        weights
    }
}

impl Errors {
    /// The amount that was typed; spaces between digits are how large ones are written.
    fn money(&mut self, field: &'static str, typed: &str) -> Option<u64> {
        let digits = typed.replace(char::is_whitespace, "");
        let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let rest = digits.strip_prefix(['-', '−']).unwrap_or_default();
        let is_negative = !rest.is_empty() && rest.bytes().all(|digit| digit.is_ascii_digit());
        let amount = digits.parse::<u64>().unwrap_or(u64::MAX);
        match (is_number, amount) {
            (true, 1..=MOST) => return Some(amount),
            (true, 0) => self.add(field, "Зарплата должна быть больше нуля."),
            (true, _) => {
                let message = format!("Это слишком много: считаем до {}.", russian::number(MOST));
                self.add(field, message);
            }
            (false, _) if is_negative => {
                self.add(field, "Зарплата не бывает отрицательной. Уберите минус.");
            }
            (false, _) => self.add(field, "Запишите зарплату целым числом, без копеек и букв."),
        }
        None
    }
}

fn too_narrow(currency: Currency, rounding: u64, enough: u64, finer: Option<u64>) -> String {
    let money = |amount| currency.money(amount);
    let other = finer.map(|finer| format!(" или округления до {}", money(finer)));
    format!(
        "Вилка слишком узкая для округления до {}. Хватит зарплаты верхнего грейда {}{}.",
        money(rounding),
        money(enough),
        other.unwrap_or_default(),
    )
}

impl Currency {
    const ALL: [Self; 6] = [Self::Rub, Self::Byn, Self::Kzt, Self::Uzs, Self::Usd, Self::Eur];

    /// The code in addresses (ISO 4217).
    const fn code(self) -> &'static str {
        match self {
            Self::Rub => "RUB",
            Self::Byn => "BYN",
            Self::Kzt => "KZT",
            Self::Uzs => "UZS",
            Self::Usd => "USD",
            Self::Eur => "EUR",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Rub => "российский рубль, ₽",
            Self::Byn => "белорусский рубль, Br",
            Self::Kzt => "тенге, ₸",
            Self::Uzs => "сум, UZS",
            Self::Usd => "доллар США, $",
            Self::Eur => "евро, €",
        }
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Rub => "₽",
            Self::Byn => "Br",
            Self::Kzt => "₸",
            Self::Uzs => "UZS",
            Self::Usd => "$",
            Self::Eur => "€",
        }
    }

    fn money(self, amount: u64) -> String {
        format!("{}\u{a0}{}", russian::number(amount), self.sign())
    }
}

impl SalaryPage {
    fn build(visit: &Visit, mut typed: Typed) -> Result<(StatusCode, Self), AppError> {
        let usual = rules::current(&visit.database)?.rules.weights;
        let (made, errors) = match typed.scale(visit, usual)? {
            Ok(scale) => (Some(scale), Vec::new()),
            Err(errors) => (None, errors),
        };
        let offer = Offer::read(&visit.database)?;
        let address = typed.address();
        let name = made.as_ref().map_or_else(
            || "Зарплата по грейдам".to_owned(),
            |scale| format!("Зарплата по грейдам: {}", scale.profession.title),
        );
        let description = "Как вилка зарплат делится между грейдами: сумма и прибавка на каждом.";
        let name = title(&name, &errors);
        let head = visit.head(&address, Section::Rules, name, description);
        // Search engines need not know every range.
        let canonical = head.canonical.filter(|_| address == paths::salary_form());
        let status = status(&errors);
        Ok((status, Self { head: Head { canonical, ..head }, typed, offer, usual, errors, made }))
    }

    fn error(&self, field: &str) -> Option<&str> {
        message(&self.errors, field)
    }

    /// Whether a rounding is the one that is chosen.
    fn is_chosen(&self, rounding: u64) -> bool {
        let typed = &self.typed.round;
        *typed == rounding.to_string() || (typed.is_empty() && rounding == USUAL_ROUNDING)
    }

    /// Whether the visitor has something to do with the weights.
    fn has_weights(&self) -> bool {
        let Typed { junior, middle, senior, base, .. } = &self.typed;
        [junior, middle, senior, base]
            .into_iter()
            .zip(self.usual_weights())
            .any(|(typed, usual)| !typed.is_empty() && *typed != usual.to_string())
    }

    fn usual_weights(&self) -> [u32; 4] {
        [self.usual.junior, self.usual.middle, self.usual.senior, self.usual.base]
    }
}

impl Scale {
    /// How high the picture is.
    fn height(&self) -> usize {
        self.rows.len() * ROW
    }
}

impl Row {
    fn new(pay: &Pay, names: &Arc<ladder::Scale>, (ceiling, currency): (u64, Currency)) -> Self {
        let raise = pay.raise.map(|(step, raise)| {
            let before = (pay.amount - raise).max(1);
            Raise {
                amount: currency.money(raise),
                share: tenths((raise * 1_000 + before / 2) / before, ','),
                step: step_name(step, pay.level, names),
            }
        });
        Self {
            name: LevelName::new(names, pay.level),
            amount: currency.money(pay.amount),
            width: tenths(pay.amount * 1_000 / ceiling.max(1), '.'),
            raise,
        }
    }
}

/// What stands in the field of a weight.
fn weight(typed: &str, usual: u32) -> String {
    if typed.is_empty() { usual.to_string() } else { typed.to_owned() }
}

/// A number of tenths, written with a decimal mark; the tenth left out if it is 0.
fn tenths(number: u64, mark: char) -> String {
    match number % 10 {
        0 => russian::number(number / 10),
        tenth => format!("{}{mark}{tenth}", russian::number(number / 10)),
    }
}

/// The kinds of steps between grades, the smallest first.
fn steps(pays: &[Pay], names: &Arc<ladder::Scale>) -> Vec<String> {
    let mut steps =
        pays.iter().filter_map(|pay| Some((pay.raise?.0, pay.level))).collect::<Vec<_>>();
    steps.sort_unstable();
    let mut steps =
        steps.into_iter().map(|(step, level)| step_name(step, level, names)).collect::<Vec<_>>();
    steps.dedup();
    steps
}

/// What sort of step leads to a level, in a cell.
fn step_name(step: Step, level: Level, names: &Arc<ladder::Scale>) -> String {
    let usual = match step {
        Step::Base => "новый основной уровень",
        Step::Senior => "внутри синьора",
        Step::Middle => "внутри мидла",
        Step::Junior => "внутри джуна",
    };
    if step == Step::Base || names.is_standard() {
        return usual.to_owned();
    }
    format!("внутри уровня «{}»", LevelName::new(names, names.base(level)))
}

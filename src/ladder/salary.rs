//! Pay by grade: distributes the range between a floor and a ceiling over a ladder in whole numbers.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoEnumIterator as _};

use super::{Level, Scale};

/// The relative sizes of the steps of pay.
///
/// Source: «Система грейдов разработчика — общие положения»: more for a new base level than for a grade
/// within one, more within senior than within middle, and more within middle than within junior. It gives
/// this order and no numbers; the weights of the starting rules are ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// A step within junior.
    pub junior: u32,
    /// A step within middle.
    pub middle: u32,
    /// A step within senior.
    pub senior: u32,
    /// A step to a new base level.
    pub base: u32,
}

/// The kind of step from a grade to the next one of a ladder, the smallest first.
///
/// Levels that the ladder lacks between two grades do not matter: it is a single step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumIter)]
pub enum Step {
    /// Within junior.
    Junior,
    /// Within middle.
    Middle,
    /// Within senior.
    Senior,
    /// To a new base level.
    Base,
}

/// The range of pay to distribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The pay of the lowest grade.
    pub floor: u64,
    /// The pay of the highest grade.
    pub ceiling: u64,
    /// The pay of every grade in between is a multiple of this; at least 1.
    pub rounding: u64,
}

/// The pay of a grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pay {
    /// The grade's level.
    pub level: Level,
    /// The pay.
    pub amount: u64,
    /// The step from the grade below and what it adds; `None` for the lowest grade.
    pub raise: Option<(Step, u64)>,
}

/// Why a range can't be distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpayable {
    /// The ladder has fewer than two grades, so there are no steps.
    NoSteps,
    /// The range has too few multiples of the rounding for steps that must differ.
    TooNarrow {
        /// A ceiling that is high enough.
        enough: u64,
    },
}

impl Weights {
    /// The valid values of a weight.
    pub const RANGE: RangeInclusive<u32> = 1..=100;

    /// Whether each kind of step weighs more than the one before it.
    #[must_use]
    pub fn are_rising(&self) -> bool {
        self.junior < self.middle && self.middle < self.senior && self.senior < self.base
    }

    fn of(&self, step: Step) -> u64 {
        u64::from(match step {
            Step::Junior => self.junior,
            Step::Middle => self.middle,
            Step::Senior => self.senior,
            Step::Base => self.base,
        })
    }
}

impl Step {
    /// The step between two consecutive grades of a ladder with the names of this scale. A step within
    /// a base level of a scale weighs as much as one within the usual base level of that rank.
    #[must_use]
    pub fn between(scale: &Scale, from: Level, to: Level) -> Self {
        let base = scale.base(to);
        match (scale.base(from) == base, base.base()) {
            (false, _) => Self::Base,
            (true, Level::Senior) => Self::Senior,
            (true, Level::Middle) => Self::Middle,
            (true, _) => Self::Junior,
        }
    }
}

/// Distributes a range over the levels of a ladder, lowest first, with the names of this scale.
///
/// The lowest grade gets exactly the floor and the highest exactly the ceiling; the grades in between
/// get multiples of the rounding. Pay rises with every grade. Every step of a greater kind is larger
/// than every step of a smaller kind; within these bounds steps are proportional to their weights,
/// which must be rising, and the remainder of the rounding goes to the greatest steps first.
///
/// # Errors
///
/// [`Unpayable::NoSteps`]; [`Unpayable::TooNarrow`], also if the ceiling is not above the floor.
pub fn share_out(
    scale: &Scale,
    levels: &[Level],
    range: Range,
    weights: &Weights,
) -> Result<Vec<Pay>, Unpayable> {
    let steps = levels.windows(2).map(|pair| Step::between(scale, pair[0], pair[1]));
    let steps = steps.collect::<Vec<_>>();
    let Range { floor, ceiling, rounding } = range;
    let raises = match steps.as_slice() {
        [] => return Err(Unpayable::NoSteps),
        // There is no grade in between to round.
        [_] if ceiling > floor => vec![ceiling - floor],
        [_] => return Err(Unpayable::TooNarrow { enough: floor.saturating_add(1) }),
        _ => raises(&steps, range, weights).ok_or_else(|| {
            let units = Sizes::new(&steps, weights, false).total(0);
            Unpayable::TooNarrow {
                enough: (floor / rounding).saturating_add(units).saturating_mul(rounding),
            }
        })?,
    };
    let mut amount = floor;
    let first = levels.first().map(|level| Pay { level: *level, amount, raise: None });
    let rest = levels.iter().skip(1).zip(steps).zip(raises).map(|((level, step), raise)| {
        amount += raise;
        Pay { level: *level, amount, raise: Some((step, raise)) }
    });
    Ok(first.into_iter().chain(rest).collect())
}

/// What each of two or more steps adds, if the range is wide enough.
///
/// Each step is a whole number of units; a unit is the rounding. Then the first step is reduced by
/// the remainder of the floor and the last one increased by the remainder of the ceiling.
fn raises(steps: &[Step], range: Range, weights: &Weights) -> Option<Vec<u64>> {
    let Range { floor, ceiling, rounding } = range;
    let (floor_remainder, ceiling_remainder) = (floor % rounding, ceiling % rounding);
    let units = (ceiling / rounding).checked_sub(floor / rounding)?;
    // Together the remainders can reverse the order of a first and a last step that differ by only
    // one unit.
    let is_skewed = floor_remainder + ceiling_remainder >= rounding;
    let sizes = Sizes::new(steps, weights, is_skewed);
    let scale = sizes.largest_scale(units)?;
    let mut left = units - sizes.total(scale);
    let mut order = (0..steps.len()).collect::<Vec<_>>();
    order.sort_by_key(|index| (steps[*index], *index));
    let mut raises = steps.iter().map(|step| sizes.of(*step, scale)).collect::<Vec<_>>();
    for index in order.into_iter().rev() {
        if left == 0 {
            break;
        }
        raises[index] += 1;
        left -= 1;
    }
    for raise in &mut raises {
        *raise *= rounding;
    }
    if let Some(first) = raises.first_mut() {
        *first -= floor_remainder;
    }
    if let Some(last) = raises.last_mut() {
        *last += ceiling_remainder;
    }
    Some(raises)
}

/// The sizes in units of each kind of step as a function of a scale: the weight times the scale,
/// rounded, and always larger than the smaller kinds.
struct Sizes {
    kinds: Vec<KindOfStep>,
    /// The greatest weight; at a scale of the same value each size equals its weight.
    greatest_weight: u64,
}

/// A kind of step that the ladder has.
struct KindOfStep {
    step: Step,
    count: u64,
    weight: u64,
    /// The minimum difference in units to the smaller kind.
    min_difference: u64,
}

impl Sizes {
    fn new(steps: &[Step], weights: &Weights, is_skewed: bool) -> Self {
        let mut kinds = Vec::<KindOfStep>::new();
        for step in Step::iter() {
            let count = steps.iter().filter(|found| **found == step).count() as u64;
            if count == 0 {
                continue;
            }
            let is_first = steps.first() == Some(&step);
            let smaller_is_last = kinds.last().is_some_and(|kind| steps.last() == Some(&kind.step));
            let min_difference = if is_skewed && is_first && smaller_is_last { 2 } else { 1 };
            kinds.push(KindOfStep { step, count, weight: weights.of(step), min_difference });
        }
        let greatest_weight = kinds.iter().map(|kind| kind.weight).max().unwrap_or(1);
        Self { kinds, greatest_weight }
    }

    /// The sizes at a scale. From one scale to the next no size grows by more than one unit.
    fn at(&self, scale: u64) -> impl Iterator<Item = (&KindOfStep, u64)> {
        let mut smaller = 0;
        self.kinds.iter().map(move |kind| {
            let weighted =
                (2 * kind.weight * scale + self.greatest_weight) / (2 * self.greatest_weight);
            smaller = weighted.max(smaller + kind.min_difference);
            (kind, smaller)
        })
    }

    fn of(&self, step: Step, scale: u64) -> u64 {
        self.at(scale).find(|(kind, _)| kind.step == step).map_or(0, |(_, size)| size)
    }

    /// The total size of all steps in units.
    fn total(&self, scale: u64) -> u64 {
        self.at(scale).map(|(kind, size)| kind.count * size).sum()
    }

    /// The largest scale whose total does not exceed `units`, so that fewer units remain than there
    /// are steps; `None` if even the smallest total does.
    fn largest_scale(&self, units: u64) -> Option<u64> {
        if self.total(0) > units {
            return None;
        }
        // The kind with the greatest weight alone takes as many units as the scale.
        let (mut fits, mut exceeds) = (0, units + 1);
        while exceeds - fits > 1 {
            let middle = fits + (exceeds - fits) / 2;
            if self.total(middle) <= units {
                fits = middle;
            } else {
                exceeds = middle;
            }
        }
        Some(fits)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::scale::ScaleLevel;
    use super::*;

    const WEIGHTS: Weights = Weights { junior: 1, middle: 2, senior: 3, base: 4 };

    /// [`super::share_out`] with the usual levels.
    fn share_out(levels: &[Level], range: Range, weights: &Weights) -> Result<Vec<Pay>, Unpayable> {
        super::share_out(&Scale::standard(), levels, range, weights)
    }

    fn amounts(levels: &[Level], floor: u64, ceiling: u64, rounding: u64) -> Vec<u64> {
        let range = Range { floor, ceiling, rounding };
        let pays = share_out(levels, range, &WEIGHTS).unwrap();
        pays.iter().map(|pay| pay.amount).collect()
    }

    #[test]
    fn steps_are_proportional_to_their_weights() {
        // From junior: +, ++ | middle, +, ++ | senior, +, ++; 20 weights in all.
        assert_eq!(
            amounts(&Level::ALL[1..], 100, 2_100, 10),
            [100, 200, 300, 700, 900, 1_100, 1_500, 1_800, 2_100]
        );
        let pays = share_out(
            &[Level::Junior, Level::JuniorPlusPlus, Level::Senior],
            Range { floor: 1, ceiling: 6, rounding: 1 },
            &WEIGHTS,
        );
        let pay = |level, amount, raise| Pay { level, amount, raise };
        assert_eq!(
            pays.unwrap(),
            [
                pay(Level::Junior, 1, None),
                pay(Level::JuniorPlusPlus, 2, Some((Step::Junior, 1))),
                pay(Level::Senior, 6, Some((Step::Base, 4))),
            ]
        );
    }

    #[test]
    fn the_scale_says_where_a_new_base_level_begins() {
        let level = |level, is_base| ScaleLevel {
            level,
            title: "Уровень".into(),
            slug: "level".into(),
            is_base,
        };
        let levels = [
            level(Level::Junior, true),
            level(Level::Middle, false),
            level(Level::Senior, false),
            level(Level::SeniorPlus, true),
        ];
        let scale = Scale::new(String::new(), levels.to_vec());
        let step = |from, to| Step::between(&scale, from, to);
        assert_eq!(step(Level::Junior, Level::Middle), Step::Junior);
        assert_eq!(step(Level::Middle, Level::Senior), Step::Junior);
        assert_eq!(step(Level::Senior, Level::SeniorPlus), Step::Base);
        assert_eq!(step(Level::SeniorPlus, Level::SeniorPlusPlus), Step::Senior);
    }

    #[test]
    fn for_a_narrow_range_a_sufficient_ceiling_is_named() {
        let narrow = |levels: &[Level], floor, ceiling, rounding| {
            share_out(levels, Range { floor, ceiling, rounding }, &WEIGHTS).unwrap_err()
        };
        let all = &Level::ALL[1..];
        for ceiling in [0, 100, 101, 119] {
            let enough = 120;
            assert_eq!(narrow(all, 100, ceiling, 1), Unpayable::TooNarrow { enough });
        }
        assert!(share_out(all, Range { floor: 100, ceiling: 120, rounding: 1 }, &WEIGHTS).is_ok());
        let two = &[Level::Junior, Level::Middle];
        assert_eq!(narrow(two, 100, 100, 1_000), Unpayable::TooNarrow { enough: 101 });
        assert_eq!(amounts(two, 100, 101, 1_000), [100, 101]);
        assert_eq!(narrow(&[Level::Junior], 1, 9, 1), Unpayable::NoSteps);
        assert_eq!(narrow(&[], 1, 9, 1), Unpayable::NoSteps);
    }

    fn any_weights() -> impl Strategy<Value = Weights> {
        let all = Weights::RANGE.collect::<Vec<_>>();
        prop::sample::subsequence(all, 4).prop_map(|chosen| Weights {
            junior: chosen[0],
            middle: chosen[1],
            senior: chosen[2],
            base: chosen[3],
        })
    }

    fn any_rounding() -> impl Strategy<Value = u64> {
        prop_oneof![prop::sample::select(vec![1, 5, 10, 50, 100, 500, 1_000, 10_000]), 1_u64..2_000]
    }

    /// Ranges of a few units, where the order of steps is hardest to keep, and wider ones.
    fn any_range() -> impl Strategy<Value = Range> {
        (any_rounding(), 1_u64..100_000_000, prop_oneof![0_u64..60, 0_u64..1_000_000])
            .prop_flat_map(|(rounding, floor, units)| {
                (0..rounding).prop_map(move |more| Range {
                    floor,
                    ceiling: floor + units * rounding + more,
                    rounding,
                })
            })
    }

    fn any_levels() -> impl Strategy<Value = Vec<Level>> {
        prop::sample::subsequence(Level::ALL.to_vec(), 2..=10)
    }

    fn check(levels: &[Level], range: Range, pays: &[Pay]) -> Result<(), TestCaseError> {
        let found = pays.iter().map(|pay| pay.level).collect::<Vec<_>>();
        prop_assert_eq!(&found, levels);
        prop_assert_eq!(pays[0].amount, range.floor);
        prop_assert_eq!(pays[pays.len() - 1].amount, range.ceiling);
        for pay in &pays[1..pays.len() - 1] {
            prop_assert_eq!(pay.amount % range.rounding, 0);
        }
        let raises = pays.windows(2).map(|pair| {
            (
                Step::between(&Scale::standard(), pair[0].level, pair[1].level),
                pair[1].amount.saturating_sub(pair[0].amount),
            )
        });
        let raises = raises.collect::<Vec<_>>();
        let stated = pays[1..].iter().map(|pay| pay.raise.unwrap()).collect::<Vec<_>>();
        prop_assert_eq!(&stated, &raises);
        for (step, raise) in &raises {
            prop_assert!(*raise > 0);
            for (other, smaller) in &raises {
                prop_assert!(other >= step || smaller < raise, "{:?}", raises);
            }
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn floor_and_ceiling_are_exact_and_greater_kinds_of_step_are_larger(
            levels in any_levels(),
            range in any_range(),
            weights in any_weights(),
        ) {
            match share_out(&levels, range, &weights) {
                Ok(pays) => check(&levels, range, &pays)?,
                Err(Unpayable::TooNarrow { enough }) => {
                    prop_assert!(enough > range.ceiling || range.ceiling % range.rounding > 0);
                    let wider = Range { ceiling: enough, ..range };
                    let pays = share_out(&levels, wider, &weights).unwrap();
                    check(&levels, wider, &pays)?;
                }
                Err(Unpayable::NoSteps) => prop_assert!(false),
            }
        }

        #[test]
        fn in_a_wide_range_steps_are_proportional_to_their_weights_up_to_rounding(
            levels in any_levels(),
            floor in 1_u64..1_000_000,
            units in 20_000_u64..1_000_000,
            rounding in any_rounding(),
            weights in any_weights(),
        ) {
            let floor = floor * rounding;
            let range = Range { floor, ceiling: floor + units * rounding, rounding };
            let pays = share_out(&levels, range, &weights).unwrap();
            let steps = pays[1..].iter().map(|pay| pay.raise.unwrap()).collect::<Vec<_>>();
            let few = steps.len() as u64 / 2 + 1;
            let total = steps.iter().map(|(step, _)| weights.of(*step)).sum::<u64>();
            for (step, raise) in steps {
                let ideal = units * rounding * weights.of(step) / total;
                prop_assert!(raise.abs_diff(ideal) <= few * rounding, "{} and not {}", raise, ideal);
            }
        }
    }
}

//! The period that the series of a part of an expression have.

use crate::period::Period;

use super::fault::ExpressionFault;

/// The periods of all series that something is made of, each with what has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Periods {
    /// No series, or one that takes any period.
    None,
    /// The same for all.
    One(Period, String),
    /// Not the same for all: two that differ.
    Mixed((Period, String), (Period, String)),
}

impl Periods {
    /// Those of two parts together.
    #[must_use]
    pub(crate) fn and(self, other: &Periods) -> Periods {
        match (self, other) {
            (mixed @ Periods::Mixed(..), _) => mixed,
            (_, mixed @ Periods::Mixed(..)) | (Periods::None, mixed) => mixed.clone(),
            (one, Periods::None) => one,
            (Periods::One(period, of), Periods::One(other, other_of)) => match period == *other {
                true => Periods::One(period, of),
                false => Periods::Mixed((period, of), (*other, other_of.clone())),
            },
        }
    }

    /// The period, where there is one and no other.
    pub(crate) fn one(&self) -> Option<Period> {
        match self {
            Periods::One(period, _) => Some(*period),
            _ => None,
        }
    }

    /// Refuses different periods where series are combined.
    pub(super) fn check_together(&self, position: impl FnOnce() -> usize) -> Result<(), ExpressionFault> {
        let Periods::Mixed((first_period, first), (second_period, second)) = self else { return Ok(()) };
        Err(ExpressionFault::MixedPeriods {
            first: first.clone(),
            first_seconds: first_period.seconds(),
            second: second.clone(),
            second_seconds: second_period.seconds(),
            position: position(),
        })
    }

    /// Refuses a period that is not that of every series.
    pub(super) fn check_given(&self, given: Period) -> Result<(), ExpressionFault> {
        let differing = match self {
            Periods::None => return Ok(()),
            Periods::One(period, of) => (period, of),
            Periods::Mixed((period, of), (other, other_of)) => {
                if *period == given {
                    (other, other_of)
                } else {
                    (period, of)
                }
            }
        };
        let (period, of) = differing;
        match *period == given {
            true => Ok(()),
            false => {
                let (given, seconds) = (given.seconds(), period.seconds());
                Err(ExpressionFault::Period { given, of: of.clone(), seconds })
            }
        }
    }
}

//! How much one request may compute.

use std::cell::Cell;

use super::evaluate::EvaluationFault;

/// The most datapoints that the expressions of one request may read and compute together. AVG over 500 metrics of a
/// day in minutes takes 721,440 of them.
pub const MAX_COMPUTED_DATAPOINTS: usize = 50_000_000;

/// What is left of [`MAX_COMPUTED_DATAPOINTS`]. It bounds time and memory whatever an expression says: nothing makes
/// datapoints without taking them from here.
#[derive(Debug)]
pub(crate) struct Budget(Cell<usize>);

impl Budget {
    /// The whole of it.
    pub(crate) fn whole() -> Self {
        Budget(Cell::new(MAX_COMPUTED_DATAPOINTS))
    }

    /// Takes so many datapoints.
    ///
    /// # Errors
    /// When so many are not left.
    pub(crate) fn take(&self, datapoints: usize) -> Result<(), EvaluationFault> {
        let left = self.0.get().checked_sub(datapoints).ok_or(EvaluationFault::TooMuch)?;
        self.0.set(left);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_may_be_taken_and_no_more() {
        let budget = Budget::whole();
        assert_eq!(budget.take(MAX_COMPUTED_DATAPOINTS), Ok(()));
        assert_eq!(budget.take(0), Ok(()));
        assert_eq!(budget.take(1), Err(EvaluationFault::TooMuch));
    }
}

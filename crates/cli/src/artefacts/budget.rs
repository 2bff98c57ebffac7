//! How much work an artefact may make: references can be chained so that a small file would take
//! for ever, or more memory than there is.

use std::cell::Cell;

/// The most steps that one reading takes. A step is a value that is made, or 32 bytes of its
/// text; large real systems take some hundred thousand.
pub const STEPS_MAX: u64 = 2_000_000;

/// The bytes of text that are one step.
const TEXT_BYTES: usize = 32;

/// The steps that a text takes.
pub(crate) fn steps_of(text: &str) -> u64 {
    (text.len() / TEXT_BYTES) as u64
}

/// The most bytes of a text that is made.
pub const TEXT_BYTES_MAX: usize = 1 << 20;

/// The most elements of a list or a map that is made.
pub const ELEMENTS_MAX: usize = 20_000;

/// The most lists and maps in each other that are made.
pub const VALUE_NESTING_MAX: usize = 100;

/// The most values that wait for each other.
pub const DEPTH_MAX: u32 = 250;

/// What is left of the steps.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Cell<u64>,
    depth: Cell<u32>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: Cell::new(STEPS_MAX), depth: Cell::new(0) }
    }
}

/// One more level; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Level<'b>(&'b Budget);

impl Budget {
    /// Takes steps; false when there are not so many left, and then there are none.
    pub(crate) fn take(&self, steps: u64) -> bool {
        let left = self.left.get().checked_sub(steps);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Takes the steps for a text, which must not be too long either.
    pub(crate) fn take_text(&self, text: &str) -> bool {
        text.len() <= TEXT_BYTES_MAX && self.take(steps_of(text))
    }

    /// Whether there were too few steps.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// Takes one step, one level deeper; `None` when it would be too deep or the steps are used up.
    pub(crate) fn enter(&self) -> Option<Level<'_>> {
        if !self.take(1) || self.depth.get() == DEPTH_MAX {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        Some(Level(self))
    }
}

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.depth.set(self.0.depth.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_end() {
        let budget = Budget::default();
        assert!(budget.take(STEPS_MAX - 1));
        assert!(!budget.is_exhausted());
        assert!(!budget.take(2));
        assert!(budget.is_exhausted());
        assert!(budget.enter().is_none());
    }

    #[test]
    fn depth_is_bounded() {
        let budget = Budget::default();
        let mut levels: Vec<_> = (0..DEPTH_MAX).map(|_| budget.enter().unwrap()).collect();
        assert!(budget.enter().is_none());
        levels.pop();
        assert!(budget.enter().is_some());
    }
}

//! How delays grow.

/// How the delays of the third phase grow from the shortest to the longest. The guide only draws them: at half of the
/// retries the linear one is the longest, the exponential one the shortest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BackoffFunction {
    /// By the same step each time.
    #[default]
    Linear,
    /// By steps that grow by the same amount.
    Arithmetic,
    /// By the same factor each time.
    Geometric,
    /// By steps that double.
    Exponential,
}

impl BackoffFunction {
    /// All of them.
    pub const ALL: [BackoffFunction; 4] = [
        BackoffFunction::Linear,
        BackoffFunction::Arithmetic,
        BackoffFunction::Geometric,
        BackoffFunction::Exponential,
    ];

    /// Its name in a policy.
    pub const fn as_str(self) -> &'static str {
        match self {
            BackoffFunction::Linear => "linear",
            BackoffFunction::Arithmetic => "arithmetic",
            BackoffFunction::Geometric => "geometric",
            BackoffFunction::Exponential => "exponential",
        }
    }

    /// The function of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        BackoffFunction::ALL.into_iter().find(|function| function.as_str() == name)
    }

    /// The delay of a step from 1 to `steps`: the shortest at the first, the longest at the last. A single step takes
    /// the shortest.
    pub(super) fn delay(self, min: f64, max: f64, step: u32, steps: u32) -> f64 {
        if steps <= 1 || max <= min {
            return min;
        }
        let (at, last) = (f64::from(step - 1), f64::from(steps - 1));
        let share = match self {
            BackoffFunction::Linear => at / last,
            BackoffFunction::Arithmetic => at * (at + 1.0) / (last * (last + 1.0)),
            BackoffFunction::Geometric if min > 0.0 => return min * (max / min).powf(at / last),
            // From nothing no factor leads anywhere, and doubling is as near.
            BackoffFunction::Geometric | BackoffFunction::Exponential => {
                (at - last).exp2() * (1.0 - (-at).exp2()) / (1.0 - (-last).exp2())
            }
        };
        min + (max - min) * share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_from_the_shortest_to_the_longest() {
        for function in BackoffFunction::ALL {
            for (min, max) in [(1.0, 60.0), (0.0, 60.0), (20.0, 20.0)] {
                let delays: Vec<_> = (1..=10).map(|step| function.delay(min, max, step, 10)).collect();
                assert_eq!((delays[0], delays[9].round()), (min, max), "{function:?}");
                assert!(delays.is_sorted(), "{function:?} {delays:?}");
            }
            assert_eq!(function.delay(3.0, 60.0, 1, 1), 3.0);
            assert_eq!(BackoffFunction::parse(function.as_str()), Some(function));
        }
        let middle = BackoffFunction::ALL.map(|function| function.delay(5.0, 60.0, 5, 10));
        assert!(middle.is_sorted_by(|one, next| one > next), "{middle:?}");
    }

    #[test]
    fn many_steps_do_not_overflow() {
        for function in BackoffFunction::ALL {
            assert!((1..=100_000).all(|step| function.delay(1.0, 20.0, step, 100_000).is_finite()));
        }
    }
}

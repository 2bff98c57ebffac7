//! `STDDEV`: the standard deviation of a series; across an array, of the values of each period, leaving out series that
//! have none. It is that of the values themselves, not an estimate from a sample: of one value it is 0.

use super::across::aggregate;
use super::form::AGGREGATE;
use super::{Body, Function};

pub(super) const STDDEV: Function = Function {
    name: "STDDEV",
    forms: AGGREGATE,
    body: Body::Computed(|arguments, context| {
        aggregate(arguments, context, Moments::default(), Moments::add, Moments::deviation)
    }),
};

/// Number, mean and sum of squared distances from the mean, kept up to date value by value (Welford's algorithm), which
/// does not lose digits where the values are large and close together.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let distance = value - self.mean;
        self.mean += distance / self.count;
        self.squares += distance * (value - self.mean);
    }

    /// NaN of no values.
    fn deviation(self) -> f64 {
        (self.squares / self.count).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                 2 4 - 4 4 5 5 7 9
            m2                 4 4 - -
            large              1000000000000001 1000000000000003
            none               - - - -
            STDDEV(m1)         => = 2
            STDDEV(large)      => = 1
            STDDEV(none)       => = -
            STDDEV([m1, m2])   => 1 0 - 0 0 0 0 0 0
            ",
        );
    }
}

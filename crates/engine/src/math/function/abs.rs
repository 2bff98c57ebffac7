//! `ABS`: the size of each value.

use super::form::EACH;
use super::per_series::each_value;
use super::{Body, Function};

pub(super) const ABS: Function =
    Function { name: "ABS", forms: EACH, body: Body::Computed(|arguments, _| each_value(arguments, f64::abs)) };

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1           -1.5 2 - 0
            m2           3 -4 - -
            ABS(m1)      => 1.5 2 - 0
            ABS([m1,m2]) => [1.5 2 - 0] [3 4 - -]
            ABS(-1)      !! argument 1 of ABS at character 5 is a scalar: expected an array of time series or a time series
            ABS()        !! ABS at character 1 lacks argument 1: expected an array of time series or a time series
            ABS(m1, m2)  !! argument 2 of ABS at character 9 is one too many
            ",
        );
    }
}

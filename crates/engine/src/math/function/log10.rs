//! `LOG10`: the logarithm to base 10 of each value. A value that has none is dropped.

use super::form::EACH;
use super::per_series::each_value;
use super::{Body, Function};

pub(super) const LOG10: Function =
    Function { name: "LOG10", forms: EACH, body: Body::Computed(|arguments, _| each_value(arguments, f64::log10)) };

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1          1 0 -1 - 1000
            LOG10(m1)   => 0 - - - 3
            LOG10([m1]) => [0 - - - 3]
            ",
        );
    }
}

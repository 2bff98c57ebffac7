//! `DIFF_TIME`: seconds between each datapoint and the one before.

use super::form::EACH;
use super::per_series::each_step;
use super::{Body, Function};

pub(super) const DIFF_TIME: Function = Function {
    name: "DIFF_TIME",
    forms: EACH,
    body: Body::Computed(|arguments, _| each_step(arguments, |_, _, seconds| seconds)),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1            5 7 - 1 1
            DIFF_TIME(m1) => - 60 - 120 60
            period        300
            DIFF_TIME(m1) => - 300 - 600 300
            DIFF_TIME([m1]) => [- 300 - 600 300]
            ",
        );
    }
}

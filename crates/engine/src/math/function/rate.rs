//! `RATE`: each value less the one before, by the seconds between.

use super::form::EACH;
use super::per_series::each_step;
use super::{Body, Function};

pub(super) const RATE: Function = Function {
    name: "RATE",
    forms: EACH,
    body: Body::Computed(|arguments, _| each_step(arguments, |before, now, seconds| (now - before) / seconds)),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1       0 60 - 0 6
            m2       9 - - - -
            RATE(m1) => - 1 - -0.5 0.1
            RATE(m2) => - - - - -
            RATE([m1,m2]) => [- 1 - -0.5 0.1] [- - - - -]
            ",
        );
    }
}

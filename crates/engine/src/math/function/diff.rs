//! `DIFF`: each value less the one before.

use super::form::EACH;
use super::per_series::each_step;
use super::{Body, Function};

pub(super) const DIFF: Function = Function {
    name: "DIFF",
    forms: EACH,
    body: Body::Computed(|arguments, _| each_step(arguments, |before, now, _| now - before)),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1           5 7 - 1 1
            m2           - 2 - - -
            DIFF(m1)     => - 2 - -6 0
            DIFF(m2)     => - - - - -
            DIFF(DIFF(m1)) => - - - -8 6
            DIFF([m1,m2]) => [- 2 - -6 0] [- - - - -]
            ",
        );
    }
}

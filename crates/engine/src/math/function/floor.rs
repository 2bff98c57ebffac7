//! `FLOOR`: each value rounded down.

use super::form::EACH;
use super::per_series::each_value;
use super::{Body, Function};

pub(super) const FLOOR: Function =
    Function { name: "FLOOR", forms: EACH, body: Body::Computed(|arguments, _| each_value(arguments, f64::floor)) };

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1             1.2 -1.2 - 3
            FLOOR(m1)      => 1 -2 - 3
            FLOOR([m1,m1]) => [1 -2 - 3] [1 -2 - 3]
            ",
        );
    }
}

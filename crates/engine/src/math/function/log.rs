//! `LOG`: the natural logarithm of each value. A value that has none is dropped.

use super::form::EACH;
use super::per_series::each_value;
use super::{Body, Function};

pub(super) const LOG: Function =
    Function { name: "LOG", forms: EACH, body: Body::Computed(|arguments, _| each_value(arguments, f64::ln)) };

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1        1 0 -1 - 7.38905609893065
            LOG(m1)   => 0 - - - 2
            LOG([m1]) => [0 - - - 2]
            ",
        );
    }
}

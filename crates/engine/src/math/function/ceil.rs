//! `CEIL`: each value rounded up.

use super::form::EACH;
use super::per_series::each_value;
use super::{Body, Function};

pub(super) const CEIL: Function =
    Function { name: "CEIL", forms: EACH, body: Body::Computed(|arguments, _| each_value(arguments, f64::ceil)) };

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1            1.2 -1.2 - 3
            CEIL(m1)      => 2 -1 - 3
            CEIL([m1,m1]) => [2 -1 - 3] [2 -1 - 3]
            ",
        );
    }
}

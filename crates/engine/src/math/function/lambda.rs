//! `LAMBDA`: refused. It calls a function of AWS Lambda, and this server has no connected data sources.

use super::{Body, Function};

pub(super) const LAMBDA: Function = Function {
    name: "LAMBDA",
    forms: &[],
    body: Body::Unavailable("it calls a function of AWS Lambda, and this server has no connected data sources"),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1 1 2
            LAMBDA('f') !! Function 'LAMBDA' at character 1 is not available: it calls a function of AWS Lambda, and this server has no connected data sources
            m1 + LAMBDA() !! Function 'LAMBDA' at character 6 is not available: it calls a function of AWS Lambda, and this server has no connected data sources
            ",
        );
    }
}

//! `INSIGHT_RULE_METRIC`: refused. It reads reports of CloudWatch Contributor Insights, which this server does not have.

use super::{Body, Function};

pub(super) const INSIGHT_RULE_METRIC: Function = Function {
    name: "INSIGHT_RULE_METRIC",
    forms: &[],
    body: Body::Unavailable("it reads reports of CloudWatch Contributor Insights, which this server does not have"),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1 1 2
            INSIGHT_RULE_METRIC('rule', 'Sum') !! Function 'INSIGHT_RULE_METRIC' at character 1 is not available: it reads reports of CloudWatch Contributor Insights, which this server does not have
            m1 + INSIGHT_RULE_METRIC() !! Function 'INSIGHT_RULE_METRIC' at character 6 is not available: it reads reports of CloudWatch Contributor Insights, which this server does not have
            ",
        );
    }
}

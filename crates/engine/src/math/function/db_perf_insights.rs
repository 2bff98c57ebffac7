//! `DB_PERF_INSIGHTS`: refused. It reads counters of Amazon RDS Performance Insights, which this server does not have.

use super::{Body, Function};

pub(super) const DB_PERF_INSIGHTS: Function = Function {
    name: "DB_PERF_INSIGHTS",
    forms: &[],
    body: Body::Unavailable("it reads counters of Amazon RDS Performance Insights, which this server does not have"),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1 1 2
            DB_PERF_INSIGHTS('RDS', 'db-1', ['os.cpuUtilization.user.avg']) !! Function 'DB_PERF_INSIGHTS' at character 1 is not available: it reads counters of Amazon RDS Performance Insights, which this server does not have
            m1 + DB_PERF_INSIGHTS() !! Function 'DB_PERF_INSIGHTS' at character 6 is not available: it reads counters of Amazon RDS Performance Insights, which this server does not have
            ",
        );
    }
}

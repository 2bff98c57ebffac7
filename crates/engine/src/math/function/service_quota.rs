//! `SERVICE_QUOTA`: refused. It reads quotas of AWS Service Quotas, which this server does not have.

use super::{Body, Function};

pub(super) const SERVICE_QUOTA: Function = Function {
    name: "SERVICE_QUOTA",
    forms: &[],
    body: Body::Unavailable("it reads quotas of AWS Service Quotas, which this server does not have"),
};

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1 1 2
            SERVICE_QUOTA(m1) !! Function 'SERVICE_QUOTA' at character 1 is not available: it reads quotas of AWS Service Quotas, which this server does not have
            m1 + SERVICE_QUOTA() !! Function 'SERVICE_QUOTA' at character 6 is not available: it reads quotas of AWS Service Quotas, which this server does not have
            ",
        );
    }
}

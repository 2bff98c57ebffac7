//! ARNs, as far as all services share them.

use nepho_model::Scope;

use crate::refusal::Refusal;

/// The elements of an ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, of which the last may contain colons.
const ELEMENTS: usize = 6;

/// An ARN in its elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The service, such as `sqs`.
    pub service: &'a str,
    /// Whose it is.
    pub scope: Scope,
    /// What it is of.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads an ARN that stands in a parameter.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &'a str, parameter: &str) -> Result<Self, Refusal> {
        let elements: Vec<_> = text.splitn(ELEMENTS, ':').collect();
        let [arn, partition, service, region, account, resource] = elements[..] else {
            let found = elements.len();
            return Err(Refusal::invalid(format!(
                "{parameter} Reason: An ARN must have at least {ELEMENTS} elements, not {found}"
            )));
        };
        match arn == "arn" && partition.starts_with("aws") {
            true => Ok(Arn { service, scope: Scope::new(account, region), resource }),
            false => Err(Refusal::invalid(parameter)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_six_elements() {
        let arn = Arn::parse("arn:aws:sqs:us-east-1:000000000000:a:b", "Endpoint").unwrap();
        assert_eq!(arn, Arn { service: "sqs", scope: Scope::new("000000000000", "us-east-1"), resource: "a:b" });
        let cases = [
            ("", "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"),
            ("arn:aws:sns", "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 3"),
            ("a:b:c:d:e:f", "Invalid parameter: TopicArn"),
        ];
        for (text, expected) in cases {
            assert_eq!(Arn::parse(text, "TopicArn").unwrap_err().message, expected);
        }
    }
}

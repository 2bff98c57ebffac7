//! How a rule or a suppressor names an alarm.

use std::fmt;

use nepho_model::Scope;

/// A name of an alarm, or its ARN, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AlarmRef(String);

/// The ARN of an alarm.
pub fn alarm_arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:cloudwatch:{}:{}:alarm:{name}", scope.region, scope.account)
}

/// The parts of `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME` that matter here.
struct Arn<'a> {
    region: &'a str,
    account: &'a str,
    name: &'a str,
}

impl AlarmRef {
    /// The reference that is written so, without quotes.
    pub fn new(text: impl Into<String>) -> Self {
        AlarmRef(text.into())
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the alarm: of an ARN what is behind `:alarm:`, otherwise the text itself.
    pub fn name(&self) -> &str {
        self.arn().map_or(&self.0, |arn| arn.name)
    }

    /// Whether the alarm can be one of this scope. A name always is.
    pub fn is_in(&self, scope: &Scope) -> bool {
        self.arn().is_none_or(|arn| arn.region == scope.region && arn.account == scope.account)
    }

    /// Whether it looks like an ARN without being one of an alarm.
    pub(super) fn is_other_arn(&self) -> bool {
        self.0.starts_with("arn:") && self.arn().is_none()
    }

    fn arn(&self) -> Option<Arn<'_>> {
        let mut parts = self.0.splitn(7, ':');
        let (Some("arn"), Some("aws" | "aws-cn" | "aws-us-gov"), Some("cloudwatch")) =
            (parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let (region, account) = (parts.next()?, parts.next()?);
        let name = parts.next().filter(|kind| *kind == "alarm").and(parts.next())?;
        (!name.is_empty()).then_some(Arn { region, account, name })
    }
}

impl fmt::Display for AlarmRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_an_arn() {
        let scope = Scope::new("123456789012", "us-east-1");
        let cases = [
            ("CPU", "CPU", true, false),
            ("arn:aws:cloudwatch:us-east-1:123456789012:alarm:CPU", "CPU", true, false),
            ("arn:aws:cloudwatch:us-east-1:123456789012:alarm:a:b c", "a:b c", true, false),
            ("arn:aws:cloudwatch:us-west-1:123456789012:alarm:CPU", "CPU", false, false),
            ("arn:aws:cloudwatch:us-east-1:210987654321:alarm:CPU", "CPU", false, false),
            ("arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:CPU", "CPU", false, false),
            ("arn:aws:sns:us-east-1:123456789012:CPU", "arn:aws:sns:us-east-1:123456789012:CPU", true, true),
            (
                "arn:aws:cloudwatch:us-east-1:123456789012:alarm:",
                "arn:aws:cloudwatch:us-east-1:123456789012:alarm:",
                true,
                true,
            ),
            ("arn", "arn", true, false),
        ];
        for (text, name, is_in, is_other_arn) in cases {
            let alarm = AlarmRef::new(text);
            assert_eq!(
                (alarm.name(), alarm.is_in(&scope), alarm.is_other_arn()),
                (name, is_in, is_other_arn),
                "{text}"
            );
            assert_eq!(alarm.to_string(), text);
        }
    }
}

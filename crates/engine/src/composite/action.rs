//! What a composite alarm may do when its state changes.

/// The most actions for one state.
pub const MAX_ACTIONS: usize = 5;

/// The longest ARN of an action, in characters.
pub const MAX_ACTION: usize = 1024;

/// Why something is no action of a composite alarm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionFault {
    /// Empty.
    #[error("The parameter {0} must be longer than 0 characters.")]
    Empty(String),
    /// Longer than [`MAX_ACTION`].
    #[error("The parameter {0} must be shorter than {limit} characters.", limit = MAX_ACTION + 1)]
    TooLong(String),
    /// Not an ARN.
    #[error("Invalid ARN: {0}")]
    NotAnArn(String),
    /// An action that only alarms on one metric can take.
    #[error("The action {0} is not supported: composite alarms have no EC2 and no Auto Scaling actions")]
    MetricAlarmsOnly(String),
    /// An ARN of something that is no action.
    #[error("Unsupported AWS vendor {0}")]
    Unsupported(String),
}

/// Checks the ARN of an action; `path` is what the API calls it.
pub(super) fn check_action(path: &str, arn: &str) -> Result<(), ActionFault> {
    if arn.is_empty() {
        return Err(ActionFault::Empty(path.to_owned()));
    }
    if arn.chars().count() > MAX_ACTION {
        return Err(ActionFault::TooLong(path.to_owned()));
    }
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", "aws" | "aws-cn" | "aws-us-gov", service, _, _, resource] = parts[..] else {
        return Err(ActionFault::NotAnArn(arn.to_owned()));
    };
    let is_action = match service {
        "sns" => !resource.is_empty(),
        "lambda" => resource.starts_with("function:"),
        "ssm" => resource.starts_with("opsitem:"),
        "ssm-incidents" => resource.starts_with("responseplan/"),
        "aiops" => resource.starts_with("investigation-group:"),
        "automate" | "autoscaling" | "swf" => return Err(ActionFault::MetricAlarmsOnly(arn.to_owned())),
        _ => return Err(ActionFault::Unsupported(service.to_owned())),
    };
    if is_action { Ok(()) } else { Err(ActionFault::NotAnArn(arn.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composite_alarms_notify() {
        let cases = [
            ("arn:aws:sns:us-east-1:123456789012:ops", ""),
            ("arn:aws-cn:sns:cn-north-1:123456789012:ops.fifo", ""),
            ("arn:aws:lambda:us-east-1:123456789012:function:page", ""),
            ("arn:aws:lambda:us-east-1:123456789012:function:page:live", ""),
            ("arn:aws:ssm:us-east-1:123456789012:opsitem:3#CATEGORY=Security", ""),
            ("arn:aws:ssm-incidents::123456789012:responseplan/fire", ""),
            ("arn:aws:aiops:us-east-1:123456789012:investigation-group:a", ""),
            ("", "The parameter AlarmActions.member.1 must be longer than 0 characters."),
            ("ops", "Invalid ARN: ops"),
            ("arn:aws:sns:us-east-1:123456789012:", "Invalid ARN: arn:aws:sns:us-east-1:123456789012:"),
            (
                "arn:aws:ssm:us-east-1:123456789012:document/x",
                "Invalid ARN: arn:aws:ssm:us-east-1:123456789012:document/x",
            ),
            ("arn:aws:sqs:us-east-1:123456789012:queue", "Unsupported AWS vendor sqs"),
        ];
        for (arn, expected) in cases {
            let fault = check_action("AlarmActions.member.1", arn).err().map(|fault| fault.to_string());
            assert_eq!(fault.unwrap_or_default(), expected, "{arn}");
        }
    }

    #[test]
    fn they_do_not_operate() {
        for arn in [
            "arn:aws:automate:us-east-1:ec2:stop",
            "arn:aws:swf:us-east-1:123456789012:action/actions/AWS_EC2.InstanceId.Stop/1.0",
            "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:id:autoScalingGroupName/g:policyName/p",
        ] {
            assert_eq!(check_action("AlarmActions.member.1", arn), Err(ActionFault::MetricAlarmsOnly(arn.to_owned())));
        }
    }

    #[test]
    fn an_arn_has_a_limit() {
        let arn = |length| format!("{:x<length$}", "arn:aws:sns:us-east-1:123456789012:");
        assert_eq!(check_action("OKActions.member.2", &arn(MAX_ACTION)), Ok(()));
        let fault = check_action("OKActions.member.2", &arn(MAX_ACTION + 1)).unwrap_err();
        assert_eq!(fault.to_string(), "The parameter OKActions.member.2 must be shorter than 1025 characters.");
    }
}

//! What an alarm may do when its state changes.

use nepho_model::AlarmState;

/// The most actions for one state.
pub const MAX_ACTIONS: usize = 5;

/// The longest ARN of an action, in characters.
pub const MAX_ACTION: usize = 1024;

/// The ARN of something that an alarm can do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Action {
    arn: Box<str>,
    kind: ActionKind,
}

/// What kind of thing an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionKind {
    /// Publish to an SNS topic.
    Topic,
    /// Invoke a Lambda function.
    Function,
    /// Run a policy of EC2 Auto Scaling or Application Auto Scaling.
    Scaling,
    /// Stop, terminate, reboot or recover the EC2 instance that the metric is of.
    Instance(InstanceAction),
    /// Create an OpsItem in Systems Manager.
    OpsItem,
    /// Start an incident in Systems Manager Incident Manager.
    Incident,
    /// Start an investigation.
    Investigation,
}

/// What can be done to an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InstanceAction {
    /// Stop it.
    Stop,
    /// Terminate it.
    Terminate,
    /// Reboot it.
    Reboot,
    /// Move it to other hardware.
    Recover,
}

/// The actions of an alarm, by the state that they are of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actions {
    /// What is done when it goes to OK: OKActions.
    pub ok: Vec<Action>,
    /// What is done when it goes to ALARM: AlarmActions.
    pub alarm: Vec<Action>,
    /// What is done when it goes to INSUFFICIENT_DATA: InsufficientDataActions.
    pub insufficient_data: Vec<Action>,
}

impl Action {
    /// The action with this ARN; `None` when it is no ARN, or that of something that is no action.
    pub fn parse(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", "aws" | "aws-cn" | "aws-us-gov", service, _, account, resource] = parts[..] else { return None };
        let kind = match service {
            "sns" if !resource.is_empty() && !account.is_empty() => ActionKind::Topic,
            "lambda" if has_rest(resource, "function:") => ActionKind::Function,
            "autoscaling" if has_rest(resource, "scalingPolicy:") => ActionKind::Scaling,
            // This one has no account.
            "automate" if account == "ec2" => ActionKind::Instance(instance_action(resource)?),
            "swf" => {
                let name = resource.strip_prefix("action/actions/AWS_EC2.InstanceId.")?.strip_suffix("/1.0")?;
                ActionKind::Instance(instance_action(&name.to_ascii_lowercase())?)
            }
            "ssm" if has_rest(resource, "opsitem:") => ActionKind::OpsItem,
            "ssm-incidents" if has_rest(resource, "responseplan/") => ActionKind::Incident,
            "aiops" if has_rest(resource, "investigation-group:") => ActionKind::Investigation,
            _ => return None,
        };
        Some(Action { arn: arn.into(), kind })
    }

    /// The ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// What kind of thing it is.
    pub const fn kind(&self) -> ActionKind {
        self.kind
    }

    /// The Region in the ARN; empty where there is none.
    pub fn region(&self) -> &str {
        self.arn.split(':').nth(3).unwrap_or_default()
    }
}

fn has_rest(resource: &str, prefix: &str) -> bool {
    resource.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty())
}

fn instance_action(name: &str) -> Option<InstanceAction> {
    match name {
        "stop" => Some(InstanceAction::Stop),
        "terminate" => Some(InstanceAction::Terminate),
        "reboot" => Some(InstanceAction::Reboot),
        "recover" => Some(InstanceAction::Recover),
        _ => None,
    }
}

impl ActionKind {
    /// Whether it is done for each contributor of an alarm rather than once for the alarm.
    pub const fn is_of_contributor(self) -> bool {
        matches!(self, ActionKind::Topic | ActionKind::Function)
    }
}

impl Actions {
    /// Those of a state.
    pub fn of(&self, state: AlarmState) -> &[Action] {
        match state {
            AlarmState::Ok => &self.ok,
            AlarmState::Alarm => &self.alarm,
            AlarmState::InsufficientData => &self.insufficient_data,
        }
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Action> {
        self.ok.iter().chain(&self.alarm).chain(&self.insufficient_data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_known_by_their_arns() {
        let stop = ActionKind::Instance(InstanceAction::Stop);
        let cases = [
            ("arn:aws:sns:us-east-1:123456789012:ops", Some(ActionKind::Topic)),
            ("arn:aws-cn:sns:cn-north-1:123456789012:ops.fifo", Some(ActionKind::Topic)),
            ("arn:aws:lambda:us-east-1:123456789012:function:page", Some(ActionKind::Function)),
            ("arn:aws:lambda:us-east-1:123456789012:function:page:live", Some(ActionKind::Function)),
            (
                "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:id:autoScalingGroupName/g:policyName/p",
                Some(ActionKind::Scaling),
            ),
            ("arn:aws:automate:us-east-1:ec2:stop", Some(stop)),
            ("arn:aws:automate:us-east-1:s3:stop", None),
            ("arn:aws:swf:us-east-1:123456789012:action/actions/AWS_EC2.InstanceId.Stop/1.0", Some(stop)),
            ("arn:aws:swf:us-east-1:123456789012:action/actions/AWS_EC2.InstanceId.Start/1.0", None),
            ("arn:aws:ssm:us-east-1:123456789012:opsitem:3#CATEGORY=Security", Some(ActionKind::OpsItem)),
            ("arn:aws:ssm-incidents::123456789012:responseplan/fire", Some(ActionKind::Incident)),
            ("arn:aws:aiops:us-east-1:123456789012:investigation-group:a", Some(ActionKind::Investigation)),
            ("", None),
            ("ops", None),
            ("arn:aws:sns:us-east-1:123456789012:", None),
            ("arn:aws:sns:us-east-1::ops", None),
            ("arn:aws:ssm:us-east-1:123456789012:document/x", None),
            ("arn:aws:sqs:us-east-1:123456789012:queue", None),
            ("arn:gcp:sns:us-east-1:123456789012:ops", None),
        ];
        for (arn, expected) in cases {
            assert_eq!(Action::parse(arn).map(|action| action.kind()), expected, "{arn}");
        }
    }
}

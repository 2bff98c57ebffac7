//! Who may do what with a topic.

use nepho_model::Scope;
use nepho_notify::policy::{Decision, Policy, Principal, Request};
use nepho_notify::{Refusal, RefusalKind};

use super::topic::Topic;

/// Who wants to do something with a topic.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who<'a> {
    /// Whoever has the keys of an account.
    Account(&'a str),
    /// Alarms of an account and Region, one of which is the reason.
    Alarms { scope: &'a Scope, alarm_arn: &'a str, name: &'a str },
}

impl Who<'_> {
    /// The name of the alarm that is the reason, if it is one of this scope.
    pub(crate) fn alarm_of(&self, of: &Scope) -> Option<&str> {
        match self {
            Who::Alarms { scope, name, .. } if *scope == of => Some(name),
            _ => None,
        }
    }
}

/// The service that alarms belong to.
const ALARMS: &str = "cloudwatch.amazonaws.com";

/// Checks that somebody may do something, such as `Publish`, with a topic. Its own account may unless the policy denies
/// it; others and services may when the policy allows it.
pub(crate) fn check(topic: &Topic, who: Who<'_>, action: &str) -> Result<(), Refusal> {
    let is_owner = matches!(who, Who::Account(account) if account == topic.arn.scope.account);
    if is_owner && topic.settings.has_default_policy() {
        return Ok(());
    }
    let decision = decide(topic, who, action);
    match (decision, is_owner) {
        (Decision::Allow, _) | (Decision::Silent, true) => Ok(()),
        _ => Err(denied(topic, who, action)),
    }
}

fn decide(topic: &Topic, who: Who<'_>, action: &str) -> Decision {
    let resource = topic.arn.to_string();
    let action = format!("SNS:{action}");
    let ask = |principal, context: &[(&str, &str)]| match Policy::parse(&topic.settings.policy(&topic.arn)) {
        Ok(policy) => policy.decide(&Request { principal, action: &action, resource: &resource, context }),
        Err(_) => Decision::Silent,
    };
    match who {
        Who::Account(account) => ask(
            Principal::Account(account),
            &[("aws:SourceOwner", account), ("aws:SourceAccount", account), ("aws:PrincipalAccount", account)],
        ),
        Who::Alarms { scope, alarm_arn, .. } => ask(
            Principal::Service(ALARMS),
            &[
                ("aws:SourceOwner", scope.account.as_str()),
                ("aws:SourceAccount", scope.account.as_str()),
                ("aws:SourceArn", alarm_arn),
            ],
        ),
    }
}

fn denied(topic: &Topic, who: Who<'_>, action: &str) -> Refusal {
    let user = match who {
        Who::Account(account) => format!("arn:aws:iam::{account}:root"),
        Who::Alarms { .. } => ALARMS.to_owned(),
    };
    let message = format!(
        "User: {user} is not authorized to perform: SNS:{action} on resource: {} because no resource-based policy allows \
         the SNS:{action} action",
        topic.arn
    );
    Refusal::new(RefusalKind::AuthorizationError, message)
}

//! Who may do what with a queue.

use super::one::Queue;
use crate::policy::{Decision, Principal, Request};

impl Queue {
    /// Whether a principal may do something with the queue: by its policy, or as its owner.
    ///
    /// `action` is a name such as `SQS:SendMessage`. What a service does on behalf of something else is told by
    /// `context`: a topic that sends has its ARN under `aws:SourceArn` and its account under `aws:SourceAccount`.
    pub fn allows(&self, principal: Principal<'_>, action: &str, context: &[(&str, &str)]) -> bool {
        let resource = self.arn.to_string();
        let request = Request { principal, action, resource: &resource, context };
        let decision = self.settings.policy.as_ref().map_or(Decision::Silent, |policy| policy.policy.decide(&request));
        match decision {
            Decision::Allow => true,
            Decision::Deny => false,
            Decision::Silent => principal == Principal::Account(&self.arn.scope.account),
        }
    }
}

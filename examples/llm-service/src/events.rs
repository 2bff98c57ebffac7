//! Business events, as metrics.

use std::sync::Arc;

use nepho::MetricsPort;

/// The namespace of business events.
pub const NAMESPACE: &str = "CoFounder/Business";
/// Their metric.
pub const METRIC: &str = "EventCount";

/// What happens in the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Business {
    /// Somebody's subscription is active now.
    NewSubscription,
    /// Somebody's subscription has ended.
    SubscriptionCancelled,
    /// The documents that somebody asked for are written.
    ArtifactGenerated,
}

impl Business {
    /// The value of the dimension `Event`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Business::NewSubscription => "new_subscription",
            Business::SubscriptionCancelled => "subscription_cancelled",
            Business::ArtifactGenerated => "artifact_generated",
        }
    }
}

/// Tells of business events.
#[derive(Clone)]
pub struct Events(Arc<dyn MetricsPort>);

impl Events {
    /// Counts them in a client whose namespace is [`NAMESPACE`].
    pub fn new(metrics: Arc<dyn MetricsPort>) -> Self {
        Events(metrics)
    }

    /// Tells that something has happened, and to whom, where that is known. Returns at once; what becomes of it is not
    /// the caller's concern.
    pub fn tell(&self, event: Business, user: Option<&str>) {
        let event = ("Event", event.as_str());
        match user {
            Some(user) => self.0.increment(METRIC, &[event, ("UserId", user)]),
            None => self.0.increment(METRIC, &[event]),
        };
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Events")
    }
}

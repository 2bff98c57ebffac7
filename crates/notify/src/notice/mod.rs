//! Messages for the receivers of this product: what an alarm says to a person in Slack, and to PagerDuty.
//!
//! An alarm publishes AWS's JSON. [`AlarmNotice`] reads it, with what its description says by the convention of
//! [`Description`]: how severe it is, what it means for whom, and what to do. Other messages are shown as they are.

mod alarm;
mod datapoints;
mod description;
mod graph;
mod lines;
mod pagerduty;
mod slack;

pub use alarm::{AlarmNotice, AlarmState, Watched};
pub use datapoints::{Datapoint, datapoints_in, sparkline};
pub use description::{Description, Severity};
pub use graph::{GRAPH_LINES_MAX, Graph, GraphPoint};
pub use lines::lines;
pub use pagerduty::{PAGERDUTY_SUMMARY_MAX, pagerduty_event};
pub use slack::{SLACK_TEXT_MAX, slack_message};

/// A message on its way to a receiver of this product.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The message's id.
    pub message_id: &'a str,
    /// The ARN of the topic.
    pub topic: &'a str,
    /// The subject.
    pub subject: Option<&'a str>,
    /// The text.
    pub message: &'a str,
    /// When it was published, in ISO 8601.
    pub published: &'a str,
    /// Where this server is reached.
    pub base_url: &'a str,
    /// Where what the alarm watches is drawn, if it is an alarm of this server.
    pub graph_url: Option<&'a str>,
}

/// The beginning of a text, with an ellipsis when there is more.
fn cut(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        true => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

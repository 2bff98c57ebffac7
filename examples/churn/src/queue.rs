//! The queue between API and worker: SQS, through the AWS SDK.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::MessageSystemAttributeName;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use serde::{Deserialize, Serialize};

/// How many messages are taken at a time: as many as there may be.
const MESSAGES_MAX: i32 = 10;

/// What the API asks the worker to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The upload.
    pub upload_id: String,
    /// Whose it is.
    pub user_id: String,
    /// Where the file is in the storage.
    pub s3_file_path: String,
    /// How urgent it is.
    pub priority: Priority,
}

/// How urgent an upload is: it is measured by that. The queue gives messages in the order in which they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// It can wait.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Somebody waits for it.
    High,
}

impl Priority {
    /// The priority of this name.
    pub fn parse(name: &str) -> Option<Priority> {
        [Priority::Low, Priority::Normal, Priority::High].into_iter().find(|priority| priority.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Priority::Low => "low",
            Priority::Normal => "normal",
            Priority::High => "high",
        }
    }
}

/// A message out of the queue.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its text.
    pub body: String,
    /// How often it has been received, this time included.
    pub receives: u32,
    receipt: String,
}

/// A queue.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

/// Why the queue did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("the queue cannot be used: {0}")]
pub struct QueueError(String);

impl Queue {
    /// The queue at `url`, with endpoint, region and credentials of the AWS SDK's ordinary chain.
    pub async fn connect(url: &str) -> Self {
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let config = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http).load().await;
        Queue::with_client(Client::new(&config), url)
    }

    /// The queue at `url`, through a client that was made elsewhere.
    pub fn with_client(client: Client, url: &str) -> Self {
        Queue { client, url: url.to_owned() }
    }

    /// Sends a task.
    ///
    /// # Errors
    /// When the queue does not take it.
    pub async fn send(&self, task: &Task) -> Result<(), QueueError> {
        let body = serde_json::to_string(task).map_err(|error| QueueError(error.to_string()))?;
        self.send_text(&body).await
    }

    /// Sends any text.
    ///
    /// # Errors
    /// When the queue does not take it.
    pub async fn send_text(&self, body: &str) -> Result<(), QueueError> {
        let sent = self.client.send_message().queue_url(&self.url).message_body(body).send().await;
        sent.map(drop).map_err(failed)
    }

    /// Takes messages, and waits so long for the first one.
    ///
    /// # Errors
    /// When the queue gives no answer.
    pub async fn receive(&self, wait: Duration) -> Result<Vec<Message>, QueueError> {
        let seconds = i32::try_from(wait.as_secs()).unwrap_or(i32::MAX);
        let request = self.client.receive_message().queue_url(&self.url).max_number_of_messages(MESSAGES_MAX);
        let count = MessageSystemAttributeName::ApproximateReceiveCount;
        let request = request.wait_time_seconds(seconds).message_system_attribute_names(count.clone());
        let received = request.send().await.map_err(failed)?;
        let messages = received.messages.unwrap_or_default().into_iter().map(|message| {
            let receives = message.attributes.as_ref().and_then(|attributes| attributes.get(&count)?.parse().ok());
            Message {
                body: message.body.unwrap_or_default(),
                receives: receives.unwrap_or(1),
                receipt: message.receipt_handle.unwrap_or_default(),
            }
        });
        Ok(messages.collect())
    }

    /// Removes a message: it is done.
    ///
    /// # Errors
    /// When the queue does not do that.
    pub async fn delete(&self, message: &Message) -> Result<(), QueueError> {
        let request = self.client.delete_message().queue_url(&self.url).receipt_handle(&message.receipt);
        request.send().await.map(drop).map_err(failed)
    }

    /// Lets a message be received again after a time, the last time before it is given up included.
    ///
    /// # Errors
    /// When the queue does not do that.
    pub async fn retry(&self, message: &Message, after: Duration) -> Result<(), QueueError> {
        let seconds = i32::try_from(after.as_secs()).unwrap_or(i32::MAX);
        let request = self.client.change_message_visibility().queue_url(&self.url);
        let request = request.receipt_handle(&message.receipt).visibility_timeout(seconds);
        request.send().await.map(drop).map_err(failed)
    }
}

fn failed(error: impl std::error::Error) -> QueueError {
    QueueError(DisplayErrorContext(error).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_has_four_members() {
        let task = Task {
            upload_id: "u".to_owned(),
            user_id: "ada".to_owned(),
            s3_file_path: "uploads/u.csv".to_owned(),
            priority: Priority::High,
        };
        let text = r#"{"upload_id":"u","user_id":"ada","s3_file_path":"uploads/u.csv","priority":"high"}"#;
        assert_eq!(serde_json::to_string(&task).unwrap(), text);
        assert_eq!(serde_json::from_str::<Task>(text).unwrap(), task);
        assert!(serde_json::from_str::<Task>(&text.replace("high", "urgent")).is_err());
        assert_eq!((Priority::parse("low"), Priority::parse("urgent")), (Some(Priority::Low), None));
    }
}

//! CreateLogStream and DescribeLogStreams, of Logs.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The request of CreateLogStream.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateLogStreamInput {
    /// The group's name.
    pub log_group_name: Option<String>,
    /// The stream's name.
    pub log_stream_name: Option<String>,
}

/// The request of DescribeLogStreams.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeLogStreamsInput {
    /// The group's name.
    pub log_group_name: Option<String>,
    /// The group's name or ARN, instead of its name.
    pub log_group_identifier: Option<String>,
    /// Only streams whose name begins so.
    pub log_stream_name_prefix: Option<String>,
    /// `LogStreamName` or `LastEventTime`.
    pub order_by: Option<String>,
    /// Whether the order is reversed.
    pub descending: Option<bool>,
    /// The token of the previous page.
    pub next_token: Option<String>,
    /// The most streams on one page.
    pub limit: Option<i32>,
}

/// The response of DescribeLogStreams.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeLogStreamsOutput {
    /// The streams.
    pub log_streams: Option<Vec<LogStream>>,
    /// The token of the next page.
    pub next_token: Option<String>,
}

/// A log stream; all times are milliseconds since the epoch.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogStream {
    /// The name.
    pub log_stream_name: Option<String>,
    /// When it was created.
    pub creation_time: Option<i64>,
    /// The time of its first event.
    pub first_event_timestamp: Option<i64>,
    /// The time of its last event.
    pub last_event_timestamp: Option<i64>,
    /// When an event was last received.
    pub last_ingestion_time: Option<i64>,
    /// A token that nobody needs any more.
    pub upload_sequence_token: Option<String>,
    /// The ARN.
    pub arn: Option<String>,
    /// How many bytes are stored; always 0 on AWS.
    pub stored_bytes: Option<i64>,
}

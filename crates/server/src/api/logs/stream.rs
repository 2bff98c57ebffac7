//! Log streams as records.

use nepho_protocol::error::{ServiceError, logs};
use nepho_store::{Record, Table};
use serde::{Deserialize, Serialize};

use super::{constraint, group, required};
use crate::api::call::Call;

/// Streams by `ACCOUNT/REGION/GROUP:NAME`; neither name has a colon.
pub(super) const STREAMS: Table = Table("log_streams");
/// Characters of a name.
const NAME_MAX: usize = 512;

/// What is kept of a stream besides its name; times are in milliseconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stream {
    pub(super) created: i64,
    pub(super) first_event: Option<i64>,
    pub(super) last_event: Option<i64>,
    pub(super) last_ingestion: Option<i64>,
}

/// Checks a stream's name.
pub(super) fn name(given: Option<&str>) -> Result<&str, ServiceError> {
    let name = required(given, "logStreamName")?;
    if name.is_empty() || name.chars().count() > NAME_MAX {
        let range = format!("Member must have length between 1 and {NAME_MAX}, inclusive");
        return Err(constraint(name, "logStreamName", &range));
    }
    match name.contains([':', '*']) {
        false => Ok(name),
        true => {
            let pattern = "Member must satisfy regular expression pattern: [^:*]*";
            Err(constraint(name, "logStreamName", pattern))
        }
    }
}

/// What the keys of all streams of a group begin with.
pub(super) fn prefix(call: &Call, group: &str) -> String {
    format!("{}:", group::key(call, group))
}

fn key(call: &Call, group: &str, name: &str) -> String {
    format!("{}{name}", prefix(call, group))
}

/// The stream of this name, if there is one.
pub(super) fn get(call: &Call, group: &str, name: &str) -> Result<Option<Stream>, ServiceError> {
    let key = key(call, group, name);
    let value = call.instance.records.get(STREAMS, &key).map_err(|error| call.store_failed(&error))?;
    let read =
        |value: Vec<u8>| serde_json::from_slice(&value).map_err(|error| call.record_damaged(STREAMS, &key, &error));
    value.map(read).transpose()
}

/// The stream of this name.
pub(super) fn find(call: &Call, group: &str, name: &str) -> Result<Stream, ServiceError> {
    get(call, group, name)?.ok_or_else(|| logs::RESOURCE_NOT_FOUND.message("The specified log stream does not exist."))
}

pub(super) fn record(call: &Call, group: &str, name: &str, stream: &Stream) -> Record {
    let value = serde_json::to_vec(stream).expect("numbers can be written");
    Record { key: key(call, group, name), value }
}

//! DescribeLogStreams.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::log_streams::{DescribeLogStreamsInput, DescribeLogStreamsOutput, LogStream};
use nepho_store::Record;

use super::stream::{self, STREAMS, Stream};
use super::{constraint, group, invalid, page};
use crate::api::call::{Call, Reply};

/// The most streams of a group that are put in an order other than that of their names.
const SORTED_MAX: usize = 10_000;

/// Lists the streams of a group, by name or by the time of the last event.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: DescribeLogStreamsInput = call.decode(body)?;
    let named = input.log_group_name.as_deref().or_else(|| input.log_group_identifier.as_deref().map(name_of));
    let group = group::name(named)?;
    group::find(call, group)?;
    let limit = page::limit(input.limit)?;
    let after = page::after(input.next_token.as_deref())?;
    let is_by_time = match input.order_by.as_deref() {
        None | Some("LogStreamName") => false,
        Some("LastEventTime") => true,
        Some(other) => {
            let set = "Member must satisfy enum value set: [LogStreamName, LastEventTime]";
            return Err(constraint(other, "orderBy", set));
        }
    };
    if is_by_time && input.log_stream_name_prefix.is_some() {
        return Err(invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
    }
    let own = stream::prefix(call, group);
    let prefix = format!("{own}{}", input.log_stream_name_prefix.unwrap_or_default());
    let records = call.instance.records.scan(STREAMS, &prefix, None, SORTED_MAX + 1);
    let records = records.map_err(|error| call.store_failed(&error))?;
    if records.len() > SORTED_MAX {
        let message = format!("More than {SORTED_MAX} streams match: narrow them down with logStreamNamePrefix.");
        return Err(invalid(message));
    }
    let mut streams: Vec<_> = records.iter().map(|record| read(call, record)).collect::<Result<_, _>>()?;
    if is_by_time {
        streams.sort_by_key(|(_, stream)| stream.last_event.unwrap_or(i64::MIN));
    }
    if input.descending == Some(true) {
        streams.reverse();
    }
    let start = match &after {
        None => 0,
        Some(after) => {
            let last = streams.iter().position(|(key, _)| key == after);
            last.ok_or_else(|| invalid("The specified nextToken is invalid."))? + 1
        }
    };
    let page = &streams[start..streams.len().min(start + limit)];
    let has_more = start + page.len() < streams.len();
    Ok(call.encode(&DescribeLogStreamsOutput {
        log_streams: Some(page.iter().map(|(key, stream)| to_wire(call, group, &key[own.len()..], stream)).collect()),
        next_token: page.last().filter(|_| has_more).map(|(key, _)| page::token(key)),
    }))
}

/// The name in a group's ARN; what is no ARN is the name.
fn name_of(identifier: &str) -> &str {
    match identifier.split_once(":log-group:") {
        Some((_, name)) => name.strip_suffix(":*").unwrap_or(name),
        None => identifier,
    }
}

fn read<'a>(call: &Call, record: &'a Record) -> Result<(&'a str, Stream), ServiceError> {
    match serde_json::from_slice(&record.value) {
        Ok(stream) => Ok((&record.key, stream)),
        Err(error) => Err(call.record_damaged(STREAMS, &record.key, &error)),
    }
}

fn to_wire(call: &Call, group: &str, name: &str, stream: &Stream) -> LogStream {
    LogStream {
        log_stream_name: Some(name.to_owned()),
        creation_time: Some(stream.created),
        first_event_timestamp: stream.first_event,
        last_event_timestamp: stream.last_event,
        last_ingestion_time: stream.last_ingestion,
        upload_sequence_token: None,
        arn: Some(format!("{}:log-stream:{name}", group::arn(call, group))),
        stored_bytes: Some(0),
    }
}

//! PutLogEvents: events come, the metrics in them are kept.

use nepho_model::Timestamp;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::log_events::{InputLogEvent, PutLogEventsInput, PutLogEventsOutput, RejectedLogEventsInfo};
use nepho_store::Change;

use super::stream::{self, STREAMS};
use super::{group, invalid, refuse_given};
use crate::api::call::{Call, Reply};
use crate::emf::documents::{Documents, Origin};
use crate::own::counters::Intake;
use crate::writes::Write;

/// Events of one batch.
const EVENTS_MAX: usize = 10_000;
/// Bytes of one batch: its messages in UTF-8, and for each event [`EVENT_OVERHEAD`] more.
const BATCH_BYTES_MAX: usize = 1_048_576;
/// What an event counts besides its message.
const EVENT_OVERHEAD: usize = 26;
/// From the first event of a batch to its last, in milliseconds: a day.
const SPAN_MS_MAX: i64 = 24 * 3600 * 1000;
/// The farthest in the future an event may be, in milliseconds.
const AHEAD_MS_MAX: i64 = 2 * 3600 * 1000;
/// The oldest an event may be, in milliseconds: two weeks.
const AGE_MS_MAX: i64 = 14 * 24 * 3600 * 1000;

/// Answers when the metrics are durable.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let instance = call.instance.clone();
    let reading = call.clone();
    let (output, write) = instance.blocking(move |_| take(&reading, &body)).await?;
    if let Some(write) = write {
        write.settle(&instance).await.map_err(|error| call.store_failed(&error))?;
    }
    Ok(call.encode(&output))
}

fn take(call: &Call, body: &[u8]) -> Result<(PutLogEventsOutput, Option<Write>), ServiceError> {
    let input: PutLogEventsInput<'_> = call.decode(body)?;
    let group = group::name(input.log_group_name.as_deref())?;
    let name = stream::name(input.log_stream_name.as_deref())?;
    refuse_given(input.entity.is_some(), "entity")?;
    let events = check(input.log_events.as_deref())?;
    let legal = legal(&events, call.now);
    {
        let _alone = call.instance.changing_records();
        group::find(call, group)?;
        let mut stream = stream::find(call, group, name)?;
        for (time, _) in &events[legal.clone()] {
            stream.first_event = Some(stream.first_event.map_or(*time, |first| first.min(*time)));
            stream.last_event = Some(stream.last_event.map_or(*time, |last| last.max(*time)));
        }
        stream.last_ingestion = Some(call.now.millis());
        let change = Change::Put(STREAMS, stream::record(call, group, name, &stream));
        call.instance.records.commit(&[change]).map_err(|error| call.store_failed(&error))?;
    }
    let mut documents = Documents::new(&call.instance, Intake::Logs, &call.scope);
    let origin = Origin { log_group: Some(group), may_be_plain: !call.is_emf_format, ..Origin::default() };
    for (index, (_, message)) in events.iter().enumerate() {
        if legal.contains(&index) {
            documents.read(&call.instance, message.as_bytes(), origin, call.now);
        } else {
            let detail = "a log event is too old or too far in the future";
            documents.refuse(&call.instance, "event_time", detail, origin);
        }
    }
    let write = documents.write(&call.instance, &call.scope, call.now);
    let output = PutLogEventsOutput {
        next_sequence_token: Some(format!("{:056}", call.now.millis())),
        rejected_log_events_info: rejected(&legal, events.len()),
        rejected_entity_info: None,
    };
    Ok((output, write))
}

/// Checks what refuses a batch as a whole; answers times and messages.
fn check<'a>(events: Option<&'a [InputLogEvent<'_>]>) -> Result<Vec<(i64, &'a str)>, ServiceError> {
    let events = events.unwrap_or_default();
    if events.is_empty() || events.len() > EVENTS_MAX {
        return Err(invalid(format!(
            "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length \
             between 1 and {EVENTS_MAX}, inclusive"
        )));
    }
    let mut checked: Vec<(i64, &str)> = Vec::with_capacity(events.len());
    let mut bytes = 0;
    for (position, event) in events.iter().enumerate() {
        let (Some(time), Some(message)) = (event.timestamp, event.message.as_deref()) else {
            let member = if event.timestamp.is_none() { "timestamp" } else { "message" };
            return Err(invalid(format!(
                "1 validation error detected: Value null at 'logEvents.{}.member.{member}' failed to satisfy constraint: \
                 Member must not be null",
                position + 1
            )));
        };
        if message.is_empty() {
            return Err(invalid("Log event message must not be empty"));
        }
        if checked.last().is_some_and(|(last, _)| *last > time) {
            return Err(invalid("Log events in a single PutLogEvents request must be in chronological order."));
        }
        bytes += message.len() + EVENT_OVERHEAD;
        checked.push((time, message));
    }
    if bytes > BATCH_BYTES_MAX {
        return Err(invalid(format!("Upload too large: {bytes} bytes exceeds limit of {BATCH_BYTES_MAX}")));
    }
    let span = checked.last().zip(checked.first()).map_or(0, |((last, _), (first, _))| last.saturating_sub(*first));
    if span > SPAN_MS_MAX {
        return Err(invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    Ok(checked)
}

/// The events, which are in order of time, that are neither too old nor too new.
fn legal(events: &[(i64, &str)], now: Timestamp) -> std::ops::Range<usize> {
    let start = events.partition_point(|(time, _)| *time < now.millis() - AGE_MS_MAX);
    let end = events.partition_point(|(time, _)| *time <= now.millis() + AHEAD_MS_MAX);
    start..end.max(start)
}

fn rejected(legal: &std::ops::Range<usize>, events: usize) -> Option<RejectedLogEventsInfo> {
    let index = |index: usize| i32::try_from(index).ok();
    if *legal == (0..events) {
        return None;
    }
    Some(RejectedLogEventsInfo {
        too_new_log_event_start_index: if legal.end < events { index(legal.end) } else { None },
        too_old_log_event_end_index: if legal.start > 0 { index(legal.start) } else { None },
        expired_log_event_end_index: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_out_of_time_are_told_by_index() {
        let now = Timestamp::from_millis(AGE_MS_MAX * 2);
        let (oldest, newest) = (now.millis() - AGE_MS_MAX, now.millis() + AHEAD_MS_MAX);
        type Indices = Option<(Option<i32>, Option<i32>)>;
        let cases: [(&[i64], std::ops::Range<usize>, Indices); 4] = [
            (&[oldest, newest], 0..2, None),
            (&[oldest - 1, oldest], 1..2, Some((None, Some(1)))),
            (&[newest, newest + 1, newest + 2], 0..1, Some((Some(1), None))),
            (&[oldest - 1], 1..1, Some((None, Some(1)))),
        ];
        for (times, expected, told) in cases {
            let events: Vec<_> = times.iter().map(|time| (*time, "x")).collect();
            let legal = legal(&events, now);
            assert_eq!(legal, expected, "{times:?}");
            let rejected = rejected(&legal, events.len());
            let indices = rejected.map(|info| (info.too_new_log_event_start_index, info.too_old_log_event_end_index));
            assert_eq!(indices, told, "{times:?}");
        }
    }
}

//! PutMetricAlarm.

use nepho_engine::alarm::{MetricAlarm, Source};
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;

use crate::alarms::crossing::{check_served, metric_alarm, refused};
use crate::alarms::{NotPut, Put};
use crate::api::call::{Call, Reply};
use crate::api::tags;
use crate::detectors::detector::{DETECTORS, key};
use crate::detectors::{self, NotKept};

/// The longest request in bytes, after decompression: 120 KB.
const REQUEST_BYTES_MAX: usize = 120 * 1024;

/// Makes the alarm, or replaces the one of that name.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    if body.len() > REQUEST_BYTES_MAX {
        let message = format!("the request of {} bytes exceeds the limit of {REQUEST_BYTES_MAX} bytes", body.len());
        return Err(code::REQUEST_ENTITY_TOO_LARGE.message(message));
    }
    let input: PutMetricAlarmInput = call.decode(body)?;
    check_served(input.action_configuration.is_some())?;
    let alarm = metric_alarm(&call.scope, &input).map_err(|faults| refused(&faults))?;
    alarm.check_scope().map_err(|faults| refused(&faults))?;
    learn_bands(call, &alarm)?;
    let tags = tags::of_new(call, &alarm.arn(), input.tags.as_deref())?;
    let put = Put { instance: &call.instance, scope: &call.scope, now: call.now, tags };
    call.instance.alarms.put_metric(put, alarm, input).map_err(|error| not_put(call, error))?;
    Ok(call.encode(&NoOutput))
}

/// What the alarm is compared with has to be learnt: a detector that there is not is made.
fn learn_bands(call: &Call, alarm: &MetricAlarm) -> Result<(), ServiceError> {
    let Source::Math(math) = alarm.source() else { return Ok(()) };
    let subjects = math.subjects().map_err(|error| code::VALIDATION.message(error.to_string()))?;
    for (subject, period) in subjects {
        detectors::ensure(&call.instance, &call.scope, &subject, period, call.now).map_err(|error| match error {
            NotKept::Store(error) => call.store_failed(&error),
            NotKept::Detectors | NotKept::Models => code::LIMIT_EXCEEDED.message(error.to_string()),
            NotKept::Damaged(error) => call.record_damaged(DETECTORS, &key(&call.scope, &subject), &error),
        })?;
    }
    Ok(())
}

pub(super) fn not_put(call: &Call, error: NotPut) -> ServiceError {
    match error {
        NotPut::Refused(error) => error,
        NotPut::Store(error) => call.store_failed(&error),
    }
}

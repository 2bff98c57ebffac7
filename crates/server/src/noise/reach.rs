//! The time has come for what is kept.

use std::sync::Arc;

use nepho_engine::mute::muting;
use nepho_model::{AlarmState, Timestamp};
use nepho_notify::Arn;
use nepho_notify::noise::{Event, Standing};

use super::record::{NOISE, NoiseRecord, Of};
use crate::instance::Instance;
use crate::topics::error::TopicError;
use crate::topics::outbox::Outbox;

/// What is done in one transaction at the most.
const AT_ONCE: usize = 200;
/// After so many seconds what could not be done is tried again.
const RETRY_SECONDS: i64 = 1;
/// An alarm that is silenced when it should remind is looked at again after so many seconds, as its mute rule may have gone.
const LOOK_AGAIN_SECONDS: i64 = 600;

/// Does what is due: messages that were kept go out, what is open reminds.
pub(crate) async fn reach(instance: &Arc<Instance>, now: Timestamp) {
    if instance.noise.next_deadline().is_none_or(|due| due > now) {
        return;
    }
    instance
        .blocking(move |instance| {
            loop {
                let due = instance.noise.due(now, AT_ONCE);
                if due.is_empty() {
                    return;
                }
                if let Err(error) = reach_some(instance, &due, now) {
                    instance.fault(&format!("messages that were kept could not be told: {error}"));
                    let later = Some(now.plus_seconds(RETRY_SECONDS));
                    instance.noise.set(&due.into_iter().map(|key| (key, later)).collect::<Vec<_>>());
                }
            }
        })
        .await;
}

fn reach_some(instance: &Instance, due: &[String], now: Timestamp) -> Result<(), TopicError> {
    // Alarms are looked at before: whoever changes them holds them while records are changed.
    let standings = due.iter().map(|key| standing(instance, key, now)).collect::<Result<Vec<_>, _>>()?;
    let alone = instance.changing_records();
    let mut outbox = Outbox::counting(instance, &alone, now);
    for (key, standing) in due.iter().zip(standings) {
        outbox.pass(key, standing)?;
    }
    let sealed = outbox.seal();
    instance.records.commit(&sealed.changes)?;
    drop(sealed.committed(instance));
    Ok(())
}

/// How the alarm stands that is known by this key, where that matters.
fn standing(instance: &Instance, key: &str, now: Timestamp) -> Result<Standing, TopicError> {
    let Some(value) = instance.records.get(NOISE, key)? else { return Ok(Standing::Closed) };
    let Of::Alarm(known) = NoiseRecord::read(key, &value)?.of else { return Ok(Standing::Closed) };
    if !known.noise.reminds() {
        return Ok(Standing::Closed);
    }
    let Some(event) = Event::read(&known.latest.texts.default) else { return Ok(Standing::Closed) };
    let Ok(arn) = Arn::parse(&event.alarm, "AlarmArn") else { return Ok(Standing::Closed) };
    Ok(instance.alarms.look(&arn.scope, |alarms| {
        let is_enabled = match (alarms.metric.get(&event.name), alarms.composite.get(&event.name)) {
            (Some(metric), _) => metric.alarm.actions_enabled(),
            (None, Some(composite)) => composite.alarm.actions_enabled(),
            (None, None) => false,
        };
        if !is_enabled || alarms.other(&event.name).is_none_or(|alarm| alarm.state != AlarmState::Alarm) {
            return Standing::Closed;
        }
        let later = now.plus_seconds(LOOK_AGAIN_SECONDS);
        let composite = alarms.composite.get(&event.name);
        match muting(&alarms.put_rules(), &event.name, now) {
            Some(muting) => Standing::Silent { until: muting.until.min(later) },
            None if composite.is_some_and(|entry| entry.state.suppression.by().is_some()) => {
                Standing::Silent { until: later }
            }
            None => Standing::Open,
        }
    }))
}

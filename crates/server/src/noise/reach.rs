//! The time has come for what is kept.

use std::sync::Arc;

use nepho_model::{AlarmState, Timestamp};
use nepho_notify::Arn;
use nepho_notify::noise::Event;

use super::record::{NOISE, NoiseRecord, Of};
use crate::instance::Instance;
use crate::topics::error::TopicError;
use crate::topics::outbox::Outbox;

/// What is done in one transaction at the most.
const AT_ONCE: usize = 200;
/// After so many seconds what could not be done is tried again.
const RETRY_SECONDS: i64 = 1;

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
    let open = due.iter().map(|key| is_open(instance, key)).collect::<Result<Vec<_>, _>>()?;
    let alone = instance.changing_records();
    let mut outbox = Outbox::counting(instance, &alone, now);
    for (key, is_open) in due.iter().zip(open) {
        outbox.pass(key, is_open)?;
    }
    let sealed = outbox.seal();
    instance.records.commit(&sealed.changes)?;
    drop(sealed.committed(instance));
    Ok(())
}

/// Whether the alarm that is known by this key is in alarm, where that matters.
fn is_open(instance: &Instance, key: &str) -> Result<bool, TopicError> {
    let Some(value) = instance.records.get(NOISE, key)? else { return Ok(false) };
    let Of::Alarm(known) = NoiseRecord::read(key, &value)?.of else { return Ok(false) };
    if !known.noise.reminds() {
        return Ok(false);
    }
    let Some(event) = Event::read(&known.latest.texts.default) else { return Ok(false) };
    let Ok(arn) = Arn::parse(&event.alarm, "AlarmArn") else { return Ok(false) };
    let state = instance.alarms.look(&arn.scope, |alarms| alarms.other(&event.name).map(|alarm| alarm.state));
    Ok(state == Some(AlarmState::Alarm))
}

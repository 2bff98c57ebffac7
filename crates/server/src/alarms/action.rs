//! What an alarm does when its state changes: it publishes to a topic. There are no other actions here.

use nepho_engine::alarm::text::ActionOutcome;
use nepho_model::Scope;
use nepho_notify::Arn;
use nepho_notify::message::{Draft, Texts};
use nepho_notify::topic::TopicArn;
use nepho_store::StoreError;
use sha2::{Digest, Sha256};

use super::outbox::Run;
use crate::topics::error::TopicError;
use crate::topics::outbox::Outbox;
use crate::topics::permission::Who;

/// What the history says of an action that nobody runs.
const NO_DELIVERER: &str = "There is no deliverer for this action";

/// Runs an action. What it publishes belongs to the transaction that takes it out.
///
/// # Errors
/// What the store said: the action is still to be run.
pub(super) fn run(topics: &mut Outbox<'_>, run: &Run, scope: &Scope) -> Result<ActionOutcome, StoreError> {
    let failed = |error: String| Ok(ActionOutcome::Failed { error });
    let is_topic = Arn::parse(&run.action, "Action").is_ok_and(|arn| arn.service == "sns");
    if !is_topic {
        return failed(NO_DELIVERER.to_owned());
    }
    match publish(topics, run, scope) {
        Ok(()) => Ok(ActionOutcome::Succeeded),
        Err(TopicError::Store(error)) => Err(error),
        Err(error) => failed(format!("Received error: \"{error}\"")),
    }
}

fn publish(topics: &mut Outbox<'_>, run: &Run, scope: &Scope) -> Result<(), TopicError> {
    let topic = TopicArn::parse(&run.action, "TopicArn")?;
    let alarm = format!("arn:aws:cloudwatch:{}:{}:alarm:{}", scope.region, scope.account, run.alarm);
    let mut draft = Draft::of(Some(run.subject.clone()), Texts::structured(&run.published)?);
    if topic.name.is_fifo() {
        let contributor = run.contributor.as_ref().map_or("", |(id, _)| id.as_str());
        let change = format!("{alarm}\0{contributor}\0{}", run.state_updated_ms);
        draft.group = Some(hex::encode(Sha256::digest(&alarm)));
        draft.deduplication = Some(hex::encode(Sha256::digest(change)));
    }
    topics.publish(&topic, &draft, Who::Alarms { scope, alarm_arn: &alarm, name: &run.alarm }).map(drop)
}

//! Making queues, setting what they are like, and doing away with them.

use std::collections::BTreeMap;

use nepho_model::{Scope, Timestamp};

use super::event::{Definition, Event};
use super::fault::{Fault, FaultKind};
use super::name::{QueueArn, QueueName};
use super::permission;
use super::queues::{Queues, REMOVED_MILLIS, Step, definition};
use super::settings::{Given, Settings};
use super::tags::{self, Tags};

/// The most queues of all scopes.
pub const QUEUES_MAX: usize = 100_000;
/// Seconds between two purges of a queue.
const PURGE_SECONDS: i64 = 60;

impl Queues {
    /// CreateQueue: makes a queue, or finds the one that is like that already. Answers its id.
    ///
    /// # Errors
    ///
    /// What is given cannot be, or there is a queue of that name that is not like that.
    pub fn create(
        &mut self,
        scope: &Scope,
        name: &str,
        given: &Given,
        tags: Tags,
        now: Timestamp,
    ) -> Result<Step<u64>, Fault> {
        let name = QueueName::new(name)?;
        let settings = Settings::create(&name, given)?;
        let tags = tags::added(&Tags::new(), tags, &name)?;
        let arn = QueueArn { scope: scope.clone(), name };
        if let Some(id) = self.names.get(&arn) {
            let id = *id;
            let queue = self.look(id, now)?;
            return match queue.settings.differing(given) {
                None => Ok(Step { value: id, events: Vec::new() }),
                Some(attribute) => {
                    let message = format!(
                        "A queue already exists with the same name and a different value for attribute {attribute}"
                    );
                    Err(Fault::new(FaultKind::QueueNameExists, message))
                }
            };
        }
        self.check_new(&arn, now)?;
        self.check_redrive(&arn, &settings)?;
        let id = self.next_queue;
        let attributes = settings.to_given();
        let definition = Definition { id, arn, attributes, tags, created: now, modified: now, purged: None };
        Ok(self.done(id, vec![Event::Define(definition)]))
    }

    fn check_new(&self, arn: &QueueArn, now: Timestamp) -> Result<(), Fault> {
        let is_fresh = |at: &Timestamp| now.millis() < at.millis().saturating_add(REMOVED_MILLIS);
        if self.removed.get(arn).is_some_and(is_fresh) {
            let message =
                "You must wait 60 seconds after deleting a queue before you can create another with the same name.";
            return Err(Fault::new(FaultKind::QueueDeletedRecently, message));
        }
        if self.queues.len() >= QUEUES_MAX {
            return Err(Fault::new(
                FaultKind::OverLimit,
                format!("There are {QUEUES_MAX} queues, which is the limit."),
            ));
        }
        Ok(())
    }

    /// Whether a queue may have the dead-letter queue that it is to have.
    fn check_redrive(&self, source: &QueueArn, settings: &Settings) -> Result<(), Fault> {
        let Some(redrive) = &settings.redrive else { return Ok(()) };
        let target = self.find_by_arn(&redrive.target).ok().filter(|target| target.arn.scope == source.scope);
        let Some(target) = target else { return Err(redrive.refused("Dead letter target does not exist.")) };
        if target.settings.is_fifo != settings.is_fifo {
            return Err(redrive.refused("Dead-letter queue must be same type of queue as the source."));
        }
        match target.settings.redrive_allow.as_ref().is_none_or(|allow| allow.allows(source)) {
            true => Ok(()),
            false => Err(redrive.refused("The RedriveAllowPolicy of the dead-letter queue does not allow this queue.")),
        }
    }

    /// SetQueueAttributes.
    ///
    /// # Errors
    ///
    /// What is given cannot be.
    pub fn set_attributes(&mut self, id: u64, given: &Given, now: Timestamp) -> Result<Step<()>, Fault> {
        let queue = self.look(id, now)?;
        let settings = queue.settings.change(given)?;
        let arn = queue.arn.clone();
        if given.contains_key("RedrivePolicy") {
            self.check_redrive(&arn, &settings)?;
        }
        self.redefine(id, |definition| {
            definition.attributes = settings.to_given();
            definition.modified = now;
        })
    }

    /// TagQueue: adds tags, and replaces those that are there.
    ///
    /// # Errors
    ///
    /// A tag that cannot be, or too many.
    pub fn tag(&mut self, id: u64, new: Tags, now: Timestamp) -> Result<Step<()>, Fault> {
        let queue = self.look(id, now)?;
        let tags = tags::added(&queue.tags, new, &queue.arn.name)?;
        self.redefine(id, |definition| definition.tags = tags)
    }

    /// UntagQueue: removes tags; those that are not there do not matter.
    ///
    /// # Errors
    ///
    /// There is no such queue.
    pub fn untag(&mut self, id: u64, keys: &[String], now: Timestamp) -> Result<Step<()>, Fault> {
        self.look(id, now)?;
        self.redefine(id, |definition| definition.tags.retain(|key, _| !keys.contains(key)))
    }

    /// AddPermission: adds a statement to the policy.
    ///
    /// # Errors
    ///
    /// There is one of that label, or what is given cannot be.
    pub fn add_permission(
        &mut self,
        id: u64,
        label: &str,
        accounts: &[String],
        actions: &[String],
        now: Timestamp,
    ) -> Result<Step<()>, Fault> {
        let queue = self.look(id, now)?;
        let text = permission::add(queue, label, accounts, actions)?;
        self.set_attributes(id, &BTreeMap::from([("Policy".to_owned(), text)]), now)
    }

    /// RemovePermission: removes a statement from the policy.
    ///
    /// # Errors
    ///
    /// There is none of that label.
    pub fn remove_permission(&mut self, id: u64, label: &str, now: Timestamp) -> Result<Step<()>, Fault> {
        let queue = self.look(id, now)?;
        let text = permission::remove(queue, label)?;
        self.set_attributes(id, &BTreeMap::from([("Policy".to_owned(), text)]), now)
    }

    /// PurgeQueue: removes all messages.
    ///
    /// # Errors
    ///
    /// It was done less than a minute ago.
    pub fn purge(&mut self, id: u64, now: Timestamp) -> Result<Step<()>, Fault> {
        let queue = self.look(id, now)?;
        if queue.purged.is_some_and(|purged| now.millis() < purged.millis() + PURGE_SECONDS * 1000) {
            let name = &queue.arn.name;
            let message = format!("Only one PurgeQueue operation on {name} is allowed every {PURGE_SECONDS} seconds.");
            return Err(Fault::new(FaultKind::PurgeQueueInProgress, message));
        }
        Ok(self.done((), vec![Event::Purge { queue: id, at: now }]))
    }

    /// DeleteQueue: removes a queue with all that is in it.
    ///
    /// # Errors
    ///
    /// There is no such queue.
    pub fn delete_queue(&mut self, id: u64, now: Timestamp) -> Result<Step<()>, Fault> {
        self.look(id, now)?;
        Ok(self.done((), vec![Event::Remove { queue: id, at: now }]))
    }

    /// Replaces what is set about a queue by what `change` makes of it.
    fn redefine(&mut self, id: u64, change: impl FnOnce(&mut Definition)) -> Result<Step<()>, Fault> {
        let mut definition = definition(self.get(id)?);
        change(&mut definition);
        Ok(self.done((), vec![Event::Define(definition)]))
    }
}

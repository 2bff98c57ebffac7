//! FIFO queues: within a message group in order, and none while another of the group is in flight.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::queue::message::{Message, State};

/// The messages of every group.
#[derive(Debug, Clone, Default)]
pub(in crate::queue) struct Fifo {
    groups: HashMap<Arc<str>, Group>,
    /// The groups from which messages can be received, by the number of the first.
    open: BTreeMap<u64, Arc<str>>,
}

#[derive(Debug, Clone, Default)]
struct Group {
    /// Whether each message can be received, by number.
    messages: BTreeMap<u64, bool>,
    in_flight: usize,
    /// Where it is among the open groups.
    open_at: Option<u64>,
}

impl Group {
    /// The number of the first message, if it can be received now.
    fn first(&self) -> Option<u64> {
        let (number, is_ready) = self.messages.first_key_value()?;
        (self.in_flight == 0 && *is_ready).then_some(*number)
    }
}

fn name_of(message: &Message) -> &str {
    message.content.group.as_deref().unwrap_or_default()
}

fn is_in_flight(message: &Message) -> bool {
    matches!(message.state, State::InFlight { .. })
}

impl Fifo {
    pub(super) fn put(&mut self, message: &Message) {
        let name = name_of(message);
        if !self.groups.contains_key(name) {
            self.groups.insert(name.into(), Group::default());
        }
        let group = self.groups.get_mut(name).expect("it was put there if it was not");
        group.messages.insert(message.number, message.state == State::Ready);
        group.in_flight += usize::from(is_in_flight(message));
        self.sort_in(name);
    }

    pub(super) fn take(&mut self, message: &Message) {
        let name = name_of(message);
        let Some(group) = self.groups.get_mut(name) else { return };
        group.messages.remove(&message.number);
        group.in_flight -= usize::from(is_in_flight(message));
        self.sort_in(name);
    }

    /// Puts a group where it belongs among the open ones; an empty one goes.
    fn sort_in(&mut self, name: &str) {
        let Some((name, group)) = self.groups.get_key_value(name) else { return };
        let (first, was, name) = (group.first(), group.open_at, name.clone());
        let is_empty = group.messages.is_empty();
        if first != was {
            if let Some(was) = was {
                self.open.remove(&was);
            }
            if let Some(first) = first {
                self.open.insert(first, name.clone());
            }
        }
        if is_empty {
            self.groups.remove(&name);
        } else if let Some(group) = self.groups.get_mut(&name) {
            group.open_at = first;
        }
    }

    /// As many as there are of one group, then those of the next.
    pub(super) fn receivable(&self) -> impl Iterator<Item = u64> {
        let of_group = |name| {
            let group: Option<&Group> = self.groups.get(name);
            let messages = group.into_iter().flat_map(|group| &group.messages);
            messages.take_while(|(_, is_ready)| **is_ready).map(|(number, _)| *number)
        };
        self.open.values().flat_map(of_group)
    }
}

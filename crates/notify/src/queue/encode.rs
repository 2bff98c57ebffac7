//! Events as bytes: `docs/format/queues.md` says how.

use std::collections::BTreeMap;
use std::convert::Infallible;

use minicbor::Encoder;
use minicbor::encode::Error;
use nepho_model::Timestamp;

use super::event::{Definition, Event};
use super::message::{Content, Message, State};
use super::message_attribute::AttributeValue;
use super::name::QueueArn;

type Outcome = Result<(), Error<Infallible>>;

/// What there is to say about the kinds of events.
pub(super) mod kind {
    pub(crate) const NEXT: u8 = 0;
    pub(crate) const DEFINE: u8 = 1;
    pub(crate) const REMOVE: u8 = 2;
    pub(crate) const REMOVED: u8 = 3;
    pub(crate) const PUT: u8 = 4;
    pub(crate) const RECEIVE: u8 = 5;
    pub(crate) const HIDE: u8 = 6;
    pub(crate) const DELETE: u8 = 7;
    pub(crate) const PURGE: u8 = 8;
    pub(crate) const HANDED_OVER: u8 = 9;
    pub(crate) const SETTLED: u8 = 10;
}

/// The states of a message.
pub(super) mod state {
    pub(crate) const READY: u8 = 0;
    pub(crate) const DELAYED: u8 = 1;
    pub(crate) const IN_FLIGHT: u8 = 2;
}

/// Writes events as one entry.
pub fn encode(events: &[Event]) -> Vec<u8> {
    let mut out = Out(Encoder::new(Vec::new()));
    events.iter().try_for_each(|event| out.event(event)).expect("memory takes every byte");
    out.0.into_writer()
}

struct Out(Encoder<Vec<u8>>);

impl Out {
    fn event(&mut self, event: &Event) -> Outcome {
        match event {
            Event::Next { queue, number } => {
                self.begin(kind::NEXT, 2)?;
                self.0.u64(*queue)?.u64(*number)?;
            }
            Event::Define(definition) => self.definition(definition)?,
            Event::Remove { queue, at } => {
                self.begin(kind::REMOVE, 2)?;
                self.0.u64(*queue)?;
                self.time(*at)?;
            }
            Event::Removed { arn, at } => {
                self.begin(kind::REMOVED, 4)?;
                self.arn(arn)?;
                self.time(*at)?;
            }
            Event::Put { queue, message, window } => {
                self.begin(kind::PUT, 3)?;
                self.0.u64(*queue)?;
                self.message(message)?;
                self.time_or_null(*window)?;
            }
            Event::Receive { queue, at, until, numbers, attempt } => {
                self.begin(kind::RECEIVE, 5)?;
                self.0.u64(*queue)?;
                self.time(*at)?;
                self.time(*until)?;
                self.numbers(numbers)?;
                self.text_or_null(attempt.as_deref())?;
            }
            Event::Hide { queue, number, until, attempt } => {
                self.begin(kind::HIDE, 4)?;
                self.0.u64(*queue)?.u64(*number)?;
                self.time(*until)?;
                self.text_or_null(attempt.as_deref())?;
            }
            Event::Delete { queue, numbers } => {
                self.begin(kind::DELETE, 2)?;
                self.0.u64(*queue)?;
                self.numbers(numbers)?;
            }
            Event::Purge { queue, at } => {
                self.begin(kind::PURGE, 2)?;
                self.0.u64(*queue)?;
                self.time(*at)?;
            }
            Event::HandedOver { queue, id } => {
                self.begin(kind::HANDED_OVER, 2)?;
                self.0.u64(*queue)?.bytes(id.as_bytes())?;
            }
            Event::Settled { queue, id } => {
                self.begin(kind::SETTLED, 2)?;
                self.0.u64(*queue)?.bytes(id.as_bytes())?;
            }
        }
        Ok(())
    }

    /// The array of an event with so many elements besides its kind.
    fn begin(&mut self, kind: u8, elements: u64) -> Outcome {
        self.0.array(elements + 1)?.u8(kind)?;
        Ok(())
    }

    fn definition(&mut self, definition: &Definition) -> Outcome {
        self.begin(kind::DEFINE, 9)?;
        self.0.u64(definition.id)?;
        self.arn(&definition.arn)?;
        self.map(&definition.attributes)?;
        self.map(&definition.tags)?;
        self.time(definition.created)?;
        self.time(definition.modified)?;
        self.time_or_null(definition.purged)
    }

    fn message(&mut self, message: &Message) -> Outcome {
        let Content { id, body, attributes, trace_header, sender, group, deduplication } = &*message.content;
        self.0.array(15)?.u64(message.number)?.bytes(id.as_bytes())?.str(body)?.array(attributes.len() as u64)?;
        for (name, attribute) in attributes {
            self.0.array(3)?.str(name)?.str(&attribute.data_type)?;
            match &attribute.value {
                AttributeValue::Text(text) => self.0.str(text)?,
                AttributeValue::Bytes(bytes) => self.0.bytes(bytes)?,
            };
        }
        self.text_or_null(trace_header.as_deref())?;
        self.0.str(sender)?;
        self.text_or_null(group.as_deref())?;
        self.text_or_null(deduplication.as_deref())?;
        self.time(message.sent)?;
        self.time(message.entered)?;
        self.text_or_null(message.source.as_deref())?;
        self.0.u32(message.receives_before)?.u32(message.receives)?;
        self.time_or_null(message.first_received)?;
        self.state(message.state)
    }

    fn state(&mut self, state: State) -> Outcome {
        match state {
            State::Ready => self.0.array(1)?.u8(state::READY)?,
            State::Delayed { until } => self.0.array(2)?.u8(state::DELAYED)?.i64(until.millis())?,
            State::InFlight { since, until } => {
                self.0.array(3)?.u8(state::IN_FLIGHT)?.i64(since.millis())?.i64(until.millis())?
            }
        };
        Ok(())
    }

    fn arn(&mut self, arn: &QueueArn) -> Outcome {
        self.0.str(&arn.scope.account)?.str(&arn.scope.region)?.str(arn.name.as_str())?;
        Ok(())
    }

    fn map(&mut self, map: &BTreeMap<String, String>) -> Outcome {
        self.0.map(map.len() as u64)?;
        for (key, value) in map {
            self.0.str(key)?.str(value)?;
        }
        Ok(())
    }

    fn numbers(&mut self, numbers: &[u64]) -> Outcome {
        self.0.array(numbers.len() as u64)?;
        numbers.iter().try_for_each(|number| self.0.u64(*number).map(drop))
    }

    fn time(&mut self, time: Timestamp) -> Outcome {
        self.0.i64(time.millis())?;
        Ok(())
    }

    fn time_or_null(&mut self, time: Option<Timestamp>) -> Outcome {
        match time {
            Some(time) => self.time(time),
            None => self.0.null().map(drop),
        }
    }

    fn text_or_null(&mut self, text: Option<&str>) -> Outcome {
        match text {
            Some(text) => self.0.str(text).map(drop),
            None => self.0.null().map(drop),
        }
    }
}

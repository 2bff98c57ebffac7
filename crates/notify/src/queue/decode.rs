//! Events from bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use minicbor::Decoder;
use minicbor::data::Type;
use minicbor::decode::Error;
use nepho_model::{Scope, Timestamp};
use uuid::Uuid;

use super::encode::{kind, state};
use super::event::{Definition, Event};
use super::message::{Content, Message, State};
use super::message_attribute::{AttributeValue, MessageAttribute};
use super::name::{QueueArn, QueueName};

/// Reads the events of an entry.
///
/// # Errors
///
/// The bytes are not those of events.
pub fn decode(entry: &[u8]) -> Result<Vec<Event>, String> {
    let mut reader = In(Decoder::new(entry));
    let mut events = Vec::new();
    while reader.0.position() < entry.len() {
        events.push(reader.event().map_err(|error| error.to_string())?);
    }
    Ok(events)
}

struct In<'a>(Decoder<'a>);

impl<'a> In<'a> {
    fn event(&mut self) -> Result<Event, Error> {
        let elements = self.elements()?;
        let kind = self.0.u8()?;
        let (event, expected) = match kind {
            kind::NEXT => (Event::Next { queue: self.0.u64()?, number: self.0.u64()? }, 3),
            kind::DEFINE => (Event::Define(self.definition()?), 10),
            kind::REMOVE => (Event::Remove { queue: self.0.u64()?, at: self.time()? }, 3),
            kind::REMOVED => (Event::Removed { arn: self.arn()?, at: self.time()? }, 5),
            kind::PUT => {
                (Event::Put { queue: self.0.u64()?, message: self.message()?, window: self.or_null(Self::time)? }, 4)
            }
            kind::RECEIVE => {
                let (queue, at, until) = (self.0.u64()?, self.time()?, self.time()?);
                (Event::Receive { queue, at, until, numbers: self.numbers()?, attempt: self.or_null(Self::text)? }, 6)
            }
            kind::HIDE => {
                let (queue, number, until) = (self.0.u64()?, self.0.u64()?, self.time()?);
                (Event::Hide { queue, number, until, attempt: self.or_null(Self::text)? }, 5)
            }
            kind::DELETE => (Event::Delete { queue: self.0.u64()?, numbers: self.numbers()? }, 3),
            kind::PURGE => (Event::Purge { queue: self.0.u64()?, at: self.time()? }, 3),
            kind::HANDED_OVER => (Event::HandedOver { queue: self.0.u64()?, id: self.id()? }, 3),
            kind::SETTLED => (Event::Settled { queue: self.0.u64()?, id: self.id()? }, 3),
            kind => return Err(Error::message(format!("no event is of kind {kind}"))),
        };
        match elements == expected {
            true => Ok(event),
            false => Err(Error::message(format!("an event of kind {kind} has {elements} elements, not {expected}"))),
        }
    }

    fn definition(&mut self) -> Result<Definition, Error> {
        Ok(Definition {
            id: self.0.u64()?,
            arn: self.arn()?,
            attributes: self.map()?,
            tags: self.map()?,
            created: self.time()?,
            modified: self.time()?,
            purged: self.or_null(Self::time)?,
        })
    }

    fn message(&mut self) -> Result<Message, Error> {
        if self.elements()? != 15 {
            return Err(Error::message("a message has 15 elements"));
        }
        let (number, id) = (self.0.u64()?, self.id()?);
        let content = Content {
            id,
            body: self.text()?,
            attributes: self.attributes()?,
            trace_header: self.or_null(Self::text)?,
            sender: self.text()?,
            group: self.or_null(Self::text)?,
            deduplication: self.or_null(Self::text)?,
        };
        Ok(Message {
            number,
            content: Arc::new(content),
            sent: self.time()?,
            entered: self.time()?,
            source: self.or_null(Self::text)?.map(Arc::from),
            receives_before: self.0.u32()?,
            receives: self.0.u32()?,
            first_received: self.or_null(Self::time)?,
            state: self.state()?,
        })
    }

    fn attributes(&mut self) -> Result<Vec<(String, MessageAttribute)>, Error> {
        let mut attributes = Vec::new();
        for _ in 0..self.elements()? {
            if self.elements()? != 3 {
                return Err(Error::message("an attribute has 3 elements"));
            }
            let (name, data_type) = (self.text()?, self.text()?);
            let value = match self.0.datatype()? {
                Type::Bytes => AttributeValue::Bytes(self.0.bytes()?.to_vec()),
                _ => AttributeValue::Text(self.text()?),
            };
            attributes.push((name, MessageAttribute { data_type, value }));
        }
        Ok(attributes)
    }

    fn state(&mut self) -> Result<State, Error> {
        let elements = self.elements()?;
        match (elements, self.0.u8()?) {
            (1, state::READY) => Ok(State::Ready),
            (2, state::DELAYED) => Ok(State::Delayed { until: self.time()? }),
            (3, state::IN_FLIGHT) => Ok(State::InFlight { since: self.time()?, until: self.time()? }),
            (_, state) => Err(Error::message(format!("no message is in state {state} of {elements} elements"))),
        }
    }

    fn arn(&mut self) -> Result<QueueArn, Error> {
        let scope = Scope::new(self.text()?, self.text()?);
        let name = QueueName::new(self.0.str()?).map_err(|fault| Error::message(fault.to_string()))?;
        Ok(QueueArn { scope, name })
    }

    fn map(&mut self) -> Result<BTreeMap<String, String>, Error> {
        let pairs = self.0.map()?.ok_or_else(|| Error::message("a map says how long it is"))?;
        let mut map = BTreeMap::new();
        for _ in 0..pairs {
            map.insert(self.text()?, self.text()?);
        }
        Ok(map)
    }

    fn numbers(&mut self) -> Result<Vec<u64>, Error> {
        let mut numbers = Vec::new();
        for _ in 0..self.elements()? {
            numbers.push(self.0.u64()?);
        }
        Ok(numbers)
    }

    /// How many elements the array has that begins here.
    fn elements(&mut self) -> Result<u64, Error> {
        self.0.array()?.ok_or_else(|| Error::message("an array says how long it is"))
    }

    fn id(&mut self) -> Result<Uuid, Error> {
        Uuid::from_slice(self.0.bytes()?).map_err(|_| Error::message("the id of a message has 16 bytes"))
    }

    fn time(&mut self) -> Result<Timestamp, Error> {
        self.0.i64().map(Timestamp::from_millis)
    }

    fn text(&mut self) -> Result<String, Error> {
        self.0.str().map(str::to_owned)
    }

    fn or_null<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<Option<T>, Error> {
        match self.0.datatype()? {
            Type::Null => self.0.null().map(|()| None),
            _ => read(self).map(Some),
        }
    }
}

//! What all handles of a client share.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU8, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nepho_emf::MAX_DOCUMENT_BYTES;
use nepho_model::check_number;

use crate::account::{Cause, Ledger};
use crate::clock::Clock;
use crate::naming::Namespaces;
use crate::port::Property;
use crate::series::{Directory, Named, Registry, Series};
use crate::sink::Form;
use crate::unit_of_work::Lanes;
use crate::warnings::{Notice, Warnings};
use crate::worker::Signal;

/// The most properties that every document has.
const PROPERTIES_MAX: usize = 100;
/// The most bytes of their names and texts between them: a tenth of what a document may have, for each of which escaping
/// may take six.
const PROPERTIES_BYTES_MAX: usize = MAX_DOCUMENT_BYTES / 10;

/// The member of a document that EMF itself uses.
pub(crate) const RESERVED: &str = "_aws";
/// Why a number that is personal data is left out.
pub(crate) const ONLY_TEXT_IS_HASHED: &str = "personal data can be hashed as text only; it is left out";

/// Whether a client takes points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Gate {
    /// It does.
    Open,
    /// Not while its breaker is open, because it was told so.
    Refusing,
    /// Not any more.
    Closed,
    /// It never did: metrics are switched off.
    Off,
}

pub(crate) struct Core {
    gate: AtomicU8,
    pub(crate) clock: Clock,
    pub(crate) namespaces: Namespaces,
    pub(crate) directory: Directory,
    /// Series of units of work, for sinks that take no documents. Named without default dimensions: a unit's sets say
    /// which there are. Not mixed with the callers' own series, since another sink may get the units as documents.
    pub(crate) folded: Option<Directory>,
    /// Samples that are collected and have not left: of the callers' series, and of the folded ones.
    held: [AtomicU64; 2],
    pub(crate) lanes: Lanes,
    /// The largest document that every sink takes.
    pub(crate) document_bytes_max: usize,
    properties: Mutex<Properties>,
    /// Moves on when the properties change.
    properties_version: AtomicU64,
    pub(crate) warnings: Arc<Warnings>,
    /// What was dropped before it came to a sink.
    pub(crate) front: Arc<Ledger>,
    /// What was dropped on the way to sinks of documents, and could be with others.
    pub(crate) documents: Ledger,
    /// Held while samples go from cells and lanes to sinks, so that an account finds them in one place.
    passage: Mutex<()>,
    pub(crate) signal: Signal,
}

/// Properties of every document.
#[derive(Debug, Default)]
pub(crate) struct Properties {
    pub(crate) list: Vec<(Box<str>, OwnedProperty)>,
}

impl Properties {
    fn set(&mut self, name: &str, value: OwnedProperty) -> Result<(), String> {
        let others = self.list.iter().filter(|(known, _)| **known != *name);
        let bytes: usize = others.map(|(known, value)| known.len() + value.text_bytes()).sum();
        if bytes + name.len() + value.text_bytes() > PROPERTIES_BYTES_MAX {
            let bytes = bytes + name.len() + value.text_bytes();
            return Err(format!(
                "{bytes} bytes of properties of all documents exceed the limit of {PROPERTIES_BYTES_MAX}"
            ));
        }
        let count = self.list.len();
        match self.list.iter_mut().find(|(known, _)| **known == *name) {
            Some((_, known)) => *known = value,
            None if count < PROPERTIES_MAX => self.list.push((name.into(), value)),
            None => return Err(format!("{PROPERTIES_MAX} properties of all documents are the limit")),
        }
        Ok(())
    }
}

/// A [`Property`](crate::Property) that is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum OwnedProperty {
    Text(Box<str>),
    Number(f64),
    Integer(i64),
    Bool(bool),
}

impl OwnedProperty {
    pub(crate) fn as_property(&self) -> Property<'_> {
        match self {
            OwnedProperty::Text(text) => Property::Text(text),
            OwnedProperty::Number(number) => Property::Number(*number),
            OwnedProperty::Integer(number) => Property::Integer(*number),
            OwnedProperty::Bool(is) => Property::Bool(*is),
        }
    }

    fn text_bytes(&self) -> usize {
        if let OwnedProperty::Text(text) = self { text.len() } else { 0 }
    }
}

impl From<Property<'_>> for OwnedProperty {
    fn from(property: Property<'_>) -> Self {
        match property {
            Property::Text(text) => OwnedProperty::Text(text.into()),
            Property::Number(number) => OwnedProperty::Number(number),
            Property::Integer(number) => OwnedProperty::Integer(number),
            Property::Bool(is) => OwnedProperty::Bool(is),
        }
    }
}

impl Core {
    pub(crate) fn new(
        gate: Gate,
        clock: Clock,
        directory: Directory,
        folded: Option<Directory>,
        lanes: Lanes,
        document_bytes_max: usize,
    ) -> Self {
        Core {
            gate: AtomicU8::new(gate as u8),
            clock,
            namespaces: Namespaces::default(),
            folded,
            held: Default::default(),
            lanes,
            document_bytes_max,
            properties: Mutex::default(),
            properties_version: AtomicU64::new(0),
            warnings: Arc::clone(&directory.warnings),
            front: Arc::clone(&directory.front),
            documents: Ledger::default(),
            directory,
            passage: Mutex::default(),
            signal: Signal::default(),
        }
    }

    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        self.gate.load(Relaxed) == Gate::Open as u8
    }

    pub(crate) fn is(&self, gate: Gate) -> bool {
        self.gate.load(Acquire) == gate as u8
    }

    /// Changes the gate from one state to another, unless it is in a third.
    pub(crate) fn turn(&self, from: Gate, to: Gate) -> bool {
        self.gate.compare_exchange(from as u8, to as u8, Release, Relaxed).is_ok()
    }

    /// Counts what a gate that is not open turns away. Always `false`.
    #[cold]
    pub(crate) fn turn_away(&self, samples: u64) -> bool {
        if self.is(Gate::Refusing) {
            self.front.drop_at_once(Cause::BreakerOpen, samples);
        } else if self.is(Gate::Closed) {
            self.front.drop_at_once(Cause::Closed, samples);
        }
        false
    }

    /// Adds one to a series that is named at the call.
    #[inline]
    pub(crate) fn increment(&self, named: &Named<'_>) -> bool {
        if !self.is_open() {
            return self.turn_away(1);
        }
        self.directory.with(named, Series::increment).is_some()
    }

    /// Adds a sample to a series that is named at the call.
    #[inline]
    pub(crate) fn put(&self, named: &Named<'_>, value: f64) -> bool {
        if !self.is_open() {
            return self.turn_away(1);
        }
        let Some(value) = self.checked(value, named.name) else { return false };
        self.directory.with(named, |series| series.record(value)).is_some()
    }

    /// The value, if CloudWatch takes it. A value it does not take is dropped, counted and said.
    #[inline]
    pub(crate) fn checked(&self, value: f64, metric: &str) -> Option<f64> {
        self.checked_many(value, 1, metric)
    }

    /// As [`Core::checked`], for a value of `samples` samples.
    #[inline]
    pub(crate) fn checked_many(&self, value: f64, samples: u64, metric: &str) -> Option<f64> {
        match check_number(value) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.front.drop_at_once(Cause::InvalidValue, samples);
                self.warnings.dropped(Cause::InvalidValue, metric, format_args!("{fault}"));
                None
            }
        }
    }

    /// The account of what is dropped before it comes to a sink of this form, and cannot be with sinks of another.
    pub(crate) fn dropped_for(&self, form: Form) -> Option<&Ledger> {
        match form {
            Form::Documents => Some(&self.documents),
            Form::Datums => self.folded.as_ref().map(|folded| &*folded.front),
        }
    }

    pub(crate) fn registries(&self) -> impl Iterator<Item = &Registry> {
        std::iter::once(&self.directory).chain(&self.folded).map(|directory| &directory.registry)
    }

    /// Says how many samples of the callers' and of the folded series are collected and have not left.
    pub(crate) fn hold(&self, series: u64, folded: u64) {
        self.held[0].store(series, Release);
        self.held[1].store(folded, Release);
    }

    /// Samples on their way to sinks of a form. To be called in the passage.
    pub(crate) fn waiting(&self, form: Form) -> u64 {
        let mut waiting = self.lanes.waiting() + self.held[0].load(Acquire);
        self.directory.registry.for_each(|series| waiting += series.waiting());
        if let (Form::Datums, Some(folded)) = (form, &self.folded) {
            waiting += self.held[1].load(Acquire);
            folded.registry.for_each(|series| waiting += series.waiting());
        }
        waiting
    }

    pub(crate) fn passage(&self) -> MutexGuard<'_, ()> {
        self.passage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets a property of every document; whether it could be set.
    pub(crate) fn set_property(&self, name: &str, value: Property<'_>) -> bool {
        let told = self.property(name, value).and_then(|value| self.properties().set(name, value));
        match &told {
            Ok(()) => {
                self.properties_version.fetch_add(1, Release);
            }
            Err(why) => self.warnings.notice(Notice::PropertyLeftOut, name, format_args!("{why}")),
        }
        told.is_ok()
    }

    /// A property as it may leave the process.
    fn property(&self, name: &str, value: Property<'_>) -> Result<OwnedProperty, String> {
        let naming = &self.directory.naming;
        match value {
            _ if name.is_empty() || name == RESERVED => Err("a property cannot be called so".to_owned()),
            Property::Text(text) => Ok(OwnedProperty::Text(naming.value(name, text).into())),
            _ if naming.is_personal(name) => Err(ONLY_TEXT_IS_HASHED.to_owned()),
            Property::Number(number) if !number.is_finite() => Err(format!("its value {number} is not finite")),
            value => Ok(value.into()),
        }
    }

    pub(crate) fn properties_version(&self) -> u64 {
        self.properties_version.load(Acquire)
    }

    pub(crate) fn properties(&self) -> MutexGuard<'_, Properties> {
        self.properties.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names as callers gave them may be personal data, and are not shown.
impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").field("gate", &self.gate).finish_non_exhaustive()
    }
}

//! From what a caller says to what CloudWatch takes: default dimensions, the allow-list, personal data, legal names.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use nepho_model::{MAX_DIMENSIONS, Resolution, Unit};

use crate::mend;
use crate::personal::Personal;
use crate::series::{Identity, Key};
use crate::sink::MetricName;
use crate::warnings::{Notice, Warnings};

/// The value of each of a call's dimensions when a metric has too many series.
const OVERFLOW: &str = "other";

/// The namespaces a client has used, by number.
#[derive(Debug, Default)]
pub(crate) struct Namespaces(RwLock<Vec<Arc<str>>>);

impl Namespaces {
    /// The number of a namespace, which is mended if it has to be. When there are 65,536, further ones are the last.
    pub(crate) fn number(&self, name: &str, warnings: &Warnings) -> u16 {
        let name = mend::namespace(name, warnings);
        let mut namespaces = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = namespaces.iter().position(|known| **known == *name);
        let number = known.unwrap_or(namespaces.len()).min(usize::from(u16::MAX));
        if number == namespaces.len() {
            namespaces.push(name.into());
        }
        number as u16
    }

    /// The namespace of a number.
    pub(crate) fn name(&self, number: u16) -> Arc<str> {
        let namespaces = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&namespaces[usize::from(number)])
    }
}

/// The rules for names that a client was built with.
#[derive(Debug, Default, Clone)]
pub(crate) struct Naming {
    /// Dimensions that every series has.
    pub(crate) dimensions: Vec<(String, String)>,
    /// Dimensions that keep this value also in an overflow series, should a call name them.
    pub(crate) fixed: Vec<(String, String)>,
    pub(crate) allowed: Option<BTreeSet<String>>,
    pub(crate) personal: Option<Personal>,
}

impl Naming {
    /// The same with legal names. Default dimensions are always allowed: a call may have another value for them.
    pub(crate) fn mended(self, warnings: &Warnings) -> Self {
        let Naming { dimensions, fixed, allowed, personal } = self;
        let allowed = allowed.map(|allowed| {
            let names = allowed.iter().chain(dimensions.iter().map(|(name, _)| name));
            let mended = |name: &String| mend::dimension_name("allowed dimensions", name, warnings).into_owned();
            names.flat_map(|name| [name.clone(), mended(name)]).collect()
        });
        let mut mended =
            Naming { allowed, fixed, personal: personal.map(|it| it.mended(warnings)), ..Naming::default() };
        mended.dimensions =
            dimensions.iter().filter_map(|(name, value)| mended.default_dimension(name, value, warnings)).collect();
        mended
    }

    /// A default dimension with a legal name, and a legal value unless that will be hashed.
    fn default_dimension(&self, name: &str, value: &str, warnings: &Warnings) -> Option<(String, String)> {
        const METRIC: &str = "every metric";
        if self.is_personal(name) {
            return Some((mend::dimension_name(METRIC, name, warnings).into_owned(), value.to_owned()));
        }
        let (name, value) = mend::dimension(METRIC, name, value, warnings)?;
        Some((name.into_owned(), value.into_owned()))
    }

    /// For units of work, which say themselves which of the default dimensions there are.
    pub(crate) fn for_units(&self) -> Self {
        Naming { dimensions: Vec::new(), fixed: self.dimensions.clone(), ..self.clone() }
    }

    /// Whether a dimension is one; what is not stays a property where there is a place for it.
    pub(crate) fn is_allowed(&self, dimension: &str) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(dimension))
    }

    /// Whether the values of dimensions and properties of this name are personal data.
    pub(crate) fn is_personal(&self, name: &str) -> bool {
        self.personal.as_ref().is_some_and(|personal| personal.is_personal(name))
    }

    /// The value of a dimension or property as it may leave the process. There is nobody behind a blank one.
    pub(crate) fn value<'a>(&self, name: &str, value: &'a str) -> Cow<'a, str> {
        match &self.personal {
            Some(personal) if personal.is_personal(name) && !value.trim().is_empty() => personal.hash(value).into(),
            _ => value.into(),
        }
    }

    /// The series that `key` means; the overflow series has [`OVERFLOW`] for each value that the call gave.
    pub(crate) fn identity(&self, key: &Key<'_>, is_overflow: bool, warnings: &Warnings) -> Option<Identity> {
        let name = mend::metric_name(key.name, warnings)?;
        let mut dimensions = Dimensions::new(&name, warnings);
        for (dimension, value) in &self.dimensions {
            dimensions.set(dimension, &self.value(dimension, value));
        }
        for (dimension, value) in key.dimensions {
            if self.is_allowed(dimension) {
                let is_other = is_overflow && !self.is_fixed(dimension, value);
                let value = if is_other { OVERFLOW.into() } else { self.value(dimension, value) };
                dimensions.set(dimension, &value);
            }
        }
        let dimensions = dimensions.sorted();
        Some(Identity {
            namespace: key.scope.namespace,
            metric: Arc::new(MetricName { name: name.into(), dimensions }),
            unit: Unit::from_code(key.scope.unit).unwrap_or_default(),
            resolution: if key.scope.kind.is_high_resolution { Resolution::Second } else { Resolution::Minute },
            is_gauge: key.scope.kind.is_gauge,
        })
    }

    fn is_fixed(&self, dimension: &str, value: &str) -> bool {
        self.fixed.iter().any(|(name, fixed)| name == dimension && fixed == value)
    }
}

/// The dimensions of one metric, legal and each name once.
pub(crate) struct Dimensions<'a> {
    metric: &'a str,
    warnings: &'a Warnings,
    kept: Vec<(Box<str>, Box<str>)>,
}

impl<'a> Dimensions<'a> {
    pub(crate) fn new(metric: &'a str, warnings: &'a Warnings) -> Self {
        Dimensions { metric, warnings, kept: Vec::new() }
    }

    /// Adds a dimension; one of the same name gives way.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let Some((name, value)) = mend::dimension(self.metric, name, value, self.warnings) else { return };
        if let Some((_, kept)) = self.kept.iter_mut().find(|(kept, _)| **kept == *name) {
            *kept = value.into();
        } else if self.kept.len() < MAX_DIMENSIONS {
            self.kept.push((name.into(), value.into()));
        } else {
            let detail = format_args!("dimension {name:?} is left out: {MAX_DIMENSIONS} is the limit");
            self.warnings.notice(Notice::TooManyDimensions, self.metric, detail);
        }
    }

    fn sorted(mut self) -> Box<[(Box<str>, Box<str>)]> {
        self.kept.sort_unstable();
        self.kept.into()
    }
}

//! What a search asks: which metrics have what in their names.

mod phrase;
mod tokens;

pub use phrase::Phrase;
pub use tokens::{Token, Tokens, tokens, whole};

use crate::identity::MetricKey;
use crate::scope::Scope;

/// Which metrics are wanted, by what their names are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The namespace and dimension names; any when `None`.
    pub schema: Option<Schema>,
    /// What else has to hold.
    pub condition: Condition,
}

/// A namespace, and which dimensions metrics in it have to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    namespace: String,
    /// Sorted.
    dimensions: Option<Vec<String>>,
}

/// What has to hold for a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The metric has this.
    Term(Term),
    /// This does not hold.
    Not(Box<Condition>),
    /// All of these hold; always, when there are none.
    All(Vec<Condition>),
    /// One of these holds; never, when there are none.
    Any(Vec<Condition>),
}

/// What is looked for, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Where it has to be.
    pub place: Place,
    /// What has to be there.
    pub pattern: Pattern,
}

/// A part of a metric's identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The namespace, the metric name, the name of a dimension, or the value of one.
    Anywhere,
    /// The namespace.
    Namespace,
    /// The metric name.
    MetricName,
    /// The name of a dimension.
    DimensionName,
    /// The value of the dimension with this name.
    Dimension(String),
    /// The account that the metric is in.
    Account,
}

/// What a name is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// It is this text.
    Exact(String),
    /// It has this phrase.
    Phrase(Phrase),
}

impl Search {
    /// A search for metrics of any schema.
    pub fn new(condition: Condition) -> Self {
        Search { schema: None, condition }
    }

    /// Whether a metric of this scope is wanted. This is what a search means; an index answers the same.
    pub fn matches(&self, scope: &Scope, key: MetricKey<'_>) -> bool {
        self.schema.as_ref().is_none_or(|schema| schema.matches(key)) && self.condition.matches(scope, key)
    }
}

impl Schema {
    /// Metrics of a namespace, with whatever dimensions.
    pub fn of_namespace(namespace: impl Into<String>) -> Self {
        Schema { namespace: namespace.into(), dimensions: None }
    }

    /// Metrics of a namespace that have dimensions of exactly these names, in whatever order; without names, metrics
    /// that have no dimensions.
    pub fn exact(namespace: impl Into<String>, mut dimensions: Vec<String>) -> Self {
        dimensions.sort_unstable();
        dimensions.dedup();
        Schema { namespace: namespace.into(), dimensions: Some(dimensions) }
    }

    /// The namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The names of the dimensions, sorted; `None` when any will do.
    pub fn dimensions(&self) -> Option<&[String]> {
        self.dimensions.as_deref()
    }

    /// Whether a metric is of this schema.
    pub fn matches(&self, key: MetricKey<'_>) -> bool {
        key.namespace() == self.namespace
            && self.dimensions.as_ref().is_none_or(|names| key.dimensions().map(|(name, _)| name).eq(names.iter()))
    }
}

impl Condition {
    /// What always holds.
    pub const ALWAYS: Condition = Condition::All(Vec::new());

    /// Whether it holds for a metric of this scope.
    pub fn matches(&self, scope: &Scope, key: MetricKey<'_>) -> bool {
        match self {
            Condition::Term(term) => term.matches(scope, key),
            Condition::Not(one) => !one.matches(scope, key),
            Condition::All(all) => all.iter().all(|one| one.matches(scope, key)),
            Condition::Any(any) => any.iter().any(|one| one.matches(scope, key)),
        }
    }
}

impl Term {
    fn matches(&self, scope: &Scope, key: MetricKey<'_>) -> bool {
        let is = |name: &str| self.pattern.matches(name);
        match &self.place {
            Place::Anywhere => key.parts().any(is),
            Place::Namespace => is(key.namespace()),
            Place::MetricName => is(key.name()),
            Place::DimensionName => key.dimensions().any(|(name, _)| is(name)),
            Place::Dimension(wanted) => key.dimensions().any(|(name, value)| name == wanted && is(value)),
            Place::Account => is(&scope.account),
        }
    }
}

impl Pattern {
    /// Whether a name is or has this.
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Pattern::Exact(text) => name == text,
            Pattern::Phrase(phrase) => phrase.matches(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Metric;

    fn exact(place: Place, text: &str) -> Condition {
        Condition::Term(Term { place, pattern: Pattern::Exact(text.to_owned()) })
    }

    fn phrase(place: Place, text: &str) -> Condition {
        Condition::Term(Term { place, pattern: Pattern::Phrase(Phrase::parse(text).unwrap()) })
    }

    #[test]
    fn terms_look_where_they_are_told_to() {
        let scope = Scope::new("111122223333", "us-east-1");
        let metric = Metric::new("AWS/EC2", "CPUUtilization", &[("InstanceType", "t2.micro"), ("Zone", "a")]).unwrap();
        let anywhere = || Place::Anywhere;
        let zone = || Place::Dimension("Zone".to_owned());
        let cases = [
            (phrase(anywhere(), "utilization"), true),
            (phrase(anywhere(), "instance"), true),
            (phrase(anywhere(), "micro"), true),
            (phrase(anywhere(), "aws"), true),
            (phrase(anywhere(), "nano"), false),
            (exact(anywhere(), "a"), true),
            (exact(anywhere(), "Zone"), true),
            (exact(anywhere(), "zone"), false),
            (exact(Place::Namespace, "AWS/EC2"), true),
            (exact(Place::Namespace, "CPUUtilization"), false),
            (exact(Place::MetricName, "CPUUtilization"), true),
            (phrase(Place::MetricName, "CPU"), true),
            (phrase(Place::MetricName, "micro"), false),
            (exact(Place::DimensionName, "Zone"), true),
            (exact(Place::DimensionName, "a"), false),
            (exact(zone(), "a"), true),
            (exact(zone(), "t2.micro"), false),
            (phrase(zone(), "A"), true),
            (exact(Place::Account, "111122223333"), true),
            (exact(Place::Account, "111122223334"), false),
            (Condition::Not(Box::new(exact(zone(), "a"))), false),
            (Condition::Not(Box::new(exact(zone(), "b"))), true),
            (Condition::ALWAYS, true),
            (Condition::Any(Vec::new()), false),
            (Condition::All(vec![exact(zone(), "a"), exact(zone(), "b")]), false),
            (Condition::Any(vec![exact(zone(), "a"), exact(zone(), "b")]), true),
        ];
        for (condition, expected) in cases {
            assert_eq!(Search::new(condition.clone()).matches(&scope, metric.key()), expected, "{condition:?}");
        }
    }

    #[test]
    fn a_schema_is_a_namespace_and_all_dimension_names() {
        let two = Metric::new("Shop", "Orders", &[("Host", "a"), ("Zone", "b")]).unwrap();
        let none = Metric::new("Shop", "Orders", &[]).unwrap();
        let exact = |names: &[&str]| Schema::exact("Shop", names.iter().map(|name| (*name).to_owned()).collect());
        // schema, of the metric with two dimensions, of the one without
        let cases = [
            (Schema::of_namespace("Shop"), true, true),
            (Schema::of_namespace("Sho"), false, false),
            (exact(&["Host", "Zone"]), true, false),
            (exact(&["Zone", "Host", "Zone"]), true, false),
            (exact(&["Host"]), false, false),
            (exact(&["Host", "Zone", "Rack"]), false, false),
            (exact(&[]), false, true),
        ];
        for (schema, of_two, of_none) in cases {
            assert_eq!((schema.matches(two.key()), schema.matches(none.key())), (of_two, of_none), "{schema:?}");
        }
    }
}

//! What a condition costs to answer by names.

use nepho_model::Scope;
use nepho_model::search::{Condition, Pattern, Place};

use super::words::Words;
use crate::embedded::index::Term;

/// Comparing a pattern with all names of a metric takes about as long as comparing it with so many names one by one.
const NAMES_PER_METRIC: usize = 4;

/// A condition with what is known of the names that it is about.
pub(super) struct Step<'a> {
    pub(super) condition: &'a Condition,
    pub(super) kind: Kind<'a>,
    /// How many names it compares with patterns.
    cost: usize,
}

pub(super) enum Kind<'a> {
    /// Holds for all metrics or for none.
    Settled(bool),
    /// Holds for metrics with this very name.
    Known(Term<'a>),
    /// Holds for metrics with names that match.
    Names(&'a nepho_model::search::Term),
    Not(Box<Step<'a>>),
    /// The cheapest first.
    All(Vec<Step<'a>>),
    /// The cheapest first.
    Any(Vec<Step<'a>>),
}

impl<'a> Step<'a> {
    /// What has to be done for a condition.
    pub(super) fn of(condition: &'a Condition, scope: &Scope, words: &Words) -> Self {
        let steps = |list: &'a [Condition]| {
            let mut steps: Vec<_> = list.iter().map(|one| Step::of(one, scope, words)).collect();
            steps.sort_by_key(|step| step.cost);
            steps
        };
        let kind = match condition {
            Condition::All(all) => Kind::All(steps(all)),
            Condition::Any(any) => Kind::Any(steps(any)),
            Condition::Not(one) => Kind::Not(Box::new(Step::of(one, scope, words))),
            Condition::Term(term) => match (&term.place, &term.pattern) {
                (Place::Account, pattern) => Kind::Settled(pattern.matches(&scope.account)),
                (Place::Namespace, Pattern::Exact(text)) => Kind::Known(Term::Namespace(text)),
                (Place::MetricName, Pattern::Exact(text)) => Kind::Known(Term::Name(text)),
                (Place::DimensionName, Pattern::Exact(text)) => Kind::Known(Term::Dimension(text)),
                (Place::Dimension(name), Pattern::Exact(text)) => Kind::Known(Term::DimensionValue(name, text)),
                _ => Kind::Names(term),
            },
        };
        let cost = match &kind {
            Kind::Settled(_) => 0,
            Kind::Known(_) => 1,
            Kind::Names(term) => words.candidates(&term.pattern).count(),
            Kind::Not(one) => one.cost,
            Kind::All(steps) | Kind::Any(steps) => steps.iter().map(|step| step.cost).sum(),
        };
        Step { condition, kind, cost }
    }

    /// Whether it takes no comparison: the metrics are on a list.
    pub(super) fn is_known(&self) -> bool {
        matches!(self.kind, Kind::Settled(_) | Kind::Known(_))
    }

    /// Whether trying the condition on so many metrics takes no longer than going by names.
    pub(super) fn is_direct(&self, metrics: usize) -> bool {
        metrics.saturating_mul(comparisons(self.condition)) <= self.cost
    }
}

/// How many comparisons it takes to try a condition on a metric.
pub(super) fn comparisons(condition: &Condition) -> usize {
    match condition {
        Condition::Term(_) => NAMES_PER_METRIC,
        Condition::Not(one) => comparisons(one),
        Condition::All(list) | Condition::Any(list) => list.iter().map(comparisons).sum(),
    }
}

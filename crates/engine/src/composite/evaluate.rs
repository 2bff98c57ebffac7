//! What a rule comes to, and which of its alarms decide it.

use nepho_model::AlarmState;

use super::reference::AlarmRef;
use super::rule::{AlarmRule, AtLeast, Expression, Threshold};

/// What a rule comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation<'a> {
    /// ALARM where the rule is true, OK where it is false.
    pub state: AlarmState,
    /// The alarms that make it so, in the order of the rule: of an AND that is true and of an OR that is false all
    /// operands count, of the others those that decide.
    pub deciding: Vec<&'a AlarmRef>,
}

/// The states of alarms, by name; `None` for one that does not exist, which is in no state.
type States<'s> = &'s dyn Fn(&str) -> Option<AlarmState>;

impl AlarmRule {
    /// What the rule comes to when the alarms are in these states.
    ///
    /// An alarm that does not exist is in no state: `OK(gone)` is false, `NOT OK(gone)` is true.
    pub fn evaluate(&self, states: States<'_>) -> Evaluation<'_> {
        let (value, mut deciding) = decide(self.expression(), states);
        let mut seen = std::collections::HashSet::new();
        deciding.retain(|alarm| seen.insert(alarm.name()));
        Evaluation { state: if value { AlarmState::Alarm } else { AlarmState::Ok }, deciding }
    }
}

fn decide<'a>(expression: &'a Expression, states: States<'_>) -> (bool, Vec<&'a AlarmRef>) {
    match expression {
        Expression::Constant(value) => (*value, Vec::new()),
        Expression::InState(state, alarm) => (states(alarm.name()) == Some(*state), vec![alarm]),
        Expression::AtLeast(at_least) => at_least.decide(states),
        Expression::Not(one) => {
            let (value, deciding) = decide(one, states);
            (!value, deciding)
        }
        Expression::All(all) => decide_several(all, false, states),
        Expression::Any(any) => decide_several(any, true, states),
    }
}

/// One operand of the value `decisive` is enough for the whole to have that value.
fn decide_several<'a>(several: &'a [Expression], decisive: bool, states: States<'_>) -> (bool, Vec<&'a AlarmRef>) {
    let decided: Vec<_> = several.iter().map(|one| decide(one, states)).collect();
    let value = if decided.iter().any(|(value, _)| *value == decisive) { decisive } else { !decisive };
    (value, decided.into_iter().filter(|(one, _)| *one == value).flat_map(|(_, deciding)| deciding).collect())
}

impl AtLeast {
    fn decide(&self, states: States<'_>) -> (bool, Vec<&AlarmRef>) {
        let alarms = self.distinct();
        let listed = alarms.len();
        let (matching, others): (Vec<_>, Vec<_>) =
            alarms.into_iter().partition(|alarm| (states(alarm.name()) == Some(self.state)) != self.is_negated);
        let value = match self.threshold {
            Threshold::Count(count) => matching.len() >= count as usize,
            Threshold::Percent(percent) => matching.len() * 100 >= listed * percent as usize,
        };
        (value, if value { matching } else { others })
    }
}

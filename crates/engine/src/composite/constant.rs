//! Rules that do not depend on their alarms.

use std::collections::HashMap;

use nepho_model::AlarmState;

use super::rule::{AlarmRule, AtLeast, Expression, Threshold};

/// The most assignments that are looked at to find out about one rule. What needs more is taken to depend on its alarms.
const TRIED_MAX: usize = 20_000;

/// A part of a rule that comes to the same whatever its alarms do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConstantPart<'a> {
    /// The part.
    pub expression: &'a Expression,
    /// What it always comes to.
    pub value: bool,
    /// Whether it is the whole rule.
    pub is_whole: bool,
}

impl AlarmRule {
    /// The parts that contradict themselves or are always true, the largest ones only; not those that are TRUE or FALSE in
    /// so many words.
    pub fn constant_parts(&self) -> Vec<ConstantPart<'_>> {
        let (mut parts, mut tried) = (Vec::new(), 0);
        gather(self.expression(), true, &mut tried, &mut parts);
        parts
    }
}

fn gather<'a>(expression: &'a Expression, is_whole: bool, tried: &mut usize, parts: &mut Vec<ConstantPart<'a>>) {
    let operands: &[Expression] = match expression {
        Expression::Constant(_) | Expression::InState(..) => return,
        Expression::AtLeast(_) => &[],
        Expression::Not(one) => std::slice::from_ref(one),
        Expression::All(several) | Expression::Any(several) => several,
    };
    match constant(expression, tried) {
        Some(value) => parts.push(ConstantPart { expression, value, is_whole }),
        None => operands.iter().for_each(|operand| gather(operand, false, tried, parts)),
    }
}

type States<'a> = HashMap<&'a str, AlarmState>;

/// What an expression comes to in every state of its alarms, if it is always the same.
fn constant(expression: &Expression, tried: &mut usize) -> Option<bool> {
    let mut alarms: Vec<&str> = Vec::new();
    for alarm in expression.alarms() {
        if !alarms.contains(&alarm.name()) {
            alarms.push(alarm.name());
        }
    }
    let can_be = |wanted: bool, tried: &mut usize| reaches(expression, wanted, &alarms, &mut States::new(), tried);
    match (can_be(true, tried)?, can_be(false, tried)?) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// Whether some states of the alarms that have none yet lead to a value; `None` when that takes too long to find out.
fn reaches<'a>(
    expression: &Expression,
    wanted: bool,
    open: &[&'a str],
    states: &mut States<'a>,
    tried: &mut usize,
) -> Option<bool> {
    *tried += 1;
    if *tried > TRIED_MAX {
        return None;
    }
    if let Some(value) = known(expression, states) {
        return Some(value == wanted);
    }
    let (alarm, rest) = open.split_first()?;
    let mut is_reached = Some(false);
    for state in [AlarmState::Alarm, AlarmState::Ok, AlarmState::InsufficientData] {
        states.insert(alarm, state);
        is_reached = reaches(expression, wanted, rest, states, tried);
        if is_reached != Some(false) {
            break;
        }
    }
    states.remove(alarm);
    is_reached
}

/// What an expression comes to by the states that are known.
fn known(expression: &Expression, states: &States<'_>) -> Option<bool> {
    match expression {
        Expression::Constant(value) => Some(*value),
        Expression::InState(state, alarm) => states.get(alarm.name()).map(|is| is == state),
        Expression::AtLeast(at_least) => known_at_least(at_least, states),
        Expression::Not(one) => known(one, states).map(|value| !value),
        Expression::All(all) => known_several(all, false, states),
        Expression::Any(any) => known_several(any, true, states),
    }
}

/// One operand of the value `decisive` is enough for the whole to have that value.
fn known_several(several: &[Expression], decisive: bool, states: &States<'_>) -> Option<bool> {
    let mut is_open = false;
    for one in several {
        match known(one, states) {
            Some(value) if value == decisive => return Some(decisive),
            Some(_) => {}
            None => is_open = true,
        }
    }
    (!is_open).then_some(!decisive)
}

fn known_at_least(at_least: &AtLeast, states: &States<'_>) -> Option<bool> {
    let alarms = at_least.distinct();
    let matching = |alarm: &str| states.get(alarm).map(|is| (*is == at_least.state) != at_least.is_negated);
    let sure = alarms.iter().filter(|alarm| matching(alarm.name()) == Some(true)).count();
    let open = alarms.iter().filter(|alarm| matching(alarm.name()).is_none()).count();
    let is_enough = |matching: usize| match at_least.threshold {
        Threshold::Count(count) => matching >= count as usize,
        Threshold::Percent(percent) => matching * 100 >= alarms.len() * percent as usize,
    };
    match (is_enough(sure), is_enough(sure + open)) {
        (true, _) => Some(true),
        (_, false) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The constant parts of a rule, a line each: what it always comes to, and the part.
    #[track_caller]
    fn check(rule: &str, expected: &str) {
        let parsed = AlarmRule::parse(rule).unwrap();
        let line = |part: &ConstantPart<'_>| {
            let whole = if part.is_whole { "whole" } else { "part" };
            format!("{whole} {}: {}", part.value, part.expression)
        };
        let found: Vec<_> = parsed.constant_parts().iter().map(line).collect();
        assert_eq!(found.join("; "), expected, "{rule}");
    }

    #[test]
    fn contradictions_and_tautologies_are_found() {
        for rule in [
            "ALARM(x)",
            "TRUE",
            "FALSE",
            "NOT ALARM(x)",
            "ALARM(x) OR OK(x)",
            "ALARM(x) AND NOT OK(x)",
            "(ALARM(a) AND NOT ALARM(b)) OR (ALARM(b) AND NOT ALARM(a))",
            "AT_LEAST(1, ALARM, (a, b)) AND NOT ALARM(a)",
        ] {
            check(rule, "");
        }
        let never = [
            "ALARM(x) AND NOT ALARM(x)",
            "OK(x) AND ALARM(x)",
            "AT_LEAST(2, ALARM, (a, b)) AND OK(b)",
            "ALARM(y) AND (OK(x) AND NOT (OK(x) OR ALARM(z)))",
        ];
        for rule in never {
            let expected = format!("whole false: {}", AlarmRule::parse(rule).unwrap());
            check(rule, &expected);
        }
        check("ALARM(x) OR NOT ALARM(x)", "whole true: ALARM(x) OR NOT ALARM(x)");
        check("ALARM(x) OR OK(x) OR INSUFFICIENT_DATA(x)", "whole true: ALARM(x) OR OK(x) OR INSUFFICIENT_DATA(x)");
        check("ALARM(a) OR (OK(x) AND ALARM(x))", "part false: OK(x) AND ALARM(x)");
        check("ALARM(a) AND NOT (OK(x) AND ALARM(x))", "part true: NOT (OK(x) AND ALARM(x))");
    }

    #[test]
    fn what_takes_too_long_is_left_alone() {
        let both = |state: &str| {
            let words: Vec<_> = (0..40).map(|at| format!("(ALARM(a{at}) {state} ALARM(b{at}))")).collect();
            words.join(" AND ")
        };
        check(&both("OR"), "");
        // Whether it is half of many is known late.
        let half = format!("AT_LEAST(12, ALARM, ({}))", alarms(24));
        check(&format!("{half} AND NOT {half}"), "");
    }

    fn alarms(count: usize) -> String {
        (0..count).map(|at| format!("c{at}")).collect::<Vec<_>>().join(", ")
    }
}

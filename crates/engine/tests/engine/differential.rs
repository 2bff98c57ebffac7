//! The engine against the plain evaluator of `naive`: random expressions over random series with gaps.

use std::collections::BTreeMap;

use nepho_engine::{DataAnswer, ScanBy, StatusCode};
use proptest::prelude::*;
use proptest::sample::select;

use crate::naive::{Points, Tree, Value, World};
use crate::text::{NOON, answer, request};

/// How many periods the range has.
const PERIODS: i64 = 9;
/// How deep a random expression is.
const DEPTH: u32 = 4;

const ARITHMETIC: [&str; 5] = ["+", "-", "*", "/", "^"];
const OPERATORS: [&str; 15] = ["+", "-", "*", "/", "^", "==", "!=", "<", ">", "<=", ">=", "AND", "&&", "OR", "||"];
/// Without STDDEV, whose rounding depends on how it is computed, and would flip a comparison now and then.
const AGGREGATES: [&str; 5] = ["AVG", "SUM", "MIN", "MAX", "DATAPOINT_COUNT"];
const EACH: [&str; 9] = ["ABS", "CEIL", "FLOOR", "LOG", "LOG10", "DIFF", "DIFF_TIME", "RATE", "RUNNING_SUM"];
const CALENDAR: [&str; 4] = ["MINUTE", "HOUR", "DAY", "EPOCH"];

fn number() -> BoxedStrategy<Tree> {
    select(vec![0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 10.0, 100.0, 1e-36]).prop_map(Tree::Number).boxed()
}

fn binary(
    operators: &'static [&'static str],
    left: BoxedStrategy<Tree>,
    right: BoxedStrategy<Tree>,
) -> BoxedStrategy<Tree> {
    let tree = |(operator, left, right)| Tree::Binary(operator, Box::new(left), Box::new(right));
    (select(operators), left, right).prop_map(tree).boxed()
}

fn call(names: &'static [&'static str], arguments: Vec<BoxedStrategy<Tree>>) -> BoxedStrategy<Tree> {
    (select(names), arguments).prop_map(|(name, arguments)| Tree::Call(name, arguments)).boxed()
}

fn word(words: &'static [&'static str]) -> BoxedStrategy<Tree> {
    select(words).prop_map(Tree::Word).boxed()
}

fn negated(inner: BoxedStrategy<Tree>) -> BoxedStrategy<Tree> {
    inner.prop_map(|inner| Tree::Negate(Box::new(inner))).boxed()
}

fn scalar(depth: u32) -> BoxedStrategy<Tree> {
    if depth == 0 {
        return number();
    }
    let (inner, of_series) = (scalar(depth - 1), series(depth - 1));
    prop_oneof![
        3 => number(),
        1 => negated(inner.clone()),
        2 => binary(&OPERATORS, inner.clone(), inner),
        3 => call(&AGGREGATES, vec![of_series]),
        1 => call(&["METRIC_COUNT"], vec![array(depth - 1)]),
        1 => call(&["PERIOD"], vec![Just(Tree::Id("m1".to_owned())).boxed()]),
    ]
    .boxed()
}

fn series(depth: u32) -> BoxedStrategy<Tree> {
    let id = select(vec!["m1", "m2", "m3", "m4", "e1"]).prop_map(|id| Tree::Id(id.to_owned())).boxed();
    if depth == 0 {
        return id;
    }
    let (one, other) = (series(depth - 1), series(depth - 1));
    let (number, all) = (scalar(depth - 1), array(depth - 1));
    let either = prop_oneof![one.clone(), number.clone()].boxed();
    let filler = prop_oneof![number.clone(), word(&["REPEAT", "LINEAR"])].boxed();
    prop_oneof![
        2 => id,
        1 => negated(one.clone()),
        4 => binary(&OPERATORS, one.clone(), other.clone()),
        2 => binary(&OPERATORS, one.clone(), number.clone()),
        2 => binary(&OPERATORS, number.clone(), one.clone()),
        3 => call(&EACH, vec![one.clone()]),
        2 => call(&["FILL"], vec![one.clone(), filler]),
        2 => call(&["IF"], vec![one.clone(), either.clone(), either.clone()]),
        1 => call(&["IF"], vec![one.clone(), either]),
        1 => call(&["IF"], vec![number.clone(), one.clone(), other]),
        1 => call(&["IF"], vec![number.clone(), one.clone()]),
        3 => call(&AGGREGATES, vec![all.clone()]),
        2 => call(&["FIRST", "LAST"], vec![all]),
        1 => call(&CALENDAR, vec![one]),
        1 => call(&["TIME_SERIES"], vec![number]),
    ]
    .boxed()
}

fn array(depth: u32) -> BoxedStrategy<Tree> {
    let metrics =
        prop_oneof![Just(vec![]), select(vec!["m", "1", "x", "3"]).prop_map(|part| vec![Tree::Text(part.to_owned())])];
    let metrics = metrics.prop_map(|arguments| Tree::Call("METRICS", arguments)).boxed();
    if depth == 0 {
        return metrics;
    }
    let (all, one, number) = (array(depth - 1), series(depth - 1), scalar(depth - 1));
    let element = prop_oneof![3 => one.clone(), 1 => all.clone()];
    let filler = prop_oneof![number.clone(), one.clone(), word(&["REPEAT", "LINEAR"])].boxed();
    let (key, direction) = (word(&["AVG", "SUM", "MIN", "MAX"]), word(&["ASC", "DESC"]));
    prop_oneof![
        2 => metrics,
        3 => prop::collection::vec(element, 1..4).prop_map(Tree::Array),
        1 => negated(all.clone()),
        2 => binary(&ARITHMETIC, all.clone(), prop_oneof![number.clone(), one.clone()].boxed()),
        2 => binary(&ARITHMETIC, prop_oneof![number.clone(), one].boxed(), all.clone()),
        2 => call(&EACH, vec![all.clone()]),
        2 => call(&["FILL"], vec![all.clone(), filler]),
        1 => call(&["REMOVE_EMPTY"], vec![all.clone()]),
        1 => call(&["SLICE"], vec![all.clone(), number.clone()]),
        1 => call(&["SLICE"], vec![all.clone(), number.clone(), number.clone()]),
        1 => call(&["SORT"], vec![all.clone(), key.clone(), direction.clone()]),
        1 => call(&["SORT"], vec![all, key, direction, number]),
    ]
    .boxed()
}

/// Series with anything from no gaps to nothing but gaps.
fn points() -> impl Strategy<Value = Points> {
    let value = select(vec![-3.0, -1.0, -0.5, 0.0, 0.0, 1.0, 2.0, 7.0, 20.0, 1e300]);
    prop_oneof![
        3 => prop::collection::btree_map(0..PERIODS, value.clone(), 0..9),
        1 => prop::collection::vec(value, PERIODS as usize).prop_map(|all| (0..).zip(all).collect()),
    ]
}

/// The text of a tree, with as few parentheses as it needs. `tight` is how tightly what is around it binds.
fn written(tree: &Tree, tight: u8) -> String {
    let list = |all: &[Tree]| all.iter().map(|one| written(one, 0)).collect::<Vec<_>>().join(", ");
    let (text, own) = match tree {
        Tree::Number(number) => (number.to_string(), 9),
        Tree::Id(id) => (id.clone(), 9),
        Tree::Text(text) => (format!("'{text}'"), 9),
        Tree::Word(word) => ((*word).to_owned(), 9),
        Tree::Array(elements) => (format!("[{}]", list(elements)), 9),
        Tree::Call(name, arguments) => (format!("{name}({})", list(arguments)), 9),
        Tree::Negate(inner) => (format!("-{}", written(inner, 6)), 6),
        Tree::Binary(operator, left, right) => {
            let (own, left_tight, right_tight) = match *operator {
                "OR" | "||" => (1, 1, 2),
                "AND" | "&&" => (2, 2, 3),
                "+" | "-" => (4, 4, 5),
                "*" | "/" => (5, 5, 6),
                // A sign may stand behind it, and a power of a power is computed from the right.
                "^" => (7, 8, 6),
                _ => (3, 3, 4),
            };
            (format!("{} {operator} {}", written(left, left_tight), written(right, right_tight)), own)
        }
    };
    if own < tight { format!("({text})") } else { text }
}

/// What the engine and the plain evaluator make of `e1 = first`, hidden, and `e2 = second`.
fn both(first: &Tree, second: &Tree, metrics: &[Points]) -> (DataAnswer, Vec<Points>) {
    let ids: Vec<_> = (1..=metrics.len()).map(|at| format!("m{at}")).collect();
    let mut queries: Vec<_> = ids.iter().map(|id| format!("{id} 60 Sum Shop {id} hidden")).collect();
    queries.insert(1, format!("e2 = {}", written(second, 0)));
    queries.push(format!("e1 = {} ; hidden", written(first, 0)));
    let mut asked = request(&queries.join("\n"));
    asked.end = NOON.plus_seconds(PERIODS * 60);
    asked.scan_by = ScanBy::TimestampAscending;
    let line = |(id, points): (&String, &Points)| {
        let points: String = points.iter().map(|(at, value)| format!(" {at}={value}")).collect();
        format!("Shop {id} Count{points}")
    };
    let stored: Vec<_> = ids.iter().zip(metrics).map(line).collect();
    let values = ids.iter().cloned().zip(metrics.iter().cloned().map(Value::Series)).collect();
    let mut world = World { values, metrics: ids, periods: PERIODS, start: NOON.seconds(), period: 60 };
    let value = world.value(first);
    world.values.insert("e1".to_owned(), value);
    let expected = match world.value(second) {
        Value::Array(all) => all,
        Value::Series(points) => vec![points],
        other => panic!("{other:?} is no result"),
    };
    (answer(asked, &stored.join("\n")), expected)
}

fn check(first: &Tree, second: &Tree, metrics: &[Points], tolerance: f64) -> Result<(), TestCaseError> {
    let text = written(second, 0);
    prop_assume!(text.len() <= 2000 && written(first, 0).len() <= 2000);
    let (answer, expected) = both(first, second, metrics);
    prop_assert_eq!(answer.results.len(), expected.len(), "{}", text);
    for (result, expected) in answer.results.iter().zip(&expected) {
        prop_assert_eq!(result.status, StatusCode::Complete, "{}: {:?}", text, result.messages);
        let slot = |seconds: i64| (seconds - NOON.seconds()) / 60;
        let times = result.timestamps.iter().map(|time| slot(time.seconds()));
        let found: BTreeMap<_, _> = times.zip(result.values.iter().copied()).collect();
        let is_near = |(found, expected): (&f64, &f64)| (found - expected).abs() <= tolerance * expected.abs().max(1.0);
        let is_same = found.keys().eq(expected.keys()) && found.values().zip(expected.values()).all(is_near);
        prop_assert!(is_same, "{}\nfound    {:?}\nexpected {:?}", text, found, expected);
    }
    Ok(())
}

fn without_references(tree: BoxedStrategy<Tree>) -> BoxedStrategy<Tree> {
    tree.prop_map(replaced).boxed()
}

/// `e1` cannot refer to itself.
fn replaced(tree: Tree) -> Tree {
    let all = |trees: Vec<Tree>| trees.into_iter().map(replaced).collect();
    match tree {
        Tree::Id(id) if id == "e1" => Tree::Id("m1".to_owned()),
        Tree::Negate(inner) => Tree::Negate(Box::new(replaced(*inner))),
        Tree::Binary(operator, left, right) => {
            Tree::Binary(operator, Box::new(replaced(*left)), Box::new(replaced(*right)))
        }
        Tree::Array(elements) => Tree::Array(all(elements)),
        Tree::Call(name, arguments) => Tree::Call(name, all(arguments)),
        leaf => leaf,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn the_engine_computes_what_the_plain_evaluator_does(
        first in without_references(series(2)),
        second in prop_oneof![series(DEPTH), array(DEPTH)],
        metrics in prop::collection::vec(points(), 4),
    ) {
        check(&first, &second, &metrics, 0.0)?;
    }

    #[test]
    fn deviations_are_the_same_to_rounding(
        ids in prop::collection::vec(select(vec!["m1", "m2", "m3", "m4"]), 1..6),
        metrics in prop::collection::vec(prop::collection::btree_map(0..PERIODS, -9.0..9.0, 0..9), 4),
    ) {
        let id = |id: &str| Tree::Id(id.to_owned());
        let deviation = |inner| Tree::Call("STDDEV", vec![inner]);
        let of_one = Tree::Binary("-", Box::new(id("m1")), Box::new(deviation(id(ids[0]))));
        let across = deviation(Tree::Array(ids.iter().map(|one| id(one)).collect()));
        for tree in [of_one, across] {
            check(&id("m1"), &tree, &metrics, 1e-9)?;
        }
    }
}

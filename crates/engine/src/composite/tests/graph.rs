use super::*;
use crate::FaultCode;

/// A graph of lines `name: rule`.
fn graph(text: &str) -> AlarmGraph {
    let alarms: Vec<_> =
        text.lines().filter_map(|line| line.trim().split_once(": ")).map(|(name, rule)| alarm(name, rule)).collect();
    alarms.iter().collect()
}

#[track_caller]
fn check_cascade(text: &str, changed: &str, expected: &str) {
    let changed: Vec<_> = changed.split_whitespace().collect();
    assert_eq!(graph(text).cascade(&changed).join(" "), expected, "{text} from {changed:?}");
}

#[test]
fn a_change_goes_up_in_order() {
    check_cascade("", "a", "");
    check_cascade("p: ALARM(a)", "a", "p");
    check_cascade("p: ALARM(a)", "b", "");
    check_cascade("p: ALARM(a)", "p", "");
    // `top` depends on `a` itself and through two others: it comes last, whatever it is called.
    let diamond = "
        above: ALARM(a) AND ALARM(left) AND ALARM(right)
        left: ALARM(a) OR ALARM(b)
        right: NOT ALARM(a)
        other: ALARM(c)
        top: ALARM(above)
    ";
    check_cascade(diamond, "a", "right left above top");
    check_cascade(diamond, "b", "left above top");
    check_cascade(diamond, "left", "above top");
    check_cascade(diamond, "c b", "left above top other");
    check_cascade(diamond, "a left", "right left above top");
    check_cascade("p: FALSE", "a p", "");
}

#[test]
fn a_change_does_not_go_through_cycles() {
    let text = "
        a: ALARM(x) OR ALARM(b)
        b: ALARM(a)
        above: ALARM(b)
        both: ALARM(b) OR ALARM(x)
    ";
    check_cascade(text, "x", "both");
    // A state in a cycle can be set by hand, and those outside are told.
    check_cascade(text, "b", "both above");
    let graph = graph(text);
    assert_eq!(graph.cycles(), [["a", "b"]]);
    for (name, expected) in [("a", true), ("b", true), ("above", false), ("both", false), ("x", false)] {
        assert_eq!(graph.is_in_cycle(name), expected, "{name}");
    }
}

#[test]
fn a_cycle_ends_when_a_rule_is_replaced() {
    let mut graph = graph("a: ALARM(x) OR ALARM(b)\nb: ALARM(c)\nc: ALARM(a)");
    assert_eq!(graph.cycles(), [["a", "b", "c"]]);
    assert_eq!(graph.cascade(&["x"]), [""; 0]);
    graph.insert(&alarm("b", "FALSE"));
    assert_eq!(graph.cycles(), [[""; 0]; 0]);
    assert_eq!(graph.cascade(&["x"]), ["a", "c"]);
    graph.remove("a");
    assert_eq!(graph.cascade(&["x"]), [""; 0]);
    assert_eq!((graph.parents("a").collect::<Vec<_>>(), graph.children("a").count()), (vec!["c"], 0));
    assert!(!graph.is_composite("a") && graph.is_composite("c"));
    graph.remove("c");
    graph.remove("b");
    assert_eq!(graph, AlarmGraph::default());
}

#[test]
fn a_long_chain_does_not_exhaust_the_stack() {
    let length = 10_000;
    let alarms: Vec<_> = (0..length).map(|at| alarm(&format!("a{}", at + 1), &format!("ALARM(a{at})"))).collect();
    let mut graph: AlarmGraph = alarms.iter().collect();
    let order = graph.cascade(&["a0"]);
    assert_eq!((order.len(), order[0], order[length - 1]), (length, "a1", "a10000"));
    graph.insert(&alarm("a1", &format!("ALARM(a{length})")));
    assert_eq!(graph.cycles()[0].len(), length);
    assert!(graph.is_in_cycle("a7"));
}

#[test]
fn what_may_be_deleted() {
    let graph = graph("p: ALARM(a)\nq: ALARM(b) OR ALARM(c)\nr: ALARM(q)\ns: FALSE\nm: ALARM(n)\nn: ALARM(m)");
    let exists = |name: &str| "a b c d p q r s m n".split(' ').any(|known| known == name);
    let check = |names: &str, code: Option<FaultCode>, message: &str| {
        let names: Vec<_> = names.split(' ').collect();
        let fault = check_deletion(&names, &graph, &exists).err();
        assert_eq!(fault.as_ref().map(DeletionFault::code), code, "{names:?}");
        assert_eq!(fault.map(|fault| fault.to_string()).unwrap_or_default(), message, "{names:?}");
    };
    check("d", None, "");
    check("p", None, "");
    check("d s", None, "");
    check("d d", None, "");
    check("s s", None, "");
    check("d x", Some(FaultCode::ResourceNotFound), "");
    let validation = Some(FaultCode::Validation);
    check("a", validation, "Cannot delete a as there are composite alarm(s) depending on it.");
    check("d c b c", validation, "Cannot delete c,b as there are composite alarm(s) depending on them.");
    check("q", validation, "Cannot delete q as there are composite alarm(s) depending on it.");
    check("m", validation, "Cannot delete m as there are composite alarm(s) depending on it.");
    check("p r d", validation, "Cannot delete more than 1 composite alarm in one operation, found p,r.");
    // Nothing depends on the alarm any more when both are gone.
    check("a p", None, "");
    check("a b p", validation, "Cannot delete b as there are composite alarm(s) depending on it.");
}

#[test]
fn so_many_may_be_deleted() {
    let names: Vec<_> = (0..=MAX_DELETED).map(|at| at.to_string()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let check = |names| check_deletion(names, &AlarmGraph::default(), &|_| true);
    assert_eq!(check(&names[1..]), Ok(()));
    let fault = check(&names).unwrap_err();
    assert_eq!(fault.code(), FaultCode::InvalidParameterValue);
    assert_eq!(fault.to_string(), "The collection AlarmNames must not have a size greater than 100.");
}

proptest::proptest! {
    #[test]
    fn a_cascade_is_in_order_and_complete(edges in proptest::collection::vec((0usize..8, 0usize..8), 0..20)) {
        let name = |at: usize| format!("a{at}");
        let rules: Vec<_> = (1..8)
            .map(|at| {
                let children: Vec<_> = edges
                    .iter()
                    .filter(|(parent, child)| *parent == at && child != parent)
                    .map(|(_, child)| format!("ALARM(a{child})"))
                    .collect();
                let rule = if children.is_empty() { "FALSE".to_owned() } else { children.join(" OR ") };
                alarm(&name(at), &rule)
            })
            .collect();
        let graph: AlarmGraph = rules.iter().collect();
        let cyclic: Vec<_> = graph.cycles().concat();
        for at in 0..8 {
            proptest::prop_assert_eq!(cyclic.contains(&&*name(at)), graph.is_in_cycle(&name(at)));
        }
        // Reached, step by step, without the order.
        let mut reached = vec![name(0)];
        for _ in 0..8 {
            for at in 1..8 {
                let is_next = graph.children(&name(at)).any(|child| reached.iter().any(|known| known == child));
                if is_next && !reached.contains(&name(at)) && !graph.is_in_cycle(&name(at)) {
                    reached.push(name(at));
                }
            }
        }
        let order = graph.cascade(&["a0"]);
        for (at, alarm) in order.iter().enumerate() {
            proptest::prop_assert!(graph.children(alarm).all(|child| !order[at..].contains(&child)));
        }
        let (mut order, mut expected): (Vec<String>, _) = (order.iter().map(|name| (*name).to_owned()).collect(), reached.split_off(1));
        order.sort();
        expected.sort();
        proptest::prop_assert_eq!(order, expected);
    }
}

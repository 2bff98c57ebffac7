//! Which nodes of a graph lead to each other.

use std::collections::HashMap;

/// What is known of a node.
struct Visit {
    /// When it was first seen.
    number: usize,
    /// The earliest node that it leads back to.
    earliest: usize,
    is_open: bool,
}

/// A node that is being looked at, and where it leads.
struct Frame<'a> {
    node: &'a str,
    next: std::vec::IntoIter<&'a str>,
}

/// The strongly connected components of what is reached from some nodes; each comes behind all that it leads to.
///
/// This is Tarjan's algorithm (1972), on a stack of its own, since a chain of alarms may be as long as there are alarms.
pub(super) fn components<'a>(from: &[&'a str], leads_to: impl Fn(&str) -> Vec<&'a str>) -> Vec<Vec<&'a str>> {
    let mut visits: HashMap<&str, Visit> = HashMap::new();
    let mut open: Vec<&str> = Vec::new();
    let mut frames: Vec<Frame<'_>> = Vec::new();
    let mut found = Vec::new();
    for start in from.iter().copied() {
        if visits.contains_key(start) {
            continue;
        }
        enter(start, &mut visits, &mut open);
        frames.push(Frame { node: start, next: leads_to(start).into_iter() });
        while let Some(frame) = frames.last_mut() {
            let node = frame.node;
            if let Some(next) = frame.next.next() {
                match visits.get(next).map(|visit| visit.is_open.then_some(visit.number)) {
                    None => {
                        enter(next, &mut visits, &mut open);
                        frames.push(Frame { node: next, next: leads_to(next).into_iter() });
                    }
                    Some(Some(number)) => leads_back(node, number, &mut visits),
                    Some(None) => {}
                }
                continue;
            }
            frames.pop();
            let Visit { number, earliest, .. } = visits[node];
            if let Some(above) = frames.last() {
                leads_back(above.node, earliest, &mut visits);
            }
            if number == earliest {
                let at = open.iter().rposition(|open| *open == node).expect("a node is open until its component is");
                let component = open.split_off(at);
                for member in &component {
                    visits.get_mut(member).expect("what is open was visited").is_open = false;
                }
                found.push(component);
            }
        }
    }
    found
}

fn enter<'a>(node: &'a str, visits: &mut HashMap<&'a str, Visit>, open: &mut Vec<&'a str>) {
    let number = visits.len();
    visits.insert(node, Visit { number, earliest: number, is_open: true });
    open.push(node);
}

fn leads_back(node: &str, number: usize, visits: &mut HashMap<&str, Visit>) {
    let visit = visits.get_mut(node).expect("what is looked at was visited");
    visit.earliest = visit.earliest.min(number);
}

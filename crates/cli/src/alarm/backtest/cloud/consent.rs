//! What the calls cost is shown, and asked for.

use std::io::{IsTerminal, stderr, stdin};

use super::calls::{self, Call};
use crate::endpoint::Endpoint;
use crate::exit::Failure;
use crate::number::counted;
use crate::print;

/// Shows what calls cost, and asks whether to make them, unless that was said already.
///
/// # Errors
/// When they are not to be made, or nobody can be asked.
pub(super) fn ask(endpoint: &Endpoint, calls: &[Call], is_agreed: bool) -> Result<(), Failure> {
    let text = text(endpoint, calls);
    if is_agreed {
        print::note(&text);
        return Ok(());
    }
    if !(stdin().is_terminal() && stderr().is_terminal()) {
        return Err(Failure::usage(format!("{text}; nobody can be asked here whether it may: give --yes")));
    }
    print::note(&text);
    print::note_over("Go on? [y/N] ");
    let mut answer = String::new();
    let read = stdin().read_line(&mut answer);
    match read.is_ok() && is_yes(&answer) {
        true => Ok(()),
        false => Err(Failure::usage("nothing was asked for")),
    }
}

fn text(endpoint: &Endpoint, calls: &[Call]) -> String {
    let metrics = calls::metrics(calls);
    format!(
        "{endpoint} is asked for {} in {} of GetMetricData, which costs USD {:.5} at Amazon (USD 0.01 for 1,000 metrics)",
        counted(metrics as u64, "metric"),
        counted(calls.len() as u64, "call"),
        calls::dollars(metrics)
    )
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_one() {
        for (answer, expected) in [("y\n", true), ("Yes\n", true), ("\n", false), ("no\n", false), ("", false)] {
            assert_eq!(is_yes(answer), expected, "{answer:?}");
        }
    }
}

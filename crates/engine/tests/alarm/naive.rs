//! A second evaluator, written from the prose alone and as plainly as possible: periods are letters, and rules look at
//! the text that they make.

/// What the state becomes; `None` where it stays.
///
/// `periods` has a letter for each period of the evaluation range, the oldest first: `X` for a datapoint that breaches,
/// `0` for one that does not, `-` where there is none.
pub(crate) fn evaluate(periods: &str, n: usize, m: usize, treatment: &str) -> Option<&'static str> {
    let real: String = periods.chars().filter(|letter| *letter != '-').collect();

    // "If as many datapoints as Evaluation Periods are in the range, the most recent are used, and how missing data is
    // treated plays no role."
    if real.len() >= n {
        let newest = &real[real.len() - n..];
        let is_alarm = newest.matches('X').count() >= m;
        return Some(if is_alarm { "ALARM" } else { "OK" });
    }

    // "Otherwise all that there are are used, and missing ones are filled in, as few as possible."
    let missing = n - real.len();
    let filled = match treatment {
        "breaching" => format!("{real}{}", "X".repeat(missing)),
        "notBreaching" => format!("{real}{}", "0".repeat(missing)),
        _ => real.clone(),
    };
    if filled.matches('X').count() >= m {
        return Some("ALARM");
    }
    if treatment == "breaching" || treatment == "notBreaching" {
        return Some("OK");
    }

    // "Nothing is known": the alarm says so, or stays as it is.
    if real.is_empty() {
        return (treatment == "missing").then_some("INSUFFICIENT");
    }
    // "A datapoint that does not breach" keeps the alarm from going off.
    if real.contains('0') {
        return Some("OK");
    }
    if treatment == "ignore" {
        return None;
    }
    // "It goes to ALARM if the oldest breaching datapoint is at least as old as Datapoints to Alarm, and all that are
    // newer are breaching or missing."
    let from_oldest = periods.trim_start_matches('-');
    let is_clean = from_oldest.chars().all(|letter| letter == 'X' || letter == '-');
    (is_clean && from_oldest.len() >= m).then_some("ALARM")
}

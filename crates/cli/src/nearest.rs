//! What somebody may have meant.

/// How alike two names have to be, from 0 to 1, for one to be taken for a slip of the other.
const LIKENESS_MIN: f64 = 0.6;
/// A beginning of so many characters is like the whole.
const BEGINNING_MIN: usize = 3;

/// The candidate that is most like `text`, if one is like it at all. Case does not count.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = text.to_lowercase();
    let likeness = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let is_beginning = wanted.len() >= BEGINNING_MIN && candidate.starts_with(&wanted);
        strsim::normalized_damerau_levenshtein(&wanted, &candidate).max(if is_beginning { LIKENESS_MIN } else { 0.0 })
    };
    candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        let names = ["Latency", "Orders", "OrderErrors", "QueueDepth"];
        let cases = [
            ("latency", Some("Latency")),
            ("Latncy", Some("Latency")),
            ("Order", Some("Orders")),
            ("ordererrors", Some("OrderErrors")),
            ("Queue", Some("QueueDepth")),
            ("Temperature", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(nearest(text, names), expected, "{text}");
        }
    }
}

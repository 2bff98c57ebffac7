//! The name that was probably meant.

use super::fault::Hint;

/// The most names that are listed when none comes close.
const LISTED_MAX: usize = 8;

/// The longest name that another is looked for, in bytes: comparing takes the product of the lengths.
const COMPARED_MAX: usize = 64;

/// What to say about a name that is none of those known: the nearest, or all where they are few.
pub(super) fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Hint {
    match nearest(name, known.clone()) {
        Some(nearest) => Hint::Nearest(nearest.to_owned()),
        None => {
            let names: Vec<_> = known.take(LISTED_MAX + 1).map(str::to_owned).collect();
            if (1..=LISTED_MAX).contains(&names.len()) { Hint::Known(names) } else { Hint::None }
        }
    }
}

/// The known name with the fewest typing errors between, letter case aside; `None` when that is more than every third
/// letter wrong.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > COMPARED_MAX {
        return None;
    }
    let wanted = name.to_lowercase();
    let allowed = (wanted.chars().count() / 3).max(1);
    known
        .filter(|known| known.len().abs_diff(name.len()) <= allowed)
        .map(|known| (strsim::osa_distance(&wanted, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= allowed && *distance < known.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_typing_errors_are_near() {
        let known = ["AVG", "RUNNING_SUM", "SUM", "m1", "errorRate", "e"];
        let cases = [
            ("avg", Some("AVG")),
            ("AVGG", Some("AVG")),
            ("VAG", Some("AVG")),
            ("RUNING_SUM", Some("RUNNING_SUM")),
            ("RunningSum", Some("RUNNING_SUM")),
            ("error_rate", Some("errorRate")),
            ("m2", Some("m1")),
            ("M1", Some("m1")),
            ("x", None),
            ("COUNTER", None),
        ];
        for (name, expected) in cases {
            assert_eq!(nearest(name, known.into_iter()), expected, "{name}");
        }
    }

    #[test]
    fn only_names_of_some_length_are_compared() {
        let (name, longer) = ("a".repeat(COMPARED_MAX), "a".repeat(COMPARED_MAX + 1));
        assert_eq!(nearest(&name, [longer.as_str()].into_iter()), Some(longer.as_str()));
        assert_eq!(nearest(&longer, [longer.as_str()].into_iter()), None);
    }

    #[test]
    fn a_few_names_are_listed_where_none_is_near() {
        assert_eq!(hint("x9", ["m1", "e1"].into_iter()).to_string(), ", known are 'm1', 'e1'");
        let names: Vec<_> = (10..=10 + LISTED_MAX).map(|at| format!("metric{at}")).collect();
        assert_ne!(hint("zzz", names[1..].iter().map(String::as_str)), Hint::None);
        assert_eq!(hint("zzz", names.iter().map(String::as_str)), Hint::None);
        assert_eq!(hint("zzz", std::iter::empty()), Hint::None);
    }
}

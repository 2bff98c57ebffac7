//! The subject of a message.

use crate::refusal::Refusal;

/// The most characters of a subject.
pub const SUBJECT_MAX: usize = 100;

/// Checks a subject: one line that begins with a letter, a digit or a punctuation mark.
pub(super) fn check(subject: &str) -> Result<(), Refusal> {
    let begins_well = |c: char| !c.is_whitespace();
    let is_legal = |c: char| !c.is_control() && c != '\u{2028}' && c != '\u{2029}';
    let is_fine = subject.chars().next().is_some_and(begins_well)
        && subject.chars().all(is_legal)
        && subject.chars().count() <= SUBJECT_MAX;
    if is_fine { Ok(()) } else { Err(Refusal::invalid("Subject")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_line() {
        let longest = "é".repeat(SUBJECT_MAX);
        for legal in ["ALARM: \"load\" in US East", "(1)", "Überlast", "警报", &longest] {
            assert_eq!(check(legal), Ok(()), "{legal}");
        }
        for illegal in ["", " a", "a\nb", "a\r\nBcc: b", "a\tb", "\u{7}", "a\u{2028}b", &format!("{longest}é")] {
            assert_eq!(check(illegal), Err(Refusal::invalid("Subject")), "{illegal:?}");
        }
    }
}

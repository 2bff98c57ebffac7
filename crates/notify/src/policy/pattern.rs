//! Texts with wildcards: `*` for any characters, `?` for one.

use super::Met;

/// What begins a variable such as `${aws:PrincipalAccount}`, whose value nobody knows here.
const VARIABLE: &str = "${";

/// Whether a text matches a pattern.
pub(super) fn matches(pattern: &str, text: &str) -> Met {
    if pattern.contains(VARIABLE) {
        return Met::Unknown;
    }
    Met::of(glob(pattern.as_bytes(), text.as_bytes()))
}

/// As [`matches`], whatever the case.
pub(super) fn matches_in_any_case(pattern: &str, text: &str) -> Met {
    matches(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
}

/// Whether an ARN matches a pattern of one: part by part, so that no wildcard reaches over a colon.
pub(super) fn matches_arn(pattern: &str, arn: &str) -> Met {
    let (patterns, parts) = (parts(pattern), parts(arn));
    if patterns.len() != parts.len() {
        return Met::No;
    }
    patterns.iter().zip(&parts).fold(Met::Yes, |met, (pattern, part)| met.and(matches(pattern, part)))
}

/// The six parts of an ARN; the last may have colons.
fn parts(arn: &str) -> Vec<&str> {
    arn.splitn(6, ':').collect()
}

/// After a mismatch, the last `*` takes one byte more; a `?` stands for one character, which `step` tells.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(b'?') => {
                p += 1;
                t += step(text, t);
            }
            Some(byte) if *byte == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + step(text, from)));
                    p = at + 1;
                    t = from + step(text, from);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// The bytes of the character that begins at an offset.
fn step(text: &[u8], at: usize) -> usize {
    1 + text[at + 1..].iter().take_while(|byte| **byte & 0xc0 == 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_characters() {
        let cases = [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcb", false),
            ("a?c", "abc", true),
            ("a?c", "aéc", true),
            ("a??c", "aéc", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*ab", "aab", true),
            ("**", "x", true),
            ("A", "a", false),
        ];
        for (pattern, text, expect) in cases {
            assert_eq!(matches(pattern, text), Met::of(expect), "{pattern} {text}");
        }
        assert_eq!(matches_in_any_case("sqs:Send*", "SQS:SendMessage"), Met::Yes);
        assert_eq!(matches("${aws:username}", "${aws:username}"), Met::Unknown);
    }

    #[test]
    fn wildcards_of_arns_stay_in_their_part() {
        let cases = [
            ("arn:aws:sns:*:1:t", "arn:aws:sns:us-east-1:1:t", true),
            ("arn:aws:sns:*:t", "arn:aws:sns:us-east-1:1:t", false),
            ("arn:aws:sns:us-east-1:1:t*", "arn:aws:sns:us-east-1:1:t:sub", true),
            ("*", "arn:aws:sns:us-east-1:1:t", false),
            ("*:*:*:*:*:*", "arn:aws:sns:us-east-1:1:t", true),
        ];
        for (pattern, arn, expect) in cases {
            assert_eq!(matches_arn(pattern, arn), Met::of(expect), "{pattern}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        let pattern = "*a".repeat(100) + "b";
        assert_eq!(matches(&pattern, &"a".repeat(10_000)), Met::No);
    }
}

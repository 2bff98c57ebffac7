//! A caret below the character that a message names.

/// The longest piece of a text that is shown, in characters.
const SHOWN_MAX: usize = 76;
/// Characters in front of the place that are shown of a longer text.
const BEFORE: usize = 50;
const INDENT: &str = "  ";

/// The text as a line, and below it a line with a caret at a character, counted from 1. One past the last is its end.
pub(crate) fn lines(text: &str, position: usize) -> String {
    let characters: Vec<char> = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let at = position.saturating_sub(1).min(characters.len());
    let from = if characters.len() <= SHOWN_MAX { 0 } else { at.saturating_sub(BEFORE) };
    let to = (from + SHOWN_MAX).min(characters.len());
    let shown: String = characters[from..to].iter().collect();
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < characters.len() { "…" } else { "" });
    let column = INDENT.len() + before.chars().count() + at - from;
    format!("{INDENT}{before}{}{after}\n{}^", shown.trim_end(), " ".repeat(column))
}

/// The place that a message names: `... at character 12 ...`. Where it is one inside of a string that begins at
/// another (`in the string at character 8: at character 3: ...`), they add up: the first of the string stands behind
/// its quote.
pub(crate) fn place(message: &str) -> Option<usize> {
    let inner = message.strip_prefix("in the string ").map_or(0, |_| 1);
    let numbers = message.split("character ").skip(1).filter_map(|rest| {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..digits].parse::<usize>().ok()
    });
    let found: Vec<_> = numbers.take(1 + inner).collect();
    (!found.is_empty()).then(|| found.iter().fold(0usize, |sum, number| sum.saturating_add(*number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_below_the_character() {
        assert_eq!(lines("a // b", 4), "  a // b\n     ^");
        assert_eq!(lines("a +", 4), "  a +\n     ^");
        assert_eq!(lines("", 9), "  \n  ^");
        assert_eq!(lines("größe\n+ x", 7), "  größe + x\n        ^");
    }

    #[test]
    fn a_long_text_is_cut_around_it() {
        let text: String = (0..200).map(|n| char::from(b'a' + (n % 26) as u8)).collect();
        for position in [1, 50, 51, 52, 100, 199, 200, 201] {
            let shown = lines(&text, position);
            let (line, caret) = shown.split_once('\n').unwrap();
            let below = line.chars().nth(caret.chars().count() - 1);
            assert_eq!(below, text.chars().nth(position - 1), "{shown}");
            assert!(line.chars().count() <= INDENT.len() + SHOWN_MAX + 2, "{line}");
        }
        let longest = "x".repeat(SHOWN_MAX);
        assert!(!lines(&longest, 1).contains('…') && lines(&format!("{longest}x"), 1).contains('…'));
    }

    #[test]
    fn messages_name_places() {
        let cases = [
            ("unexpected '/' at character 4: expected a number", Some(4)),
            ("character 7 is nested deeper than the limit of 100", Some(7)),
            ("a at character 4 and b at character 9 differ", Some(4)),
            ("in the string at character 8: at character 3: found `)`, expected a term", Some(11)),
            ("in the string at character 8: the search is empty", Some(8)),
            ("the expression is empty", None),
            ("a character of note", None),
            ("character 99999999999999999999999", None),
        ];
        for (message, expected) in cases {
            assert_eq!(place(message), expected, "{message}");
        }
    }
}

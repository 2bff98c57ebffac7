//! Queries in the short form, a line each. A line that begins with white space goes on with the one before, as a long
//! SELECT may want; one that begins with `#` is a comment.

use crate::query::draft::Draft;
use crate::query::line::Line;

pub(super) fn parse(text: &str) -> Result<Vec<Draft>, String> {
    let mut queries: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let is_continued = line.starts_with(char::is_whitespace);
        match (line.trim(), queries.last_mut()) {
            ("", _) => {}
            (comment, _) if comment.starts_with('#') => {}
            (more, Some((_, before))) if is_continued => {
                before.push(' ');
                before.push_str(more);
            }
            (first, _) => queries.push((number, first.to_owned())),
        }
    }
    let draft = |(number, text): (usize, String)| match Line::parse(&text) {
        Ok(line) => Ok(Draft::of_line(line, text)),
        Err(wrong) => Err(format!(", line {number} {}", wrong.shown(&text))),
    };
    queries.into_iter().map(draft).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_on_where_they_are_indented() {
        let text = "\
# Errors of the shop
errors = Shop Errors Sum

top = SELECT MAX(Latency)
      FROM Shop
      # the slowest first
      GROUP BY Service
  errors / 2
";
        let texts: Vec<_> = parse(text).unwrap().into_iter().map(|draft| draft.text).collect();
        let expected = ["errors = Shop Errors Sum", "top = SELECT MAX(Latency) FROM Shop GROUP BY Service errors / 2"];
        assert_eq!(texts, expected);
        assert_eq!(parse("  Shop Orders\r\n").unwrap().len(), 1);
    }

    #[test]
    fn what_is_wrong_has_its_line() {
        let wrong = parse("Shop Orders\n\nShop Latency avg\n").unwrap_err();
        let expected = "\
, line 3 is read as a metric, because two names stand side by side:
  Shop Latency avg
               ^
CloudWatch's name";
        assert!(wrong.starts_with(expected), "{wrong}");
    }
}

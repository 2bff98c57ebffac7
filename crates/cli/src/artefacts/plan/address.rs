//! Addresses: `module.a["b"].aws_sns_topic.c[0]`.

/// The parts of an address between dots, which do not count in brackets.
pub(super) fn parts(address: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut brackets = 0_usize;
    for letter in address.chars() {
        match letter {
            '[' => brackets += 1,
            ']' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        match (letter, brackets) {
            ('.', 0) => parts.push(String::new()),
            _ => parts.last_mut().expect("there is at least one").push(letter),
        }
    }
    parts
}

pub(super) fn without_index(part: &str) -> String {
    part.split('[').next().unwrap_or_default().to_owned()
}

/// The modules in an address, with their indices, and the address within.
pub(super) fn split_module(address: &str) -> (Vec<String>, String) {
    let parts = parts(address);
    let mut rest = parts.as_slice();
    let mut names = Vec::new();
    while let [keyword, name, more @ ..] = rest
        && keyword == "module"
    {
        names.push(name.clone());
        rest = more;
    }
    (names, rest.join("."))
}

/// Whether a part that was found is meant by one that may have no index.
pub(super) fn is_one_of(found: &str, wanted: &str) -> bool {
    found == wanted || without_index(found) == wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        for (address, modules, local) in [
            ("aws_sns_topic.a", vec![], "aws_sns_topic.a"),
            ("module.m.aws_sns_topic.a[0]", vec!["m"], "aws_sns_topic.a[0]"),
            (
                "module.m[\"x.y\"].module.n[0].aws_sns_topic.a[\"b.c\"]",
                vec!["m[\"x.y\"]", "n[0]"],
                "aws_sns_topic.a[\"b.c\"]",
            ),
        ] {
            let (names, rest) = split_module(address);
            assert_eq!((names, rest.as_str()), (modules.into_iter().map(str::to_owned).collect(), local));
        }
    }

    #[test]
    fn without_an_index_all_are_meant() {
        for (found, wanted, expect) in
            [("a[0]", "a", true), ("a[0]", "a[0]", true), ("a[0]", "a[1]", false), ("a", "a", true), ("ab", "a", false)]
        {
            assert_eq!(is_one_of(found, wanted), expect, "{found} {wanted}");
        }
    }
}

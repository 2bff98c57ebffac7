//! Words of a text: what the classifier counts, and what tokens are here.

/// The words in lower case. A word is letters and digits, two at least.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|found: char| !found.is_alphanumeric()).filter(|word| word.len() > 1).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_digits_in_lower_case() {
        let found: Vec<String> = words("I was charged TWICE: invoice 4711, a mistake?").collect();
        assert_eq!(found, ["was", "charged", "twice", "invoice", "4711", "mistake"]);
    }
}

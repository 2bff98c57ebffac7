//! What proves that somebody reads what is sent to an endpoint.

use std::fmt;

use crate::refusal::Refusal;

/// The bytes of a token: too many to be guessed.
const BYTES: usize = 32;

/// The secret that a confirmation carries.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Token(String);

impl Token {
    /// Makes a token of random bytes.
    pub fn of(bytes: [u8; BYTES]) -> Self {
        Token(hex::encode(bytes))
    }

    /// Reads what a client has sent.
    ///
    /// # Errors
    /// No token looks so.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let is_legal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        match text.len() == 2 * BYTES && text.bytes().all(is_legal) {
            true => Ok(Token(text.to_owned())),
            false => Err(Refusal::new(crate::refusal::RefusalKind::InvalidParameter, "Invalid token")),
        }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_64_hexadecimal_digits() {
        let token = Token::of([0xab; BYTES]);
        assert_eq!(Token::parse(&"ab".repeat(BYTES)), Ok(token.clone()));
        assert!(!format!("{token:?}").contains("ab"));
        for text in ["", "x", &"ab".repeat(BYTES - 1), &"ab".repeat(BYTES + 1), &"AB".repeat(BYTES)] {
            assert_eq!(Token::parse(text).unwrap_err().message, "Invalid token", "{text}");
        }
    }
}

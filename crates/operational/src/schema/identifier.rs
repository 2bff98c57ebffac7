//! Names of tables and columns of the application.

use std::fmt;

/// The longest name, in bytes; PostgreSQL cuts longer ones off.
pub const IDENTIFIER_BYTES_MAX: usize = 63;

/// A name of PostgreSQL's, which is always written in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier(String);

/// Why a text is no name of PostgreSQL's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierFault {
    /// No characters.
    #[error("a name of a table or column is empty")]
    Empty,
    /// Too many bytes.
    #[error("name {name:?} has {bytes} bytes, more than the limit of {IDENTIFIER_BYTES_MAX}")]
    TooLong {
        /// The name.
        name: String,
        /// Its length.
        bytes: usize,
    },
    /// A control character.
    #[error("name {name:?} contains the control character {found:?}")]
    Control {
        /// The name.
        name: String,
        /// The character.
        found: char,
    },
}

impl Identifier {
    /// Checks a name. Letters keep their case, and every character but a control character is legal.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(name: &str) -> Result<Self, IdentifierFault> {
        if name.is_empty() {
            return Err(IdentifierFault::Empty);
        }
        if name.len() > IDENTIFIER_BYTES_MAX {
            return Err(IdentifierFault::TooLong { name: name.to_owned(), bytes: name.len() });
        }
        match name.chars().find(|found| found.is_control()) {
            Some(found) => Err(IdentifierFault::Control { name: name.to_owned(), found }),
            None => Ok(Identifier(name.to_owned())),
        }
    }
}

/// In quotes, as SQL has it.
impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_always_quoted() {
        let cases = [("emails", "\"emails\""), ("Emails", "\"Emails\""), ("a\"; drop --", "\"a\"\"; drop --\"")];
        for (name, quoted) in cases {
            assert_eq!(Identifier::new(name).unwrap().to_string(), quoted);
        }
    }

    #[test]
    fn a_name_has_1_to_63_bytes_and_no_control_character() {
        assert!(Identifier::new(&"n".repeat(IDENTIFIER_BYTES_MAX)).is_ok());
        let too_long = "n".repeat(IDENTIFIER_BYTES_MAX + 1);
        let cases = [("", "is empty"), (too_long.as_str(), "has 64 bytes"), ("a\0", "control character '\\0'")];
        for (name, expected) in cases {
            let fault = Identifier::new(name).unwrap_err().to_string();
            assert!(fault.contains(expected), "{fault}");
        }
    }
}

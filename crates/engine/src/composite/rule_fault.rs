//! What is wrong with an alarm rule.

use super::rule::{MAX_RULE, MAX_RULE_CHILDREN, MAX_RULE_DEPTH, MAX_RULE_ELEMENTS};

/// Why a text is no alarm rule. A place is that of a character of the text, counted from 0, as CloudWatch counts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// Empty, or with white space around it.
    #[error("AlarmRule must not contain leading or trailing whitespace or be null")]
    Blank,
    /// Longer than [`MAX_RULE`].
    #[error("Error in AlarmRule [The rule has {0} characters, more than the limit of {MAX_RULE}]")]
    TooLong(usize),
    /// Something that cannot stand where it stands.
    #[error("Error in AlarmRule [Unsupported token '{found}' at char {at}{}]", Expected(.expected, .hint))]
    Token {
        /// What stands there.
        found: String,
        /// Where.
        at: usize,
        /// What could stand there, where CloudWatch is known to say so.
        expected: Option<String>,
        /// What may help.
        hint: Option<String>,
    },
    /// The rule ends where it cannot.
    #[error("Error in AlarmRule [Unexpected end at char {at}, must be: {expected}]")]
    End {
        /// Where.
        at: usize,
        /// What could stand there.
        expected: String,
    },
    /// A quote that nothing closes.
    #[error("Error in AlarmRule [Quote at char {0} is not closed]")]
    Unclosed(usize),
    /// Parentheses and NOTs within each other, more than [`MAX_RULE_DEPTH`].
    #[error("Error in AlarmRule [Nested deeper than the limit of {MAX_RULE_DEPTH} at char {0}]")]
    TooDeep(usize),
    /// More elements than [`MAX_RULE_ELEMENTS`].
    #[error("Error in AlarmRule [The rule has {0} elements, more than the limit of {MAX_RULE_ELEMENTS}]")]
    TooManyElements(usize),
    /// More distinct alarms than [`MAX_RULE_CHILDREN`].
    #[error("Error in AlarmRule [The rule has {0} distinct alarms, more than the limit of {MAX_RULE_CHILDREN}]")]
    TooManyChildren(usize),
    /// An AT_LEAST that asks for more alarms than it lists.
    #[error("Error in AlarmRule [AT_LEAST at char {at} asks for {count} of {listed} distinct alarms]")]
    Unreachable {
        /// Where it stands.
        at: usize,
        /// How many alarms it asks for.
        count: u32,
        /// How many it lists.
        listed: usize,
    },
}

struct Expected<'a>(&'a Option<String>, &'a Option<String>);

impl std::fmt::Display for Expected<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(expected) = self.0 {
            write!(f, ", must be: {expected}")?;
        }
        if let Some(hint) = self.1 {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

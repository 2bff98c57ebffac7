//! The names of topics, and their ARNs.

use std::fmt;

use nepho_model::Scope;

use crate::arn::Arn;
use crate::name::{FIFO_SUFFIX, is_name};
use crate::refusal::Refusal;

/// The most characters of a name, `.fifo` included.
pub const NAME_MAX: usize = 256;

/// The name of a topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicName(String);

impl TopicName {
    /// Checks a name.
    ///
    /// # Errors
    /// It is empty, too long, or has other characters than letters, digits, hyphens and underscores.
    pub fn new(name: &str) -> Result<Self, Refusal> {
        match is_name(name, NAME_MAX) {
            true => Ok(TopicName(name.to_owned())),
            false => Err(Refusal::invalid("Topic Name")),
        }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the name of a FIFO topic.
    pub fn is_fifo(&self) -> bool {
        self.0.ends_with(FIFO_SUFFIX)
    }
}

impl fmt::Display for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The ARN of a topic, such as `arn:aws:sns:us-east-1:000000000000:alerts`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicArn {
    /// Whose it is.
    pub scope: Scope,
    /// The topic's name.
    pub name: TopicName,
}

impl TopicArn {
    /// Reads an ARN that stands in a parameter.
    ///
    /// # Errors
    /// It is none, or none of a topic.
    pub fn parse(text: &str, parameter: &str) -> Result<Self, Refusal> {
        let arn = Arn::parse(text, parameter)?;
        match arn.service == "sns" && !arn.scope.region.is_empty() && !arn.scope.account.is_empty() {
            true => Ok(TopicArn { scope: arn.scope, name: TopicName::new(arn.resource)? }),
            false => Err(Refusal::invalid(parameter)),
        }
    }
}

impl fmt::Display for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:aws:sns:{}:{}:{}", self.scope.region, self.scope.account, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_letters_digits_hyphens_and_underscores() {
        let longest = "a".repeat(NAME_MAX);
        let longest_fifo = format!("{}.fifo", "a".repeat(NAME_MAX - FIFO_SUFFIX.len()));
        for legal in ["t", "High-Load_2", "orders.fifo", &longest, &longest_fifo] {
            assert_eq!(TopicName::new(legal).unwrap().as_str(), legal);
        }
        let too_long = "a".repeat(NAME_MAX + 1);
        for illegal in ["", "a.b", "a b", ".fifo", "é", "a/b", "a:b", &too_long, &format!("a{longest_fifo}")] {
            assert_eq!(TopicName::new(illegal).unwrap_err().message, "Invalid parameter: Topic Name", "{illegal}");
        }
    }

    #[test]
    fn arns_are_read_and_written() {
        let text = "arn:aws:sns:us-east-1:000000000000:orders.fifo";
        let arn = TopicArn::parse(text, "TopicArn").unwrap();
        assert_eq!((arn.name.is_fifo(), arn.to_string().as_str()), (true, text));
        let cases = [
            ("orders", "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"),
            ("arn:aws:sqs:us-east-1:000000000000:orders", "Invalid parameter: TopicArn"),
            ("arn:aws:sns::000000000000:orders", "Invalid parameter: TopicArn"),
            ("arn:aws:sns:us-east-1:000000000000:orders:id", "Invalid parameter: Topic Name"),
        ];
        for (text, expected) in cases {
            assert_eq!(TopicArn::parse(text, "TopicArn").unwrap_err().message, expected);
        }
    }
}

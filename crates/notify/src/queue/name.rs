//! The names of queues, and their ARNs.

use std::fmt;

use nepho_model::Scope;

use super::fault::{Fault, FaultKind};
use crate::arn::Arn;
use crate::name::{FIFO_SUFFIX, is_name};

/// The most characters of a name, `.fifo` included.
pub const NAME_MAX: usize = 80;

/// The name of a queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueName(String);

impl QueueName {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// It is empty, too long, or has other characters than letters, digits, hyphens and underscores.
    pub fn new(name: &str) -> Result<Self, Fault> {
        if name.is_empty() {
            return Err(Fault::new(FaultKind::InvalidParameterValue, "Queue name cannot be empty"));
        }
        match is_name(name, NAME_MAX) {
            true => Ok(QueueName(name.to_owned())),
            false => Err(QueueName::illegal()),
        }
    }

    pub(crate) fn illegal() -> Fault {
        let message = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
        Fault::new(FaultKind::InvalidParameterValue, message)
    }

    /// A text to compare names with, which need not be one.
    pub(super) fn lower_bound(text: &str) -> Self {
        QueueName(text.to_owned())
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the name of a FIFO queue.
    pub fn is_fifo(&self) -> bool {
        self.0.ends_with(FIFO_SUFFIX)
    }
}

impl fmt::Display for QueueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The ARN of a queue, such as `arn:aws:sqs:us-east-1:000000000000:orders`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueArn {
    /// Whose it is.
    pub scope: Scope,
    /// The queue's name.
    pub name: QueueName,
}

/// Why a text is no ARN of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArnFault {
    /// It is no ARN at all.
    Malformed,
    /// It is one of another service.
    OtherService,
}

impl QueueArn {
    /// Reads an ARN.
    ///
    /// # Errors
    ///
    /// It is none, or none of a queue.
    pub fn parse(text: &str) -> Result<Self, ArnFault> {
        let arn = Arn::parse(text, "").map_err(|_| ArnFault::Malformed)?;
        if arn.scope.region.is_empty() || arn.scope.account.is_empty() {
            return Err(ArnFault::Malformed);
        }
        if arn.service != "sqs" {
            return Err(ArnFault::OtherService);
        }
        let name = QueueName::new(arn.resource).map_err(|_| ArnFault::Malformed)?;
        Ok(QueueArn { scope: arn.scope, name })
    }
}

impl fmt::Display for QueueArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:aws:sqs:{}:{}:{}", self.scope.region, self.scope.account, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_letters_digits_hyphens_and_underscores() {
        let longest = "a".repeat(NAME_MAX);
        let longest_fifo = format!("{}.fifo", "a".repeat(NAME_MAX - FIFO_SUFFIX.len()));
        for legal in ["q", "Orders-2_x", "orders.fifo", &longest, &longest_fifo] {
            assert!(QueueName::new(legal).is_ok(), "{legal}");
        }
        let too_long = "a".repeat(NAME_MAX + 1);
        for illegal in ["", "a.b", "a b", ".fifo", "a.fifo.fifo", "é", "a/b", &too_long, &format!("a{longest_fifo}")] {
            assert!(QueueName::new(illegal).is_err(), "{illegal}");
        }
    }

    #[test]
    fn arns_are_read_and_written() {
        let text = "arn:aws:sqs:us-east-1:000000000000:orders.fifo";
        let arn = QueueArn::parse(text).unwrap();
        assert_eq!(
            (arn.scope.account.as_str(), arn.name.is_fifo(), arn.to_string().as_str()),
            ("000000000000", true, text)
        );
        let cases = [
            ("", ArnFault::Malformed),
            ("dummy", ArnFault::Malformed),
            ("arn:aws:sqs:us-east-1:000000000000", ArnFault::Malformed),
            ("arn:aws:sqs:us-east-1:000000000000:a:b", ArnFault::Malformed),
            ("arn:aws:sqs::000000000000:a", ArnFault::Malformed),
            ("arn:aws:sns:us-east-1:000000000000:topic", ArnFault::OtherService),
        ];
        for (text, fault) in cases {
            assert_eq!(QueueArn::parse(text), Err(fault), "{text}");
        }
    }
}

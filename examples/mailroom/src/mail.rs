//! What a message says.

use mail_parser::MessageParser;

/// The parts of a message that matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who wrote it, and wants to be answered.
    pub sender: String,
    /// What it is about.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
}

/// Why a message cannot be worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// It is no message of RFC 5322.
    #[error("it is no message")]
    Unreadable,
    /// Nobody to answer to.
    #[error("it has no sender")]
    NoSender,
    /// Nothing in it.
    #[error("it has no text")]
    NoText,
}

impl MailFault {
    /// As the label `error_type`.
    pub const fn error_type(self) -> &'static str {
        match self {
            MailFault::Unreadable => "Unreadable",
            MailFault::NoSender => "NoSender",
            MailFault::NoText => "NoText",
        }
    }
}

/// Reads a message.
///
/// # Errors
/// What is missing in it.
pub fn parse(raw: &[u8]) -> Result<Mail, MailFault> {
    let message = MessageParser::default().parse(raw).ok_or(MailFault::Unreadable)?;
    let writer = message.reply_to().or_else(|| message.from());
    let sender = writer.and_then(|from| from.first()?.address()).ok_or(MailFault::NoSender)?;
    let text = message.body_text(0).filter(|text| !text.trim().is_empty()).ok_or(MailFault::NoText)?;
    Ok(Mail {
        sender: sender.to_owned(),
        subject: message.subject().unwrap_or_default().to_owned(),
        text: text.into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_or_says_what_it_lacks() {
        let from = "From: Ada <ada@example.org>\r\nSubject: Two =?utf-8?q?invoices=3F?=\r\n\r\nCharged twice.\r\n";
        let mail = parse(from.as_bytes()).unwrap();
        let expected = ("ada@example.org", "Two invoices?", "Charged twice.");
        assert_eq!((mail.sender.as_str(), mail.subject.as_str(), mail.text.trim()), expected);
        let cases = [
            ("", MailFault::Unreadable),
            ("Subject: no sender\r\n\r\nCharged twice.\r\n", MailFault::NoSender),
            ("From: ada@example.org\r\n\r\n \r\n", MailFault::NoText),
        ];
        for (raw, fault) in cases {
            assert_eq!(parse(raw.as_bytes()), Err(fault), "{raw:?}");
        }
    }
}

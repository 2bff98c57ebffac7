//! Receipt handles: what a receiver gets with a message, and names it by.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::fault::{Fault, FaultKind};

/// The first byte of what a handle encodes.
const VERSION: u8 = 1;
/// Bytes of the digest that tells a handle from other texts.
const DIGEST: usize = 8;
const PLAIN: usize = 1 + 8 + 8 + 4;

/// One receive of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The queue's id.
    pub queue: u64,
    /// The message's number.
    pub number: u64,
    /// The how many-th receive it is.
    pub receives: u32,
}

impl Receipt {
    /// The handle of a receipt.
    pub fn handle(&self) -> String {
        let mut bytes = Vec::with_capacity(PLAIN + DIGEST);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.queue.to_be_bytes());
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.receives.to_be_bytes());
        let digest = Sha256::digest(&bytes);
        bytes.extend_from_slice(&digest[..DIGEST]);
        STANDARD.encode(bytes)
    }

    /// The receipt of a handle.
    ///
    /// # Errors
    ///
    /// The text is none that was ever given out.
    pub fn parse(handle: &str) -> Result<Self, Fault> {
        read(handle).ok_or_else(|| {
            let message = format!("The input receipt handle \"{handle}\" is not a valid receipt handle.");
            Fault::new(FaultKind::ReceiptHandleIsInvalid, message)
        })
    }
}

fn read(handle: &str) -> Option<Receipt> {
    // What is longer is none, however long it is.
    if handle.len() != (PLAIN + DIGEST).div_ceil(3) * 4 {
        return None;
    }
    let bytes = STANDARD.decode(handle).ok()?;
    let (plain, digest) = bytes.split_at_checked(PLAIN)?;
    if plain[0] != VERSION || Sha256::digest(plain)[..DIGEST] != *digest {
        return None;
    }
    Some(Receipt {
        queue: u64::from_be_bytes(plain[1..9].try_into().ok()?),
        number: u64::from_be_bytes(plain[9..17].try_into().ok()?),
        receives: u32::from_be_bytes(plain[17..21].try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_handle_is_read_again(queue: u64, number: u64, receives: u32) {
            let receipt = Receipt { queue, number, receives };
            prop_assert_eq!(Receipt::parse(&receipt.handle()), Ok(receipt));
        }

        #[test]
        fn other_texts_are_no_handles(text in ".{0,60}", at in 0usize..40, byte in "[A-Za-z0-9+/=]") {
            prop_assert!(Receipt::parse(&text).is_err());
            let mut handle = Receipt { queue: 1, number: 2, receives: 3 }.handle();
            let was = handle[at..=at].to_owned();
            handle.replace_range(at..=at, &byte);
            prop_assert!(was == byte || Receipt::parse(&handle).is_err());
        }
    }
}

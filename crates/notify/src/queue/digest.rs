//! The digests by which senders and receivers know that a message arrived as it was sent.

use md5::{Digest, Md5};
use sha2::Sha256;

use super::message_attribute::{AttributeValue, MessageAttribute};

/// What stands before the value of an attribute, by its kind.
const TEXT: u8 = 1;
const BYTES: u8 = 2;

/// The MD5 of a body, in hexadecimal.
pub fn md5_of_body(body: &str) -> String {
    hex::encode(Md5::digest(body.as_bytes()))
}

/// The MD5 of attributes that are sorted by name, in hexadecimal.
pub fn md5_of_attributes<'a>(attributes: impl IntoIterator<Item = (&'a str, &'a MessageAttribute)>) -> String {
    let mut digest = Md5::new();
    for (name, attribute) in attributes {
        put(&mut digest, name.as_bytes());
        put(&mut digest, attribute.data_type.as_bytes());
        digest.update([match attribute.value {
            AttributeValue::Text(_) => TEXT,
            AttributeValue::Bytes(_) => BYTES,
        }]);
        put(&mut digest, attribute.value.as_bytes());
    }
    hex::encode(digest.finalize())
}

/// Bytes with their length in front.
fn put(digest: &mut Md5, bytes: &[u8]) {
    digest.update((bytes.len() as u32).to_be_bytes());
    digest.update(bytes);
}

/// The deduplication id of a body where the content decides: its SHA-256, in hexadecimal.
pub(crate) fn deduplication_of_body(body: &str) -> String {
    hex::encode(Sha256::digest(body.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(data_type: &str, value: &str) -> MessageAttribute {
        MessageAttribute { data_type: data_type.to_owned(), value: AttributeValue::Text(value.to_owned()) }
    }

    /// Digests that were recorded from AWS.
    #[test]
    fn digests_are_those_of_aws() {
        assert_eq!(md5_of_body("message-body-1"), "19c9e282d65f9733bc6b35d50062c7ee");
        let (kenobi, there, me) = (text("String", "Kenobi"), text("String", "There"), text("String", "Me"));
        let all = [("General", &kenobi), ("Hello", &there), ("Help.Me", &me)];
        assert_eq!(md5_of_attributes(all), "4c360f3fdafd970e05fae2f149d997f5");
        assert_eq!(md5_of_attributes(all[..2].to_vec()), "fca026605781cb4126a1e9044df24232");
        assert_eq!(md5_of_attributes(all[1..2].to_vec()), "a311262e065454b75da111d535b8dacd");
        let bytes = b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01".to_vec();
        let bytes = MessageAttribute { data_type: "Binary".to_owned(), value: AttributeValue::Bytes(bytes) };
        assert_eq!(md5_of_attributes([("attr1", &bytes)]), "8cbe4db156db8a94db8b801b7addb984");
    }
}

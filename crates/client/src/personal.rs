//! Personal data: replaced by a keyed hash before anything else sees it.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::mend;
use crate::warnings::Warnings;

/// How many buckets values are hashed into unless told otherwise.
pub const BUCKETS: u32 = 256;

/// Which dimensions and properties are personal data, and the key they are hashed with (HMAC-SHA-256).
///
/// The same value and key give the same hash in every process, so a person's data stays together, and nobody without the
/// key can tell whose it is. As a dimension a value becomes the number of one of [`BUCKETS`] buckets, which also bounds the number of series;
/// with [`whole`](Personal::whole) it becomes the first 128 bits in hexadecimal.
///
/// ```
/// use nepho::Personal;
///
/// let personal = Personal::new(b"from the secret store").dimension("UserId").property("Email");
/// # let _ = personal;
/// ```
#[derive(Clone)]
pub struct Personal {
    keyed: Hmac<Sha256>,
    names: BTreeSet<String>,
    buckets: Option<NonZeroU32>,
}

impl Personal {
    /// Hashes with this key, of any length; nothing is personal yet.
    pub fn new(key: &[u8]) -> Self {
        let keyed = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
        Personal { keyed, names: BTreeSet::new(), buckets: NonZeroU32::new(BUCKETS) }
    }

    /// Hashes the values of a dimension, and those of a property that is called so.
    #[must_use]
    pub fn dimension(mut self, name: &str) -> Self {
        self.names.insert(name.to_owned());
        self
    }

    /// Hashes the values of a property, and those of a dimension that is called so.
    #[must_use]
    pub fn property(self, name: &str) -> Self {
        self.dimension(name)
    }

    /// Hashes into so many buckets.
    #[must_use]
    pub fn buckets(mut self, buckets: NonZeroU32) -> Self {
        self.buckets = Some(buckets);
        self
    }

    /// Keeps 128 bits of the hash: a different value for every person.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.buckets = None;
        self
    }

    /// Also under the names that these become where they are not legal as names of dimensions.
    pub(crate) fn mended(mut self, warnings: &Warnings) -> Self {
        let mended: Vec<_> =
            self.names.iter().map(|name| mend::dimension_name("personal data", name, warnings).into_owned()).collect();
        self.names.extend(mended);
        self
    }

    /// Whether dimensions and properties of this name are personal: what the allow-list makes a property of is as
    /// personal as it was, and so is a property that somebody makes a dimension of.
    pub(crate) fn is_personal(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    pub(crate) fn hash(&self, value: &str) -> String {
        let digest = self.keyed.clone().chain_update(value).finalize().into_bytes();
        let (first, _) = digest.split_first_chunk::<16>().expect("SHA-256 has 32 bytes");
        let number = u128::from_be_bytes(*first);
        match self.buckets {
            Some(buckets) => (number % u128::from(buckets.get())).to_string(),
            None => format!("{number:032x}"),
        }
    }
}

impl std::fmt::Debug for Personal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Personal { keyed: _, names, buckets } = self;
        write!(f, "Personal {{ names: {names:?}, buckets: {buckets:?} }}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2: the HMAC of this text under the key "Jefe" begins with these bytes.
    #[test]
    fn the_hash_is_hmac_sha_256() {
        let personal = Personal::new(b"Jefe").whole();
        assert_eq!(personal.hash("what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c7");
        let in_buckets = Personal::new(b"Jefe");
        assert_eq!(in_buckets.hash("what do ya want for nothing?"), 0xc7.to_string());
    }

    #[test]
    fn values_spread_over_the_buckets_and_depend_on_the_key() {
        let (one, other) = (Personal::new(b"one"), Personal::new(b"other"));
        let users: Vec<String> = (0..20_000).map(|user| format!("user-{user}")).collect();
        let mut sizes = vec![0; BUCKETS as usize];
        users.iter().for_each(|user| sizes[one.hash(user).parse::<usize>().unwrap()] += 1);
        let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
        assert!(*least > 40 && *most < 130, "20,000 users in 256 buckets, from {least} to {most}");
        let same = users.iter().filter(|user| one.hash(user) == other.hash(user)).count();
        assert!(same < 150, "{same} of 20,000 users are in the same bucket under another key");
    }

    #[test]
    fn the_key_is_not_printed() {
        assert!(!format!("{:?}", Personal::new(b"secret").dimension("UserId")).contains("secret"));
    }
}

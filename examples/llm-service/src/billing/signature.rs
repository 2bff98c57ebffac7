//! Signatures of webhooks, in the scheme that Stripe publishes: `Stripe-Signature: t=SECONDS,v1=HEX`, where the second
//! is the HMAC-SHA-256 of `SECONDS.BODY`. While a secret is being replaced there is a `v1` for the old and one for the
//! new; parts of other schemes (`v0`) prove nothing.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How far a signature's time may be from now, either way.
pub const TOLERANCE_SECONDS: u64 = 300;

/// Why a signature is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It is not `t=SECONDS,v1=HEX`.
    #[error("the signature has no time, or more than one, or no v1")]
    Malformed,
    /// It is not of this body, this time and this secret.
    #[error("the signature does not match")]
    Mismatch,
    /// It is right, and too old, or from the future.
    #[error("the signature is {0} seconds away from now, which exceeds the tolerance of {TOLERANCE_SECONDS}")]
    Stale(u64),
}

/// Checks the signature of a body, and says when it was made (seconds since 1970).
pub(super) fn verify(header: &str, body: &[u8], secret: &str, now: u64) -> Result<u64, SignatureError> {
    let parts: Vec<_> = header.split(',').filter_map(|part| part.split_once('=')).collect();
    let of = |name| parts.iter().filter(move |(found, _)| *found == name).map(|(_, value)| *value);
    let (Some(time), None) = (of("t").next(), of("t").nth(1)) else { return Err(SignatureError::Malformed) };
    let signed_at: u64 = time.parse().map_err(|_| SignatureError::Malformed)?;
    if of("v1").next().is_none() {
        return Err(SignatureError::Malformed);
    }
    let keyed = keyed(time, body, secret);
    // `verify_slice` takes the same time wherever the first difference is.
    let is_of =
        |signature: &str| hex::decode(signature).is_ok_and(|signature| keyed.clone().verify_slice(&signature).is_ok());
    if !of("v1").any(is_of) {
        return Err(SignatureError::Mismatch);
    }
    let distance = signed_at.abs_diff(now);
    if distance > TOLERANCE_SECONDS { Err(SignatureError::Stale(distance)) } else { Ok(signed_at) }
}

/// The header of a body that is signed at a time, in seconds since 1970.
pub fn sign(body: &[u8], secret: &str, at: u64) -> String {
    let signature = keyed(&at.to_string(), body, secret).finalize().into_bytes();
    format!("t={at},v1={}", hex::encode(signature))
}

fn keyed(time: &str, body: &[u8], secret: &str) -> Hmac<Sha256> {
    let keyed = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    keyed.chain_update(time).chain_update(".").chain_update(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_test";
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    const AT: u64 = 1_795_000_000;

    fn v1(secret: &str) -> String {
        sign(BODY, secret, AT).split_once(',').unwrap().1.to_owned()
    }

    /// Computed with OpenSSL: `printf '1795000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test`.
    #[test]
    fn the_signature_is_the_published_one() {
        let expected = "9768205fbb644a6a645cdd13f225c6791ed91580e4d16c14b9a8e73cd4ba4393";
        assert_eq!(sign(BODY, SECRET, AT), format!("t={AT},v1={expected}"));
    }

    #[test]
    fn headers() {
        let (good, other) = (v1(SECRET), v1("whsec_other"));
        let upper = format!("v1={}", good[3..].to_uppercase());
        let cases = [
            (format!("t={AT},{good}"), Ok(AT)),
            (format!("{good},t={AT}"), Ok(AT)),
            (format!("t={AT},{upper}"), Ok(AT)),
            (format!("t={AT},{other},{good}"), Ok(AT)),
            (format!("t={AT},{good},{other},v0=6ffbb5"), Ok(AT)),
            (format!("t={AT},{other}"), Err(SignatureError::Mismatch)),
            (format!("t={AT},v1="), Err(SignatureError::Mismatch)),
            (format!("t={AT},{}", &good[..good.len() - 2]), Err(SignatureError::Mismatch)),
            (format!("t={AT},{good}00"), Err(SignatureError::Mismatch)),
            (format!("t={},{good}", AT + 1), Err(SignatureError::Mismatch)),
            // The same number, and not what was signed.
            (format!("t=0{AT},{good}"), Err(SignatureError::Mismatch)),
            (format!("t={AT},v0={}", &good[3..]), Err(SignatureError::Malformed)),
            (format!("t={AT}"), Err(SignatureError::Malformed)),
            (good.clone(), Err(SignatureError::Malformed)),
            (format!("t={AT},t={AT},{good}"), Err(SignatureError::Malformed)),
            (format!("t=-{AT},{good}"), Err(SignatureError::Malformed)),
            (String::new(), Err(SignatureError::Malformed)),
        ];
        for (header, expected) in cases {
            assert_eq!(verify(&header, BODY, SECRET, AT), expected, "{header}");
        }
        assert_eq!(verify(&sign(BODY, SECRET, AT), b"{}", SECRET, AT), Err(SignatureError::Mismatch));
    }

    #[test]
    fn times_at_the_tolerance_and_past_it() {
        let header = sign(BODY, SECRET, AT);
        for (now, expected) in [
            (AT + TOLERANCE_SECONDS, Ok(AT)),
            (AT + TOLERANCE_SECONDS + 1, Err(SignatureError::Stale(301))),
            (AT - TOLERANCE_SECONDS, Ok(AT)),
            (AT - TOLERANCE_SECONDS - 1, Err(SignatureError::Stale(301))),
        ] {
            assert_eq!(verify(&header, BODY, SECRET, now), expected, "at {now}");
        }
        // Nobody without the secret learns whether a time would do.
        assert_eq!(verify(&header, BODY, "whsec_other", AT + 301), Err(SignatureError::Mismatch));
    }
}

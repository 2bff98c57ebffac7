//! Verifying requests.

use subtle::ConstantTimeEq;

use super::authorization::{Claim, Scope};
use super::canonical::{PayloadHash, SIGNED_HEADERS_MAX, canonical_request, string_to_sign};
use super::key::{amz_date, parse_date, signature};
use crate::error::{ServiceError, code};
use crate::request::RequestHead;
use crate::value::Timestamp;

/// How far the time of a signature may be from now, either way.
pub const WINDOW_MS: i64 = 5 * 60 * 1000;

/// How long a presigned request may be good for: a week.
pub const EXPIRES_MAX_S: i64 = 7 * 24 * 60 * 60;

/// What an access key stands for.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The secret key.
    pub secret_key: String,
    /// The token that requests must carry, for the credentials of a session.
    pub session_token: Option<String>,
    /// When a session ends.
    pub expires: Option<Timestamp>,
}

/// Whose request it is, and for which region and service; verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The access key.
    pub access_key: String,
    /// The region.
    pub region: String,
    /// The service's signing name.
    pub service: String,
}

/// Verifies the signature of a request.
///
/// `payload` is the hash of the body as it was sent; what `x-amz-content-sha256` says is not
/// believed. `services` are the signing names that are served here.
///
/// # Errors
///
/// The codes and messages that AWS has for each failure.
pub fn verify(
    head: &RequestHead<'_>,
    payload: PayloadHash,
    lookup: impl Fn(&str) -> Option<Credential>,
    now: Timestamp,
    services: &[&str],
) -> Result<Identity, ServiceError> {
    let claim = Claim::read(head)?;
    let credential = lookup(&claim.scope.access_key).ok_or_else(unknown_client)?;
    check_session(&claim, &credential, now)?;
    let signed_at = check_scope(&claim, services)?;
    check_signed_headers(head, &claim)?;
    check_time(&claim, signed_at, now)?;

    let canonical = canonical_request(head, &claim.signed_headers, payload);
    let text = string_to_sign(&amz_date(signed_at), &claim.scope.signed_text(), &canonical);
    let expected = signature(&credential.secret_key, &claim.scope, &text);
    let equal = expected.as_bytes().ct_eq(claim.signature.as_bytes());
    if !bool::from(equal) {
        return Err(mismatch(
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS Secret Access Key and signing method. Consult the service documentation for \
             details.",
        ));
    }
    let Scope { access_key, region, service, .. } = claim.scope;
    Ok(Identity { access_key, region, service })
}

fn unknown_client() -> ServiceError {
    code::UNRECOGNIZED_CLIENT.message("The security token included in the request is invalid.")
}

fn mismatch(message: impl Into<String>) -> ServiceError {
    code::INVALID_SIGNATURE.message(message)
}

/// Checks that the token is the session's, and that the session has not ended.
fn check_session(claim: &Claim, credential: &Credential, now: Timestamp) -> Result<(), ServiceError> {
    let expected = credential.session_token.as_deref().unwrap_or_default();
    let given = claim.session_token.as_deref().unwrap_or_default();
    if !bool::from(expected.as_bytes().ct_eq(given.as_bytes())) {
        return Err(unknown_client());
    }
    match credential.expires {
        Some(expires) if expires <= now => {
            Err(code::EXPIRED_TOKEN.message("The security token included in the request is expired"))
        }
        _ => Ok(()),
    }
}

/// Checks date, region and service of the scope, and answers when the request was signed.
fn check_scope(claim: &Claim, services: &[&str]) -> Result<Timestamp, ServiceError> {
    let scope = &claim.scope;
    let signed_at = parse_date(&claim.date).ok_or_else(|| {
        code::INCOMPLETE_SIGNATURE.message(
            "Date must be in ISO-8601 'basic format'. Got a value of another form. See \
             http://en.wikipedia.org/wiki/ISO_8601",
        )
    })?;
    let day: String = amz_date(signed_at).chars().take(8).collect();
    if scope.date != day {
        return Err(mismatch(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '{}' != '{day}', from '{}'.",
            scope.date, claim.date
        )));
    }
    let in_region = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if scope.region.is_empty() || !scope.region.bytes().all(in_region) {
        return Err(mismatch("Credential should be scoped to a valid region."));
    }
    if !services.contains(&scope.service.as_str()) {
        return Err(mismatch(format!("Credential should be scoped to correct service: '{}'.", services.join("', '"))));
    }
    Ok(signed_at)
}

/// Checks that what decides about the request is part of what is signed.
fn check_signed_headers(head: &RequestHead<'_>, claim: &Claim) -> Result<(), ServiceError> {
    let signed = &claim.signed_headers;
    if signed.len() > SIGNED_HEADERS_MAX {
        return Err(code::INCOMPLETE_SIGNATURE
            .message(format!("SignedHeaders exceeds the limit of {SIGNED_HEADERS_MAX} headers")));
    }
    let covers = |name: &str| signed.iter().any(|signed| signed == name);
    if !covers("host") {
        return Err(mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."));
    }
    if head.headers.contains_key("x-amz-target") && !covers("x-amz-target") {
        return Err(mismatch("'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization."));
    }
    Ok(())
}

/// Checks that the request is neither too old nor from the future.
fn check_time(claim: &Claim, signed_at: Timestamp, now: Timestamp) -> Result<(), ServiceError> {
    let good_for_ms = match claim.expires_s {
        None => WINDOW_MS,
        Some(seconds @ 1..=EXPIRES_MAX_S) => seconds * 1000,
        Some(seconds) => {
            return Err(code::INCOMPLETE_SIGNATURE
                .message(format!("X-Amz-Expires of {seconds} seconds is not between 1 and {EXPIRES_MAX_S}")));
        }
    };
    let earliest = Timestamp::from_ms(now.ms().saturating_sub(good_for_ms));
    if signed_at < earliest {
        return Err(mismatch(format!(
            "Signature expired: {} is now earlier than {} ({} - {}.)",
            amz_date(signed_at),
            amz_date(earliest),
            amz_date(now),
            minutes(good_for_ms),
        )));
    }
    let latest = Timestamp::from_ms(now.ms().saturating_add(WINDOW_MS));
    if signed_at > latest {
        return Err(mismatch(format!(
            "Signature not yet current: {} is still later than {} ({} + {}.)",
            amz_date(signed_at),
            amz_date(latest),
            amz_date(now),
            minutes(WINDOW_MS),
        )));
    }
    Ok(())
}

fn minutes(ms: i64) -> String {
    match ms {
        _ if ms % 60_000 == 0 => format!("{} min", ms / 60_000),
        _ => format!("{} s", ms / 1000),
    }
}

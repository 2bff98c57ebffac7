//! Signing requests.

use http::header::{AUTHORIZATION, HOST};
use http::{HeaderName, HeaderValue, request};

use super::authorization::{ALGORITHM, Scope};
use super::canonical::{PayloadHash, canonical_request, string_to_sign};
use super::key::{amz_date, signature};
use crate::request::RequestHead;
use crate::value::Timestamp;

const X_AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
const X_AMZ_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// Who signs, for which region and service.
#[derive(Clone)]
pub struct Signer<'a> {
    /// The access key.
    pub access_key: &'a str,
    /// The secret key.
    pub secret_key: &'a str,
    /// The token of a temporary session.
    pub session_token: Option<&'a str>,
    /// The region.
    pub region: &'a str,
    /// The service's signing name.
    pub service: &'a str,
}

/// Adds the date, the session token and the signature to a request.
///
/// Every header that is there is signed, so sign last. A missing `host` is taken from the URI.
///
/// # Errors
///
/// A host, token, access key, region or service that cannot be part of a header.
pub fn sign(
    parts: &mut request::Parts,
    payload: PayloadHash,
    signer: &Signer<'_>,
    now: Timestamp,
) -> Result<(), http::header::InvalidHeaderValue> {
    let amz_date = amz_date(now);
    let host = parts.uri.authority().map(|authority| authority.as_str());
    if let (false, Some(host)) = (parts.headers.contains_key(HOST), host) {
        parts.headers.insert(HOST, HeaderValue::from_str(host)?);
    }
    parts.headers.insert(X_AMZ_DATE, HeaderValue::from_str(&amz_date)?);
    if let Some(token) = signer.session_token {
        parts.headers.insert(X_AMZ_SECURITY_TOKEN, HeaderValue::from_str(token)?);
    }
    parts.headers.remove(AUTHORIZATION);
    let authorization = authorization(parts, payload, signer, &amz_date);
    parts.headers.insert(AUTHORIZATION, HeaderValue::from_str(&authorization)?);
    Ok(())
}

fn authorization(parts: &request::Parts, payload: PayloadHash, signer: &Signer<'_>, amz_date: &str) -> String {
    let scope = Scope {
        access_key: signer.access_key.to_owned(),
        date: amz_date.chars().take(8).collect(),
        region: signer.region.to_owned(),
        service: signer.service.to_owned(),
    };
    let mut signed_headers: Vec<String> = parts.headers.keys().map(ToString::to_string).collect();
    signed_headers.sort();
    let canonical = canonical_request(&RequestHead::from(parts), &signed_headers, payload);
    let text = string_to_sign(amz_date, &scope.signed_text(), &canonical);
    format!(
        "{ALGORITHM} Credential={}/{}, SignedHeaders={}, Signature={}",
        scope.access_key,
        scope.signed_text(),
        signed_headers.join(";"),
        signature(signer.secret_key, &scope, &text),
    )
}

//! What a request says about who signed it, and how.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::error::{ServiceError, code};
use crate::request::RequestHead;

/// The only algorithm.
pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The last part of a scope.
pub(super) const TERMINATOR: &str = "aws4_request";

/// Who signed a request, for when and where; not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The access key.
    pub access_key: String,
    /// The day, such as `20150830`.
    pub date: String,
    /// The region, such as `us-east-1`.
    pub region: String,
    /// The service's signing name, such as `monitoring`.
    pub service: String,
}

impl Scope {
    /// Reads `key/date/region/service/aws4_request`; an access key may contain slashes.
    fn parse(credential: &str) -> Option<Self> {
        let mut parts = credential.rsplitn(5, '/');
        let terminator = parts.next()?;
        let (service, region, date) = (parts.next()?, parts.next()?, parts.next()?);
        let access_key = parts.next().filter(|key| !key.is_empty())?;
        (terminator == TERMINATOR).then(|| Self {
            access_key: access_key.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
        })
    }

    /// The scope as it is signed, without the access key.
    pub(super) fn signed_text(&self) -> String {
        format!("{}/{}/{}/{TERMINATOR}", self.date, self.region, self.service)
    }
}

/// Reads the scope of a request without verifying anything.
///
/// Looks at the `Authorization` header, then at the query string of a presigned request. `None`
/// when there is neither, or it cannot be read.
pub fn scope(head: &RequestHead<'_>) -> Option<Scope> {
    let credential = match head.header("authorization") {
        Some(header) => Cow::Borrowed(parameter(header, "Credential")?),
        None => query_parameter(head.query, "X-Amz-Credential")?,
    };
    Scope::parse(&credential)
}

/// Everything a request says about its signature.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) scope: Scope,
    /// The names of the signed headers, in the order given.
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: String,
    /// `X-Amz-Date`, or else `Date`, as sent.
    pub(super) date: String,
    pub(super) session_token: Option<String>,
    /// How many seconds a presigned request is good for; `None` for one with a header.
    pub(super) expires_s: Option<i64>,
}

impl Claim {
    pub(super) fn read(head: &RequestHead<'_>) -> Result<Self, ServiceError> {
        match head.header("authorization") {
            Some(header) => Self::from_header(head, header),
            None if head.query.contains("X-Amz-Signature=") => Self::from_query(head.query),
            None => Err(code::MISSING_AUTHENTICATION_TOKEN.message("Request is missing Authentication Token")),
        }
    }

    fn from_header(head: &RequestHead<'_>, header: &str) -> Result<Self, ServiceError> {
        if !header.starts_with(ALGORITHM) {
            return Err(incomplete(format!("Authorization header requires the algorithm '{ALGORITHM}'.")));
        }
        let date = head.header("x-amz-date").or_else(|| head.header("date"));
        let [credential, signature, signed_headers] =
            ["Credential", "Signature", "SignedHeaders"].map(|name| (name, parameter(header, name)));
        let mut missing: Vec<String> = [credential, signature, signed_headers]
            .iter()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| format!("Authorization header requires '{name}' parameter."))
            .collect();
        if date.is_none() {
            missing.push(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' \
                 header."
                    .to_owned(),
            );
        }
        let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
            (credential.1, signature.1, signed_headers.1, date)
        else {
            return Err(incomplete(missing.join(" ")));
        };
        Ok(Self {
            scope: read_scope(credential)?,
            signed_headers: signed_headers.split(';').map(str::to_owned).collect(),
            signature: signature.to_owned(),
            date: date.to_owned(),
            session_token: head.header("x-amz-security-token").map(str::to_owned),
            expires_s: None,
        })
    }

    fn from_query(query: &str) -> Result<Self, ServiceError> {
        let required = |name: &str| {
            query_parameter(query, name)
                .map(Cow::into_owned)
                .ok_or_else(|| incomplete(format!("AWS query-string parameters must include '{name}'.")))
        };
        if required("X-Amz-Algorithm")? != ALGORITHM {
            return Err(incomplete(format!("'X-Amz-Algorithm' must be '{ALGORITHM}'.")));
        }
        Ok(Self {
            scope: read_scope(&required("X-Amz-Credential")?)?,
            signed_headers: required("X-Amz-SignedHeaders")?.split(';').map(str::to_owned).collect(),
            signature: required("X-Amz-Signature")?,
            date: required("X-Amz-Date")?,
            session_token: query_parameter(query, "X-Amz-Security-Token").map(Cow::into_owned),
            expires_s: Some(
                required("X-Amz-Expires")?
                    .parse()
                    .map_err(|_| incomplete("'X-Amz-Expires' must be a number of seconds.".to_owned()))?,
            ),
        })
    }
}

fn read_scope(credential: &str) -> Result<Scope, ServiceError> {
    Scope::parse(credential).ok_or_else(|| {
        let shown: String = credential.chars().take(128).collect();
        incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got '{shown}'"
        ))
    })
}

fn incomplete(message: String) -> ServiceError {
    code::INCOMPLETE_SIGNATURE.message(message)
}

/// A parameter of the `Authorization` header.
fn parameter<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let parameters = header.strip_prefix(ALGORITHM)?;
    parameters
        .split(',')
        .filter_map(|parameter| parameter.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// A parameter of the query string, decoded.
fn query_parameter<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let (_, value) = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?;
    percent_decode_str(value).decode_utf8().ok()
}

//! The wire protocols.

/// One of the protocols that AWS clients speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// awsQuery: form-encoded requests, XML responses.
    Query,
    /// awsJson 1.0.
    Json10,
    /// awsJson 1.1: as 1.0, with error types without their namespace.
    Json11,
    /// Smithy's rpc-v2-cbor.
    Cbor,
}

impl Protocol {
    /// The content type of responses.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Query => "text/xml",
            Self::Json10 => "application/x-amz-json-1.0",
            Self::Json11 => "application/x-amz-json-1.1",
            Self::Cbor => "application/cbor",
        }
    }
}

//! Errors in AWS's words.

pub mod code;
pub mod constraint;
pub mod logs;
pub mod sns;
pub mod sqs;

use std::fmt;

use crate::protocol::Protocol;
use crate::service::Service;

/// Whose fault an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The request is wrong.
    Sender,
    /// The service has failed.
    Receiver,
}

impl Fault {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sender => "Sender",
            Self::Receiver => "Receiver",
        }
    }
}

/// The namespace that an error's shape belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// The model of the service that answers.
    Service,
    /// The framework beneath AWS's services.
    CoralService,
    /// The framework's validation of single members.
    CoralValidate,
    /// The framework's throttling.
    CoralAvailability,
}

/// One kind of error: its names in the protocols, and its HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The code in awsQuery and in `x-amzn-query-error`.
    pub query: &'static str,
    /// The shape's name in JSON and CBOR.
    pub shape: &'static str,
    /// The shape's namespace.
    pub home: Home,
    /// The HTTP status.
    pub status: u16,
}

impl Code {
    const fn new(home: Home, query: &'static str, shape: &'static str, status: u16) -> Self {
        Self { query, shape, home, status }
    }

    /// Makes an error with a message.
    pub fn message(self, message: impl Into<String>) -> ServiceError {
        ServiceError { code: self, message: Some(message.into()) }
    }

    /// Makes an error without a message.
    pub const fn bare(self) -> ServiceError {
        ServiceError { code: self, message: None }
    }

    /// Whose fault it is.
    pub const fn fault(self) -> Fault {
        match self.status {
            ..500 => Fault::Sender,
            500.. => Fault::Receiver,
        }
    }

    /// The shape with its namespace, such as `com.amazon.coral.validate#ValidationException`.
    pub fn shape_id(self, service: Service) -> String {
        let namespace = match self.home {
            Home::Service => service.error_namespace(),
            Home::CoralService => "com.amazon.coral.service",
            Home::CoralValidate => "com.amazon.coral.validate",
            Home::CoralAvailability => "com.amazon.coral.availability",
        };
        format!("{namespace}#{}", self.shape)
    }

    /// The HTTP status in a protocol.
    ///
    /// What a service does not find is 404 in awsQuery and for clients that want its codes, and
    /// 400 in plain JSON and CBOR, as recorded from CloudWatch.
    pub const fn status_in(self, protocol: Protocol, query_mode: bool) -> u16 {
        let plain = !query_mode && !matches!(protocol, Protocol::Query);
        match (self.home, self.status) {
            (Home::Service, 404) if plain => 400,
            (_, status) => status,
        }
    }
}

/// An error that a client is told about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// The kind of error.
    pub code: Code,
    /// What there is to say about it.
    pub message: Option<String>,
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => write!(f, "{}: {message}", self.code.query),
            None => f.write_str(self.code.query),
        }
    }
}

impl std::error::Error for ServiceError {}

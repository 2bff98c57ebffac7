//! Which service is spoken to, and how.

use crate::protocol::Protocol;
use crate::service::Service;

/// What a response needs to know about its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The protocol of the request, and so of the response.
    pub protocol: Protocol,
    /// The service.
    pub service: Service,
    /// Whether the client, which once spoke awsQuery, still wants its error codes
    /// (`x-amzn-query-mode: true`).
    pub query_mode: bool,
}

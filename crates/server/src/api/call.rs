//! One call of an operation: who calls, how, and when.

use std::sync::Arc;

use http::Response;
use nepho_model::{Scope, Timestamp};
use nepho_protocol::error::{Code, ServiceError, code, logs, sns};
use nepho_protocol::{Route, Service, codec};
use nepho_store::{StoreError, Table};
use serde::{Deserialize, Serialize};

use crate::instance::Instance;

/// An encoded answer.
pub(crate) type Reply = Response<Vec<u8>>;

/// One call of an operation.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) instance: Arc<Instance>,
    pub(crate) route: Route,
    pub(crate) operation: &'static str,
    pub(crate) scope: Scope,
    /// The access key, if the request named one.
    pub(crate) access_key: Option<String>,
    pub(crate) now: Timestamp,
    /// The path of the request, which may be that of a queue.
    pub(crate) path: String,
    /// By what name the client calls this server.
    pub(crate) host: String,
    pub(crate) request_id: String,
    /// Whether a header says that log events are EMF (`x-amzn-logs-format: json/emf`).
    pub(crate) is_emf_format: bool,
}

impl Call {
    pub(super) fn decode<'a, T: Deserialize<'a>>(&self, body: &'a [u8]) -> Result<T, ServiceError> {
        codec::decode(self.route.protocol, body)
    }

    pub(super) fn encode<T: Serialize>(&self, output: &T) -> Reply {
        codec::encode(self.route, self.operation, output, &self.request_id)
    }

    /// Who calls: there are no users here, so it is the access key, or else the account.
    pub(super) fn caller(&self) -> String {
        self.access_key.clone().unwrap_or_else(|| self.scope.account.clone())
    }

    /// The answer when the store could not do its part. The cause goes to the log, not to the client.
    pub(super) fn store_failed(&self, error: &StoreError) -> ServiceError {
        self.failed(error, "The store has failed; the server's log says why.".to_owned())
    }

    /// The answer when something could not be read. It names the file: whoever reads from a damaged store has to learn
    /// which part of it is.
    pub(super) fn read_failed(&self, error: &StoreError) -> ServiceError {
        self.failed(error, format!("The store has failed: {error}."))
    }

    fn failed(&self, error: &StoreError, message: String) -> ServiceError {
        self.instance.fault(&format!("{} failed: {error}", self.operation));
        match error {
            StoreError::Busy { .. } => self.unavailable().message("More arrives than the disk takes; try again."),
            StoreError::Closed => self.unavailable().message("The server is stopping."),
            _ => self.internal().message(message),
        }
    }

    /// The answer when a record does not hold what was written to it.
    pub(super) fn record_damaged(&self, table: Table, key: &str, error: &serde_json::Error) -> ServiceError {
        self.damaged(&format!("record {key:?} in {} is damaged: {error}", table.0))
    }

    /// The answer when something that was kept cannot be read, as the log says.
    pub(super) fn damaged(&self, what: &str) -> ServiceError {
        self.instance.fault(what);
        self.internal().message("The store has failed; the server's log says why.")
    }

    fn unavailable(&self) -> Code {
        match self.route.service {
            Service::Logs => logs::SERVICE_UNAVAILABLE,
            _ => code::SERVICE_UNAVAILABLE,
        }
    }

    fn internal(&self) -> Code {
        match self.route.service {
            Service::CloudWatch => code::INTERNAL_SERVICE,
            Service::Sns => sns::INTERNAL_ERROR,
            _ => code::INTERNAL_FAILURE,
        }
    }
}

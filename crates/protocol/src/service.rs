//! The AWS services whose requests this crate can tell apart.

use crate::protocol::Protocol;

/// One AWS service, as named by a credential scope, a target header or an API version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Amazon CloudWatch: metrics, alarms, dashboards.
    CloudWatch,
    /// Amazon CloudWatch Logs.
    Logs,
    /// AWS Security Token Service.
    Sts,
    /// Amazon Simple Notification Service.
    Sns,
    /// Amazon Simple Queue Service.
    Sqs,
}

/// What the wire needs to know about a service.
struct Facts {
    signing_name: &'static str,
    target_prefix: &'static str,
    api_version: &'static str,
    xml_namespace: &'static str,
    error_namespace: &'static str,
    json: Protocol,
}

impl Service {
    /// Every service, in the order of their declaration.
    pub const ALL: [Self; 5] = [Self::CloudWatch, Self::Logs, Self::Sts, Self::Sns, Self::Sqs];

    const fn facts(self) -> Facts {
        match self {
            Self::CloudWatch => Facts {
                signing_name: "monitoring",
                target_prefix: "GraniteServiceVersion20100801",
                api_version: "2010-08-01",
                xml_namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
                error_namespace: "com.amazonaws.cloudwatch.v2010_08_01",
                json: Protocol::Json10,
            },
            Self::Logs => Facts {
                signing_name: "logs",
                target_prefix: "Logs_20140328",
                api_version: "2014-03-28",
                xml_namespace: "http://logs.amazonaws.com/doc/2014-03-28/",
                error_namespace: "com.amazonaws.logs",
                json: Protocol::Json11,
            },
            Self::Sts => Facts {
                signing_name: "sts",
                target_prefix: "AWSSecurityTokenServiceV20110615",
                api_version: "2011-06-15",
                xml_namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
                error_namespace: "com.amazonaws.sts",
                json: Protocol::Json11,
            },
            Self::Sns => Facts {
                signing_name: "sns",
                target_prefix: "AmazonSimpleNotificationService",
                api_version: "2010-03-31",
                xml_namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
                error_namespace: "com.amazonaws.sns",
                json: Protocol::Json10,
            },
            Self::Sqs => Facts {
                signing_name: "sqs",
                target_prefix: "AmazonSQS",
                api_version: "2012-11-05",
                xml_namespace: "http://queue.amazonaws.com/doc/2012-11-05/",
                error_namespace: "com.amazonaws.sqs",
                json: Protocol::Json10,
            },
        }
    }

    /// The name in a credential scope, such as `monitoring`.
    pub const fn signing_name(self) -> &'static str {
        self.facts().signing_name
    }

    /// The part of `X-Amz-Target` before the operation, such as `GraniteServiceVersion20100801`.
    pub const fn target_prefix(self) -> &'static str {
        self.facts().target_prefix
    }

    /// The version of the API, such as `2010-08-01`.
    pub const fn api_version(self) -> &'static str {
        self.facts().api_version
    }

    /// The namespace of the service's XML documents.
    pub const fn xml_namespace(self) -> &'static str {
        self.facts().xml_namespace
    }

    /// The namespace that precedes `#` in the shape ids of the service's own errors.
    pub const fn error_namespace(self) -> &'static str {
        self.facts().error_namespace
    }

    /// The version of awsJson that the service speaks when a request does not say.
    pub const fn json_protocol(self) -> Protocol {
        self.facts().json
    }

    /// Finds the service with this name in a credential scope.
    pub fn from_signing_name(name: &str) -> Option<Self> {
        Self::find(|service| service.signing_name() == name)
    }

    /// Finds the service with this target prefix.
    pub fn from_target_prefix(prefix: &str) -> Option<Self> {
        Self::find(|service| service.target_prefix() == prefix)
    }

    /// Finds the service with this API version; no two of them share one.
    pub fn from_api_version(version: &str) -> Option<Self> {
        Self::find(|service| service.api_version() == version)
    }

    fn find(wanted: impl Fn(Self) -> bool) -> Option<Self> {
        Self::ALL.into_iter().find(|service| wanted(*service))
    }
}

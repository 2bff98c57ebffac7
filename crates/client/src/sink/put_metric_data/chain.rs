//! A client from the ordinary chain of credentials, regions and endpoints.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_cloudwatch::Client;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

use super::{Failure, Rest};

/// How long a connection may take to open.
const CONNECT_TIME: Duration = Duration::from_secs(3);
/// How long a connection may idle and be used again. Most sends are a minute apart, and many servers close a
/// connection after so long: a new one is safer than one that is being closed.
const IDLE_TIME: Duration = Duration::from_secs(20);

/// Looks for everything the SDK knows to look for. Retries are the worker's.
pub(super) async fn client() -> Result<Client, Failure> {
    let http =
        Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).pool_idle_timeout(IDLE_TIME).build_https();
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT_TIME).build())
        .retry_config(RetryConfig::disabled())
        .load()
        .await;
    if config.region().is_none() {
        let message = "no AWS region is configured: set AWS_REGION, or the region of the profile";
        return Err(Failure { rest: Rest::Retry, message: message.to_owned() });
    }
    Ok(Client::new(&config))
}

//! `--endpoint`: whom a command talks to, and as whom. CloudWatch's API is spoken through the AWS SDK, to Amazon and
//! to the local server alike.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::SharedHttpClient;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use clap::Args;
use http::Uri;
use http::uri::Scheme;

use crate::exit::Failure;

/// Where the server listens unless it is told otherwise.
const LOCAL: &str = "http://127.0.0.1:4582";
/// The region when neither a flag nor, for Amazon, the user's configuration says one.
const REGION: &str = "us-east-1";
/// How long a connection may take.
const CONNECT_TIME: Duration = Duration::from_secs(3);
/// How long an attempt at an answer may take.
const ATTEMPT_TIME: Duration = Duration::from_secs(60);
/// Attempts at Amazon, which throttles. The local server is asked once.
const AWS_ATTEMPTS: u32 = 4;

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// The server's URL, or `aws` for Amazon CloudWatch with your ordinary AWS credentials
    #[arg(long, env = "NEPHO_ENDPOINT", value_name = "URL", default_value = LOCAL, value_parser = parse,
          help_heading = "Connection")]
    endpoint: Endpoint,
    /// AWS region [default: us-east-1; for aws, the one that is configured]
    #[arg(long, env = "NEPHO_REGION", help_heading = "Connection")]
    region: Option<String>,
    /// Profile of ~/.aws with the credentials [default: AWS_ACCESS_KEY_ID and its like; for aws, the ordinary chain]
    #[arg(long, env = "NEPHO_PROFILE", help_heading = "Connection")]
    profile: Option<String>,
}

/// Whom a command talks to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// Amazon CloudWatch.
    Aws,
    /// Whoever listens there.
    At(Uri),
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Endpoint::Aws => f.write_str("Amazon CloudWatch"),
            Endpoint::At(uri) => f.write_str(uri.to_string().trim_end_matches('/')),
        }
    }
}

fn parse(text: &str) -> Result<Endpoint, String> {
    if text == "aws" {
        return Ok(Endpoint::Aws);
    }
    let expected = "expected aws, or a URL such as http://127.0.0.1:4582";
    let url = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let uri: Uri = url.parse().map_err(|_| expected.to_owned())?;
    let is_http = uri.scheme().is_some_and(|scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS);
    let is_bare = uri.path() == "/" && uri.query().is_none();
    if is_http && is_bare { Ok(Endpoint::At(uri)) } else { Err(expected.to_owned()) }
}

impl Arguments {
    /// Whom to talk to.
    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The endpoint as flags of another command, with a space before each.
    pub(crate) fn flags(&self) -> String {
        let endpoint = match &self.endpoint {
            Endpoint::Aws => " --endpoint aws".to_owned(),
            Endpoint::At(uri) if *uri == LOCAL => String::new(),
            endpoint => format!(" --endpoint {endpoint}"),
        };
        let region = self.region.as_ref().map(|region| format!(" --region {region}")).unwrap_or_default();
        let profile = self.profile.as_ref().map(|profile| format!(" --profile {profile}")).unwrap_or_default();
        endpoint + &region + &profile
    }

    /// A client of CloudWatch's API. It does not connect yet.
    ///
    /// # Errors
    /// For Amazon, when no region is configured.
    pub(crate) async fn client(&self) -> Result<Client, Failure> {
        Ok(Client::new(&self.config().await?))
    }

    /// A client of SNS's API, for the topics that alarms act on.
    ///
    /// # Errors
    /// As for [`client`](Self::client).
    pub(crate) async fn sns(&self) -> Result<aws_sdk_sns::Client, Failure> {
        Ok(aws_sdk_sns::Client::new(&self.config().await?))
    }

    async fn config(&self) -> Result<SdkConfig, Failure> {
        let loader = match &self.endpoint {
            Endpoint::Aws => self.aws(),
            Endpoint::At(uri) => self.at(uri).await?,
        };
        let config = loader.load().await;
        if config.region().is_none() {
            return Err(Failure::usage(
                "no AWS region is configured: give --region eu-west-1, or set AWS_REGION, or the region of your profile",
            ));
        }
        Ok(config)
    }

    /// Amazon, through the ordinary chain of credentials and regions.
    fn aws(&self) -> ConfigLoader {
        let mut loader = loader(true).retry_config(RetryConfig::standard().with_max_attempts(AWS_ATTEMPTS));
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        loader
    }

    /// A server. It is asked once: when it is not there, that is the answer.
    async fn at(&self, uri: &Uri) -> Result<ConfigLoader, Failure> {
        let is_https = uri.scheme() == Some(&Scheme::HTTPS);
        Ok(loader(is_https)
            .endpoint_url(uri.to_string())
            .region(Region::new(self.region().to_owned()))
            .credentials_provider(self.credentials().await?)
            .retry_config(RetryConfig::disabled()))
    }

    /// The profile that was named.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// As whom Amazon is asked, by the ordinary chain.
    ///
    /// # Errors
    /// When it leads to none.
    pub(crate) async fn aws_credentials(&self) -> Result<Credentials, Failure> {
        let none = |cause: &str| crate::refusal::no_credentials(cause);
        let config = self.aws().load().await;
        let provider = config.credentials_provider().ok_or_else(|| none("there is no way to get any"))?;
        provider.provide_credentials().await.map_err(|error| none(&causes(&error)))
    }

    /// The region of a server.
    pub(crate) fn region(&self) -> &str {
        self.region.as_deref().unwrap_or(REGION)
    }

    /// As whom to ask a server: the profile that was named, or the environment's access key, or, for a server that
    /// asks nobody who they are, a key without meaning.
    pub(crate) async fn credentials(&self) -> Result<Credentials, Failure> {
        if let Some(profile) = &self.profile {
            let region = Region::new(self.region().to_owned());
            let ways = ProviderConfig::default().with_region(Some(region)).with_http_client(http_client(true));
            let provider = ProfileFileCredentialsProvider::builder().configure(&ways).profile_name(profile).build();
            return provider.provide_credentials().await.map_err(|error| {
                Failure::unreachable(format!(
                    "no credentials of the profile {profile:?}: {}; are they in ~/.aws/credentials or ~/.aws/config?",
                    causes(&error)
                ))
            });
        }
        let given = EnvironmentVariableCredentialsProvider::new().provide_credentials().await;
        Ok(given.unwrap_or_else(|_| Credentials::new("nepho", "nepho", None, None, "nepho")))
    }
}

/// Plain HTTP leaves out reading the machine's certificates.
fn http_client(is_https: bool) -> SharedHttpClient {
    match is_https {
        true => Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https(),
        false => Builder::new().build_http(),
    }
}

fn loader(is_https: bool) -> ConfigLoader {
    let times = TimeoutConfig::builder().connect_timeout(CONNECT_TIME).operation_attempt_timeout(ATTEMPT_TIME);
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http_client(is_https))
        .timeout_config(times.build())
}

/// An error and what it came from, the outermost first.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.ends_with(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_aws_or_a_url_without_a_path() {
        let text = |text: &str| parse(text).map(|endpoint| endpoint.to_string());
        assert_eq!(parse("aws"), Ok(Endpoint::Aws));
        assert_eq!(text("127.0.0.1:4582").as_deref(), Ok("http://127.0.0.1:4582"));
        assert_eq!(text("https://metrics.example/").as_deref(), Ok("https://metrics.example"));
        for bad in ["", "ftp://a", "http://a/b", "http://a?b", "not a url"] {
            assert!(parse(bad).unwrap_err().contains("http://127.0.0.1:4582"), "{bad}");
        }
    }
}

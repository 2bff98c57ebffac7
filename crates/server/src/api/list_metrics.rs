//! ListMetrics: which metrics had data lately.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nepho_model::{MetricKey, NameFault, Scope, check_dimension_name, check_metric_name, check_namespace};
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::list_metrics as wire;
use nepho_protocol::shapes::{Dimension, Metric};
use nepho_store::{Filter, Page, StoreError};

use super::call::{Call, Reply};
use super::violations::Violations;

/// Metrics on one page.
const PAGE: usize = 500;
/// Dimensions of one filter.
const DIMENSIONS_MAX: usize = 10;
/// How long a metric without data is listed, in seconds: two weeks.
const LISTED_SECONDS: i64 = 14 * 24 * 3600;
/// How long a metric without data is recently active, in seconds: three hours.
const RECENT_SECONDS: i64 = 3 * 3600;

/// Lists one page.
pub(super) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::ListMetricsInput = call.decode(body)?;
    let filter = filter(call, &input)?;
    let mark = mark(&call.scope, &input);
    let after = match input.next_token.as_deref() {
        Some(token) => Some(read_token(token, mark).ok_or_else(bad_token)?),
        None => None,
    };
    let listed = call.instance.samples.list(&call.scope, &filter, &Page { after, limit: PAGE });
    let listed = listed.map_err(|error| match error {
        StoreError::BadToken(_) => bad_token(),
        error => call.read_failed(&error),
    })?;
    let is_linked = input.include_linked_accounts == Some(true);
    Ok(call.encode(&wire::ListMetricsOutput {
        owning_accounts: is_linked.then(|| vec![call.scope.account.clone(); listed.metrics.len()]),
        metrics: Some(listed.metrics.iter().map(|metric| to_wire(metric.key())).collect()),
        next_token: listed.next.map(|after| write_token(&after, mark)),
    }))
}

fn filter(call: &Call, input: &wire::ListMetricsInput) -> Result<Filter, ServiceError> {
    let mut violations = Violations::default();
    let dimensions = input.dimensions.as_deref().unwrap_or_default();
    if dimensions.len() > DIMENSIONS_MAX {
        violations.too_many("Dimensions", DIMENSIONS_MAX);
    }
    let mut check = |path: &str, name: Option<&str>, check: fn(&str) -> Result<(), NameFault>| {
        if let Some((name, fault)) = name.and_then(|name| Some((name, check(name).err()?))) {
            violations.name(path, name, fault);
        }
    };
    check("Namespace", input.namespace.as_deref(), check_namespace);
    check("MetricName", input.metric_name.as_deref(), check_metric_name);
    let mut wanted = Vec::with_capacity(dimensions.len());
    for (position, dimension) in dimensions.iter().enumerate() {
        match &dimension.name {
            Some(name) => {
                if let Err(fault) = check_dimension_name(name) {
                    violations.name(format!("Dimensions.member.{}.Name", position + 1), name, fault);
                }
                wanted.push((name.clone(), dimension.value.clone()));
            }
            None => violations.missing(format!("Dimensions.member.{}.Name", position + 1)),
        }
    }
    let seconds = match input.recently_active.as_deref() {
        None => LISTED_SECONDS,
        Some("PT3H") => RECENT_SECONDS,
        Some(_) => {
            violations.invalid("The parameter RecentlyActive must be a value in the set [ PT3H ].".to_owned());
            LISTED_SECONDS
        }
    };
    if let Some(account) = input.owning_account.as_ref().filter(|account| **account != call.scope.account) {
        violations.invalid(format!(
            "The value {account} for parameter OwningAccount is invalid: no accounts are linked to {}.",
            call.scope.account
        ));
    }
    violations.check()?;
    Ok(Filter {
        namespace: input.namespace.clone(),
        name: input.metric_name.clone(),
        dimensions: wanted,
        seen_since: Some(call.now.plus_seconds(-seconds)),
    })
}

fn to_wire(key: MetricKey<'_>) -> Metric {
    let dimension =
        |(name, value): (&str, &str)| Dimension { name: Some(name.to_owned()), value: Some(value.to_owned()) };
    Metric {
        namespace: Some(key.namespace().to_owned()),
        metric_name: Some(key.name().to_owned()),
        dimensions: Some(key.dimensions().map(dimension).collect()),
    }
}

fn bad_token() -> ServiceError {
    code::INVALID_PARAMETER_VALUE.message("Request parameter NextToken is invalid")
}

/// What ties a token to its scope and filter, so that it is of no use with another.
fn mark(scope: &Scope, input: &wire::ListMetricsInput) -> [u8; 8] {
    let mut hasher = DefaultHasher::new();
    scope.hash(&mut hasher);
    (&input.namespace, &input.metric_name, &input.recently_active).hash(&mut hasher);
    for dimension in input.dimensions.iter().flatten() {
        (&dimension.name, &dimension.value).hash(&mut hasher);
    }
    hasher.finish().to_be_bytes()
}

fn write_token(after: &str, mark: [u8; 8]) -> String {
    URL_SAFE_NO_PAD.encode([mark.as_slice(), after.as_bytes()].concat())
}

fn read_token(token: &str, mark: [u8; 8]) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    String::from_utf8(bytes.strip_prefix(mark.as_slice())?.to_vec()).ok()
}

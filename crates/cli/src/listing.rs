//! ListMetrics, page by page.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::http::HttpResponse;
use aws_sdk_cloudwatch::error::SdkError;
use aws_sdk_cloudwatch::operation::list_metrics::ListMetricsError;
use aws_sdk_cloudwatch::types::{self, RecentlyActive};

use crate::dimension::DimensionFilter;
use crate::endpoint;
use crate::exit::Failure;
use crate::metric::Metric;
use crate::progress::Progress;
use crate::refusal;

/// Which metrics are wanted. What is left out does not matter.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) namespace: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) dimensions: Vec<DimensionFilter>,
    pub(crate) is_recent: bool,
}

/// Metrics that were found.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Listing {
    /// Sorted.
    pub(crate) metrics: Vec<Metric>,
    /// Whether there are no more.
    pub(crate) is_complete: bool,
}

/// Lists metrics, and stops with the page on which there are enough.
pub(crate) async fn list(
    client: &Client,
    arguments: &endpoint::Arguments,
    filter: &Filter,
    enough: usize,
) -> Result<Listing, Failure> {
    let mut progress = Progress::of("metric");
    let mut metrics = Vec::new();
    let listed = gather(client, filter, enough, &mut metrics, |count| progress.show(count as u64)).await;
    let is_last = listed.map_err(|error| refusal::failure(arguments, &error))?;
    let is_complete = is_last && metrics.len() <= enough;
    metrics.sort();
    metrics.truncate(enough);
    Ok(Listing { metrics, is_complete })
}

/// Adds metrics page by page until there are enough, so that what has come is there when it is stopped on the way.
/// Whether the last page was the last there is.
pub(crate) async fn gather(
    client: &Client,
    filter: &Filter,
    enough: usize,
    metrics: &mut Vec<Metric>,
    mut show: impl FnMut(usize),
) -> Result<bool, SdkError<ListMetricsError, HttpResponse>> {
    let request = client
        .list_metrics()
        .set_namespace(filter.namespace.clone())
        .set_metric_name(filter.name.clone())
        .set_dimensions(Some(filter.dimensions.iter().map(to_wire).collect()))
        .set_recently_active(filter.is_recent.then_some(RecentlyActive::Pt3H));
    let mut token = None;
    loop {
        let page = request.clone().set_next_token(token).send().await?;
        metrics.extend(page.metrics().iter().map(Metric::from_wire));
        token = page.next_token.filter(|token| !token.is_empty());
        show(metrics.len());
        if token.is_none() || metrics.len() >= enough {
            return Ok(token.is_none());
        }
    }
}

fn to_wire(filter: &DimensionFilter) -> types::DimensionFilter {
    types::DimensionFilter::builder().name(&filter.name).set_value(filter.value.clone()).build()
}

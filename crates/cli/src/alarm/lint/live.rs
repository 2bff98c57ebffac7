//! What is published, as rules want to know it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Datapoint, Statistic};
use aws_sdk_sns::operation::get_topic_attributes::GetTopicAttributesError;
use nepho_cli::alarm_lint::{Definitions, Inventory, LiveTopic, Published};
use nepho_model::Metric;

use super::super::names;
use crate::dimension::Dimension;
use crate::endpoint::causes;
use crate::exit::Failure;
use crate::listing::{self, Filter};
use crate::{endpoint, metric, own_path, refusal};

/// Metrics of a namespace that are listed.
const LISTED_MAX: usize = 100_000;
/// How far back data is looked for: as long as metrics without any are listed.
const LOOK_BACK: Duration = Duration::from_secs(14 * 24 * 3600);
/// The period in which.
const PERIOD_SECONDS: i32 = 3600;
/// Minutes with data below which a metric is too rare to be looked at so.
const RARE_POINTS: usize = 6;
/// How far back data is looked for minute by minute.
const MINUTES_LOOK_BACK: Duration = Duration::from_secs(3 * 3600);

/// Asks for all that alarms are on, and act on. What could not be asked about is added to `remarks`.
pub(super) async fn inventory(
    arguments: &endpoint::Arguments,
    definitions: &Definitions<'_>,
    remarks: &mut Vec<String>,
) -> Result<Inventory, Failure> {
    let client = arguments.client().await?;
    let mut metrics = BTreeSet::new();
    let mut is_all_known = true;
    for namespace in definitions.namespaces() {
        let filter = Filter { namespace: Some(namespace.to_owned()), ..Filter::default() };
        let found = listing::list(&client, arguments, &filter, LISTED_MAX).await?;
        is_all_known &= !found.metrics.is_empty();
        metrics.extend(found.metrics.iter().filter_map(to_model));
    }
    if !is_all_known {
        // Only to say what may have been meant.
        let found = listing::list(&client, arguments, &Filter::default(), LISTED_MAX).await?;
        metrics.extend(found.metrics.iter().filter_map(to_model));
    }
    let mut wanted: BTreeMap<&Metric, bool> = BTreeMap::new();
    for one in definitions.stats().filter(|one| metrics.contains(&one.stat.metric)) {
        *wanted.entry(&one.stat.metric).or_default() |= one.stat.statistic.needs_distribution();
    }
    let now = own_path::now(arguments).await;
    let mut published_of = BTreeMap::new();
    for (metric, needs_distribution) in wanted {
        let found = published(&client, arguments, metric, needs_distribution, now).await?;
        published_of.insert(metric.clone(), found);
    }
    let alarms = names::all(&client, arguments).await?;
    let topics = topics(arguments, definitions, remarks).await?;
    Ok(Inventory { metrics, published: published_of, alarms, topics })
}

fn to_model(found: &metric::Metric) -> Option<Metric> {
    let dimensions: Vec<_> = found.dimensions.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
    Metric::new(&found.namespace, &found.name, &dimensions).ok()
}

async fn published(
    client: &Client,
    arguments: &endpoint::Arguments,
    found: &Metric,
    needs_distribution: bool,
    now: jiff::Timestamp,
) -> Result<Published, Failure> {
    let key = found.key();
    let dimensions: Vec<Dimension> =
        key.dimensions().map(|(name, value)| Dimension { name: name.to_owned(), value: value.to_owned() }).collect();
    let now = now.as_millisecond();
    let since = |look_back: Duration| DateTime::from_millis(now - look_back.as_millis() as i64);
    let ask = client
        .get_metric_statistics()
        .namespace(key.namespace())
        .metric_name(key.name())
        .set_dimensions(Some(metric::to_wire(&dimensions)))
        .start_time(since(LOOK_BACK))
        .end_time(DateTime::from_millis(now))
        .period(PERIOD_SECONDS);
    let counts = ask.clone().statistics(Statistic::SampleCount).send().await;
    let counts = counts.map_err(|error| refusal::failure(arguments, &error))?;
    let minutes = ask.clone().start_time(since(MINUTES_LOOK_BACK)).period(60).statistics(Statistic::SampleCount);
    let minutes = minutes.send().await.map_err(|error| refusal::failure(arguments, &error))?;
    let starts = |points: &[Datapoint]| points.iter().filter_map(|point| Some(point.timestamp()?.secs())).collect();
    // What comes less often than every half an hour is told by the hours.
    let is_rare = minutes.datapoints().len() < RARE_POINTS;
    let interval_seconds =
        Published::interval(starts(if is_rare { counts.datapoints() } else { minutes.datapoints() }));
    let points = counts.datapoints();
    let units = points.iter().filter_map(|point| point.unit()).map(|unit| unit.as_str().to_owned()).collect();
    let has_percentiles = match needs_distribution && !points.is_empty() {
        false => None,
        true => {
            let medians = ask.extended_statistics("p50").send().await;
            Some(!medians.map_err(|error| refusal::failure(arguments, &error))?.datapoints().is_empty())
        }
    };
    Ok(Published { units, has_percentiles, interval_seconds })
}

/// Asks about the topics that alarms act on. Whoever speaks CloudWatch's API need not speak SNS's, and whoever may ask for
/// metrics need not be allowed to ask for topics.
async fn topics(
    arguments: &endpoint::Arguments,
    definitions: &Definitions<'_>,
    remarks: &mut Vec<String>,
) -> Result<BTreeMap<String, LiveTopic>, Failure> {
    let client = arguments.sns().await?;
    let mut topics = BTreeMap::new();
    for arn in definitions.topics().into_keys() {
        let answer = client.get_topic_attributes().topic_arn(arn).send().await;
        let topic = match &answer {
            Ok(answer) => {
                let attribute = |name: &str| answer.attributes().and_then(|all| all.get(name));
                let confirmed = attribute("SubscriptionsConfirmed").and_then(|count| count.parse().ok());
                LiveTopic::Present { confirmed: confirmed.unwrap_or(0), policy: attribute("Policy").cloned() }
            }
            Err(error) if error.as_service_error().is_some_and(GetTopicAttributesError::is_not_found_exception) => {
                LiveTopic::Absent
            }
            Err(error) => {
                remarks.push(format!("remark: {arn} could not be asked about: {}", causes(error)));
                continue;
            }
        };
        topics.insert(arn.to_owned(), topic);
    }
    Ok(topics)
}

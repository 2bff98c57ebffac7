//! What the endpoint knows: metrics that fit, as far as it tells in time.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_cloudwatch::types::AlarmType;

use crate::dimension::{Dimension, DimensionFilter};
use crate::endpoint;
use crate::listing::{Filter, gather};
use crate::metric::Metric;

/// How long somebody waits for a completion.
const TIME: Duration = Duration::from_millis(1000);
/// Metrics that are looked through: 100 pages.
const METRICS_MAX: usize = 50_000;

/// Alarms of a page, and those that are looked through: 50 pages.
const ALARMS_AT_ONCE: i32 = 100;
const ALARMS_MAX: usize = 5000;

/// An endpoint that is asked.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) endpoint: Option<endpoint::Arguments>,
}

/// What the metrics have in common that are wanted.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Wanted {
    pub(super) namespace: Option<String>,
    pub(super) name: Option<String>,
    pub(super) dimensions: Vec<Dimension>,
    /// A dimension that they have, whatever its value.
    pub(super) dimension: Option<String>,
}

/// The name of a dimension; and a value of it, where the name is there already.
pub(super) type Choice = (String, Option<String>);

impl Known {
    /// The metrics that fit, sorted; those that came in time.
    pub(super) fn metrics(&self, wanted: Wanted) -> Vec<Metric> {
        let Some(endpoint) = &self.endpoint else { return Vec::new() };
        let given = |dimension: Dimension| DimensionFilter { name: dimension.name, value: Some(dimension.value) };
        let named = wanted.dimension.map(|name| DimensionFilter { name, value: None });
        let filter = Filter {
            namespace: wanted.namespace,
            name: wanted.name,
            dimensions: wanted.dimensions.into_iter().map(given).chain(named).collect(),
            is_recent: false,
        };
        let mut metrics = Vec::new();
        in_time(async {
            let Ok(client) = endpoint.client().await else { return };
            // What has come is offered, whatever comes behind it.
            let _ = gather(&client, &filter, METRICS_MAX, &mut metrics, |_| {}).await;
        });
        metrics.sort();
        metrics
    }

    /// The alarms whose names begin so, sorted; those that came in time.
    pub(super) fn alarms(&self, prefix: &str) -> BTreeSet<String> {
        let Some(endpoint) = &self.endpoint else { return BTreeSet::new() };
        let mut alarms = BTreeSet::new();
        in_time(async {
            let Ok(client) = endpoint.client().await else { return };
            let ask = client
                .describe_alarms()
                .set_alarm_types(Some(AlarmType::values().iter().map(|one| (*one).into()).collect()));
            let ask =
                ask.set_alarm_name_prefix((!prefix.is_empty()).then(|| prefix.to_owned())).max_records(ALARMS_AT_ONCE);
            let mut token = None;
            while alarms.len() < ALARMS_MAX {
                let Ok(page) = ask.clone().set_next_token(token).send().await else { return };
                let metric = page.metric_alarms().iter().filter_map(|alarm| alarm.alarm_name());
                let composite = page.composite_alarms().iter().filter_map(|alarm| alarm.alarm_name());
                alarms.extend(metric.chain(composite).map(str::to_owned));
                token = page.next_token.filter(|token| !token.is_empty());
                if token.is_none() {
                    return;
                }
            }
        });
        alarms
    }

    /// The names of dimensions that metrics have beside those that are given, or the values of one.
    pub(super) fn dimensions(&self, wanted: Wanted, name: Option<&str>) -> BTreeSet<Choice> {
        let given: Vec<_> = wanted.dimensions.iter().map(|dimension| dimension.name.clone()).collect();
        let metrics = self.metrics(Wanted { dimension: name.map(str::to_owned), ..wanted });
        let all = metrics.into_iter().flat_map(|metric| metric.dimensions);
        match name {
            Some(name) => all.filter(|one| one.name == name).map(|one| (one.name, Some(one.value))).collect(),
            None => all.filter(|one| !given.contains(&one.name)).map(|one| (one.name, None)).collect(),
        }
    }
}

/// Asks as long as somebody waits.
fn in_time(ask: impl Future<Output = ()>) {
    if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
        let _ = runtime.block_on(async { tokio::time::timeout(TIME, ask).await });
    }
}

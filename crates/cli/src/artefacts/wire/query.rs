//! The metrics and expressions of an alarm.

use nepho_protocol::shapes::Metric;
use nepho_protocol::shapes::get_metric_data::{MetricDataQuery, MetricStat};

use crate::artefacts::members::{Members, Spelling};

/// Reads one of `Metrics`, or a block `metric_query`.
pub(super) fn query(query: &mut Members<'_>) -> MetricDataQuery {
    let terraform = query.spelling() == Spelling::Terraform;
    MetricDataQuery {
        id: query.text("Id"),
        metric_stat: query.structure("MetricStat", statistic),
        expression: query.text("Expression"),
        label: query.text("Label"),
        // The provider sends what the block does not have as false.
        return_data: query.boolean("ReturnData").or(terraform.then_some(false)),
        period: query.integer("Period"),
        account_id: query.text("AccountId"),
    }
}

fn statistic(statistic: &mut Members<'_>) -> MetricStat {
    MetricStat {
        metric: match statistic.spelling() {
            Spelling::Aws => statistic.structure("Metric", metric),
            // The block has the members of both.
            Spelling::Terraform => Some(statistic.flat("Metric", metric)),
        },
        period: statistic.integer("Period"),
        stat: statistic.text("Stat"),
        unit: statistic.text("Unit"),
    }
}

fn metric(metric: &mut Members<'_>) -> Metric {
    Metric {
        namespace: metric.text("Namespace"),
        metric_name: metric.text("MetricName"),
        dimensions: metric.dimensions(),
    }
}

//! The rules, one file each.

mod composite_constant;
mod composite_cycle;
mod duplicate;
mod hidden_outage;
mod insufficient_data;
mod name_twice;
mod no_action;
mod percentile_of_statistic_sets;
mod refused;
mod short_period;
mod sparse_data;
mod threshold_unreachable;
mod too_long;
mod topic_policy_denies;
mod topic_unconfirmed;
mod topic_without_subscriber;
mod unfilled_placeholder;
mod unknown_alarm;
mod unknown_dimensions;
mod unknown_metric;
mod unknown_topic;
mod unknown_unit;
mod unused_query;

#[cfg(test)]
mod cases;

use super::definitions::{Definitions, Stat, called};
use super::finding::{Finding, Severity};
use super::inventory::{Inventory, LiveTopic};
use super::rule::Rule;

/// All rules, in the order of their names.
pub static RULES: [&Rule; 23] = [
    &composite_constant::RULE,
    &composite_cycle::RULE,
    &duplicate::RULE,
    &hidden_outage::RULE,
    &insufficient_data::RULE,
    &name_twice::RULE,
    &no_action::RULE,
    &percentile_of_statistic_sets::RULE,
    &refused::RULE,
    &short_period::RULE,
    &sparse_data::RULE,
    &threshold_unreachable::RULE,
    &too_long::RULE,
    &topic_policy_denies::RULE,
    &topic_unconfirmed::RULE,
    &topic_without_subscriber::RULE,
    &unfilled_placeholder::RULE,
    &unknown_alarm::RULE,
    &unknown_dimensions::RULE,
    &unknown_metric::RULE,
    &unknown_topic::RULE,
    &unknown_unit::RULE,
    &unused_query::RULE,
];

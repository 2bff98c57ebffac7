//! What is on disk of an alarm. `docs/format/alarms.md` describes it.

use nepho_engine::alarm::{
    AlarmStatus, Contributor, ContributorChange, ContributorStatus, EvaluationState, StateSnapshot,
};
use nepho_engine::composite::{CompositeState, ReasonData, Suppression, TriggeringAlarm};
use nepho_engine::turn::Muted;
use nepho_model::{AlarmState, Scope, Timestamp};
use nepho_protocol::shapes::mute_rules::PutAlarmMuteRuleInput;
use nepho_protocol::shapes::put_composite_alarm::PutCompositeAlarmInput;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;
use nepho_store::{Change, Record, Table};
use serde::{Deserialize, Serialize};

/// Definitions, by scope and name.
pub(crate) const ALARMS: Table = Table("alarms");
/// What alarms were found to be, by scope and name.
pub(crate) const STATES: Table = Table("alarm-states");

/// Mute rules, by scope and name.
pub(crate) const MUTE_RULES: Table = Table("alarm-mute-rules");

/// A mute rule, and when it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefinedMute {
    pub(crate) rule: PutAlarmMuteRuleInput,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
}

/// The key of what belongs to an alarm. Names have no control characters, so one never begins with another's key.
pub(crate) fn key(scope: &Scope, name: &str) -> String {
    format!("{scope}\n{name}")
}

/// The scope and the name in a key.
pub(crate) fn parse_key(key: &str) -> Option<(Scope, &str)> {
    let (scope, name) = key.split_once('\n')?;
    let (account, region) = scope.split_once('/')?;
    Some((Scope::new(account, region), name))
}

/// A definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Definition {
    /// What PutMetricAlarm was given.
    Metric(Box<PutMetricAlarmInput>),
    /// What PutCompositeAlarm was given.
    Composite(Box<PutCompositeAlarmInput>),
}

/// A definition, and when it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Defined {
    pub(crate) alarm: Definition,
    /// AlarmConfigurationUpdatedTimestamp.
    pub(crate) updated_ms: i64,
}

/// What an alarm was found to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    value: String,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_data: Option<String>,
    updated_ms: i64,
    transitioned_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation_state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_ms: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    is_warming_up: bool,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    contributors: Vec<StoredContributor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    composite: Option<Composite>,
    /// The state whose actions a mute rule keeps, and the one before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    muted: Option<(String, String)>,
    /// What contributors went into meanwhile.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    muted_contributors: Vec<StoredChange>,
}

/// What only composite alarms have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Composite {
    previous: String,
    suppression: StoredSuppression,
    #[serde(skip_serializing_if = "Option::is_none")]
    triggering: Option<Vec<Triggering>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum StoredSuppression {
    None,
    Wait { until_ms: i64 },
    Alarm { is_pending: bool },
    Extension { until_ms: i64, is_pending: bool },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Triggering {
    arn: String,
    state: String,
    since_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredChange {
    id: String,
    attributes: Vec<(String, String)>,
    from: String,
    to: String,
    reason: String,
    updated_ms: i64,
}

impl From<&ContributorChange> for StoredChange {
    fn from(change: &ContributorChange) -> Self {
        StoredChange {
            id: change.contributor.id.clone(),
            attributes: change.contributor.attributes.clone(),
            from: change.from.to_string(),
            to: change.to.value.to_string(),
            reason: change.to.reason.clone(),
            updated_ms: change.to.updated.millis(),
        }
    }
}

impl StoredChange {
    fn change(&self) -> Option<ContributorChange> {
        let to = StateSnapshot {
            value: AlarmState::parse(&self.to)?,
            reason: self.reason.clone(),
            reason_data: None,
            updated: Timestamp::from_millis(self.updated_ms),
        };
        let contributor = Contributor { id: self.id.clone(), attributes: self.attributes.clone() };
        Some(ContributorChange { contributor, from: AlarmState::parse(&self.from)?, to })
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredContributor {
    id: String,
    attributes: Vec<(String, String)>,
    reason: String,
    transitioned_ms: i64,
}

impl From<&AlarmStatus> for State {
    fn from(status: &AlarmStatus) -> Self {
        let contributor = |one: &ContributorStatus| StoredContributor {
            id: one.contributor.id.clone(),
            attributes: one.contributor.attributes.clone(),
            reason: one.reason.clone(),
            transitioned_ms: one.transitioned.millis(),
        };
        State {
            value: status.state.value.to_string(),
            reason: status.state.reason.clone(),
            reason_data: status.state.reason_data.clone(),
            updated_ms: status.state.updated.millis(),
            transitioned_ms: status.transitioned.millis(),
            evaluation_state: status.evaluation_state.map(|state| state.as_str().to_owned()),
            created_ms: Some(status.created.millis()),
            is_warming_up: status.is_warming_up,
            contributors: status.contributors.iter().map(contributor).collect(),
            composite: None,
            muted: None,
            muted_contributors: Vec::new(),
        }
    }
}

impl From<&CompositeState> for State {
    fn from(state: &CompositeState) -> Self {
        let triggering = |one: &TriggeringAlarm| Triggering {
            arn: one.arn.clone(),
            state: one.state.to_string(),
            since_ms: one.since.millis(),
        };
        let (reason_data, triggering) = match &state.reason_data {
            None => (None, None),
            Some(ReasonData::Given(text)) => (Some(text.clone()), None),
            Some(ReasonData::Triggering(all)) => (None, Some(all.iter().map(triggering).collect())),
        };
        let suppression = match state.suppression {
            Suppression::NotSuppressed => StoredSuppression::None,
            Suppression::WaitPeriod { until } => StoredSuppression::Wait { until_ms: until.millis() },
            Suppression::Alarm { is_pending } => StoredSuppression::Alarm { is_pending },
            Suppression::ExtensionPeriod { until, is_pending } => {
                StoredSuppression::Extension { until_ms: until.millis(), is_pending }
            }
        };
        State {
            value: state.state.to_string(),
            reason: state.reason.clone(),
            reason_data,
            updated_ms: state.updated.millis(),
            transitioned_ms: state.transitioned.millis(),
            evaluation_state: None,
            created_ms: None,
            is_warming_up: false,
            contributors: Vec::new(),
            composite: Some(Composite { previous: state.previous.to_string(), suppression, triggering }),
            muted: None,
            muted_contributors: Vec::new(),
        }
    }
}

impl State {
    /// The same with actions that a mute rule keeps.
    pub(crate) fn with_muted(mut self, muted: Option<Muted>) -> Self {
        let contributors = muted.iter().flat_map(|muted| &muted.contributors);
        self.muted_contributors = contributors.map(StoredChange::from).collect();
        self.muted = muted.map(|muted| (muted.state.to_string(), muted.previous.to_string()));
        self
    }

    /// The actions that a mute rule keeps.
    pub(crate) fn muted(&self) -> Option<Muted> {
        let (state, previous) = self.muted.as_ref()?;
        let contributors = self.muted_contributors.iter().map(StoredChange::change).collect::<Option<_>>()?;
        Some(Muted { state: AlarmState::parse(state)?, previous: AlarmState::parse(previous)?, contributors })
    }

    /// The status of a metric alarm; `None` when it is none.
    pub(crate) fn status(self) -> Option<AlarmStatus> {
        let contributor = |one: StoredContributor| ContributorStatus {
            contributor: Contributor { id: one.id, attributes: one.attributes },
            reason: one.reason,
            transitioned: Timestamp::from_millis(one.transitioned_ms),
        };
        Some(AlarmStatus {
            state: StateSnapshot {
                value: AlarmState::parse(&self.value)?,
                reason: self.reason,
                reason_data: self.reason_data,
                updated: Timestamp::from_millis(self.updated_ms),
            },
            transitioned: Timestamp::from_millis(self.transitioned_ms),
            evaluation_state: match self.evaluation_state {
                None => None,
                Some(name) => Some(EvaluationState::parse(&name)?),
            },
            created: Timestamp::from_millis(self.created_ms?),
            is_warming_up: self.is_warming_up,
            contributors: self.contributors.into_iter().map(contributor).collect(),
        })
    }

    /// The state of a composite alarm; `None` when it is none.
    pub(crate) fn composite_state(self) -> Option<CompositeState> {
        let composite = self.composite?;
        let triggering = |one: Triggering| {
            let (state, since) = (AlarmState::parse(&one.state)?, Timestamp::from_millis(one.since_ms));
            Some(TriggeringAlarm { arn: one.arn, state, since })
        };
        let reason_data = match (composite.triggering, self.reason_data) {
            (Some(all), _) => Some(ReasonData::Triggering(all.into_iter().map(triggering).collect::<Option<_>>()?)),
            (None, Some(text)) => Some(ReasonData::Given(text)),
            (None, None) => None,
        };
        let suppression = match composite.suppression {
            StoredSuppression::None => Suppression::NotSuppressed,
            StoredSuppression::Wait { until_ms } => Suppression::WaitPeriod { until: Timestamp::from_millis(until_ms) },
            StoredSuppression::Alarm { is_pending } => Suppression::Alarm { is_pending },
            StoredSuppression::Extension { until_ms, is_pending } => {
                Suppression::ExtensionPeriod { until: Timestamp::from_millis(until_ms), is_pending }
            }
        };
        Some(CompositeState {
            state: AlarmState::parse(&self.value)?,
            reason: self.reason,
            reason_data,
            updated: Timestamp::from_millis(self.updated_ms),
            transitioned: Timestamp::from_millis(self.transitioned_ms),
            previous: AlarmState::parse(&composite.previous)?,
            suppression,
        })
    }
}

/// The change that writes a value.
pub(crate) fn put(table: Table, key: String, value: &impl Serialize) -> Change {
    let value = serde_json::to_vec(value).expect("texts and numbers can be written");
    Change::Put(table, Record { key, value })
}

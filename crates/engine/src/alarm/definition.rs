//! What a metric alarm is.

use jiff::tz::TimeZone;
use nepho_model::{AlarmState, Scope};

use super::action::{Action, Actions};
use super::checking::Checking;
use super::comparison::Condition;
use super::fault::{AlarmFault, AlarmFaults};
use super::low_samples::LowSamples;
use super::missing::TreatMissingData;
use super::parameters::Parameters;
use super::source::{ScalarMetric, Source};
use super::violation::check_model;
use super::wall_clock::WallClock;
use super::warm_up::WarmUp;
use crate::faults::Faults;
use crate::period::Period;

/// The longest name of an alarm, in characters.
pub const MAX_ALARM_NAME: usize = 255;

/// The longest description of an alarm, in characters.
pub const MAX_ALARM_DESCRIPTION: usize = 1024;

/// A metric alarm, checked: what PutMetricAlarm was given.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricAlarm {
    pub(super) scope: Scope,
    pub(super) name: Box<str>,
    pub(super) description: Option<Box<str>>,
    pub(super) actions_enabled: bool,
    pub(super) actions: Actions,
    pub(super) source: Source,
    pub(super) evaluation_periods: u32,
    pub(super) datapoints_to_alarm: Option<u32>,
    pub(super) condition: Condition,
    pub(super) treat_missing_data: Option<TreatMissingData>,
    pub(super) low_samples: Option<LowSamples>,
    pub(super) window: Option<EvaluationWindow>,
    pub(super) warm_up: Option<WarmUp>,
}

/// Where periods begin: EvaluationWindow.
#[derive(Debug, Clone, PartialEq)]
pub enum EvaluationWindow {
    /// The newest ends when the alarm is evaluated. So it is as well when nothing is said.
    Sliding,
    /// Where the clock on a wall says.
    WallClock(WallClock),
}

impl MetricAlarm {
    /// The alarm that the parameters describe. `zones` knows the names of time zones.
    ///
    /// # Errors
    /// All that is wrong with them; if CloudWatch's model does not allow them, only that.
    pub fn new(
        scope: &Scope,
        parameters: &Parameters,
        zones: &dyn Fn(&str) -> Option<TimeZone>,
    ) -> Result<Self, AlarmFaults> {
        let mut faults = Vec::new();
        check_model(parameters, &mut faults);
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        Checking::new(scope, parameters).alarm(zones)
    }

    /// Checks that the alarm keeps to its own account and Region, which it need not where it is only written down.
    ///
    /// # Errors
    /// All actions in other Regions and metrics of other accounts.
    pub fn check_scope(&self) -> Result<(), AlarmFaults> {
        let Scope { account: own_account, region: own_region } = &self.scope;
        let is_elsewhere = |action: &&Action| !action.region().is_empty() && action.region() != own_region;
        let elsewhere = self
            .actions
            .all()
            .filter(is_elsewhere)
            .map(|action| AlarmFault::ActionRegion { region: action.region().to_owned(), own: own_region.clone() });
        let foreign = self.source.queries().iter().enumerate().filter_map(|(at, element)| {
            let account = element.account_id.as_ref().filter(|account| *account != own_account)?;
            let (account, own) = (account.clone(), own_account.clone());
            Some(AlarmFault::ForeignAccount { account, element: at + 1, own })
        });
        let faults: Vec<_> = elsewhere.chain(foreign).collect();
        if faults.is_empty() { Ok(()) } else { Err(Faults(faults)) }
    }

    /// Where it is.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:cloudwatch:{}:{}:alarm:{}", self.scope.region, self.scope.account, self.name)
    }

    /// What it is for.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Whether it acts at all.
    pub const fn actions_enabled(&self) -> bool {
        self.actions_enabled
    }

    /// Lets it act, or not: EnableAlarmActions and DisableAlarmActions.
    pub const fn set_actions_enabled(&mut self, actions_enabled: bool) {
        self.actions_enabled = actions_enabled;
    }

    /// What it does when its state changes, whether or not it acts at all.
    pub const fn actions(&self) -> &Actions {
        &self.actions
    }

    /// What it does in a state, if it acts at all.
    pub(super) fn enabled_actions(&self, state: AlarmState) -> &[Action] {
        if self.actions_enabled { self.actions.of(state) } else { &[] }
    }

    /// What it is about.
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The length of a period.
    pub fn period(&self) -> Period {
        self.source.period()
    }

    /// N: how many datapoints decide.
    pub const fn evaluation_periods(&self) -> u32 {
        self.evaluation_periods
    }

    /// M as it was given.
    pub const fn datapoints_to_alarm(&self) -> Option<u32> {
        self.datapoints_to_alarm
    }

    /// M: how many of the N datapoints have to breach.
    pub fn needed_to_alarm(&self) -> u32 {
        self.datapoints_to_alarm.unwrap_or(self.evaluation_periods)
    }

    /// When a datapoint breaches.
    pub const fn condition(&self) -> &Condition {
        &self.condition
    }

    /// The treatment of missing datapoints as it was given.
    pub const fn treat_missing_data(&self) -> Option<TreatMissingData> {
        self.treat_missing_data
    }

    /// The treatment of missing datapoints: that of DynamoDB's metrics is another if none was given.
    pub fn treatment(&self) -> TreatMissingData {
        self.treat_missing_data.unwrap_or_else(|| {
            let is_of_dynamo = |metric: &ScalarMetric| metric.metric().key().namespace() == "AWS/DynamoDB";
            match self.source.metric().is_some_and(is_of_dynamo) {
                true => TreatMissingData::Ignore,
                false => TreatMissingData::Missing,
            }
        })
    }

    /// What a percentile of few samples counts as, as it was given.
    pub const fn low_samples(&self) -> Option<LowSamples> {
        self.low_samples
    }

    /// Where periods begin, as it was given.
    pub const fn window(&self) -> Option<&EvaluationWindow> {
        self.window.as_ref()
    }

    /// The clock by which periods begin, if they do not slide.
    pub const fn wall_clock(&self) -> Option<&WallClock> {
        match &self.window {
            Some(EvaluationWindow::WallClock(clock)) => Some(clock),
            Some(EvaluationWindow::Sliding) | None => None,
        }
    }

    /// How long it waits after it was created.
    pub const fn warm_up(&self) -> Option<WarmUp> {
        self.warm_up
    }
}

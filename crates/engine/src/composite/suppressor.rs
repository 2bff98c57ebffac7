//! The alarm that keeps a composite alarm from acting.

use super::definition::Parameters;
use super::fault::CompositeFault;
use super::reference::AlarmRef;

/// The longest name or ARN of a suppressor, in characters.
pub const MAX_SUPPRESSOR: usize = 1600;

const WAIT_PERIOD: &str = "ActionsSuppressorWaitPeriod";
const EXTENSION_PERIOD: &str = "ActionsSuppressorExtensionPeriod";

/// The alarm whose ALARM state keeps a composite alarm from acting, and the periods around that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressor {
    /// The alarm.
    pub alarm: AlarmRef,
    /// How long the composite alarm waits for it to go into ALARM before it acts, in seconds.
    pub wait_seconds: u32,
    /// How long the composite alarm waits after it went out of ALARM before it acts, in seconds.
    pub extension_seconds: u32,
}

impl Suppressor {
    /// What the parameters say about it. The alarm that it is for has this `name`.
    pub(super) fn read(parameters: &Parameters, name: &str, faults: &mut Vec<CompositeFault>) -> Option<Self> {
        let periods = [
            (WAIT_PERIOD, parameters.actions_suppressor_wait_period),
            (EXTENSION_PERIOD, parameters.actions_suppressor_extension_period),
        ];
        let Some(alarm) = parameters.actions_suppressor.as_deref().map(AlarmRef::new) else {
            let given = periods.into_iter().filter(|(_, period)| period.is_some());
            faults.extend(given.map(|(parameter, _)| CompositeFault::SuppressorMissing(parameter)));
            return None;
        };
        if alarm.is_other_arn() {
            faults.push(CompositeFault::SuppressorReference(alarm.as_str().to_owned()));
        } else if alarm.name() == name {
            faults.push(CompositeFault::OwnSuppressor);
        }
        let [wait_seconds, extension_seconds] =
            periods.map(|(parameter, period)| seconds(parameter, period).map_err(|fault| faults.push(fault)).ok());
        Some(Suppressor { alarm, wait_seconds: wait_seconds?, extension_seconds: extension_seconds? })
    }
}

fn seconds(parameter: &'static str, period: Option<i32>) -> Result<u32, CompositeFault> {
    let value = period.ok_or(CompositeFault::PeriodMissing(parameter))?;
    u32::try_from(value).map_err(|_| CompositeFault::PeriodNegative { parameter, value })
}

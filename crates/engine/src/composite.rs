//! Composite alarms: alarms on the states of other alarms.
//!
//! [`CompositeAlarm::new`] checks what PutCompositeAlarm is given, [`step`] is the whole of an alarm's life: it takes
//! what has happened and answers what is to be kept and what is to be done. [`AlarmGraph`] says in which order to go
//! from an alarm that has changed to those that depend on it, which alarms are in a cycle and so are not evaluated, and
//! [`check_deletion`] which may be deleted. What AWS leaves open is in `docs/decisions/composite-alarms.md`.
//!
//! ```
//! use nepho_engine::composite::{
//!     AlarmGraph, CompositeAlarm, CompositeState, Effect, Event, OtherAlarm, Parameters, SuppressedBy, step,
//! };
//! use nepho_model::{AlarmState, Scope, Timestamp};
//!
//! let parameters = Parameters {
//!     alarm_name: Some("Site".to_owned()),
//!     alarm_rule: Some("ALARM(CPU) OR AT_LEAST(50%, NOT OK, (Disk1, Disk2))".to_owned()),
//!     alarm_actions: vec!["arn:aws:sns:us-east-1:000000000000:ops".to_owned()],
//!     actions_suppressor: Some("Maintenance".to_owned()),
//!     actions_suppressor_wait_period: Some(60),
//!     actions_suppressor_extension_period: Some(60),
//!     ..Parameters::default()
//! };
//! let site = CompositeAlarm::new(&Scope::new("000000000000", "us-east-1"), parameters).expect("it is valid");
//!
//! // It is created while all is well.
//! let noon = Timestamp::from_seconds(1_777_896_000);
//! let well = |_: &str| Some(OtherAlarm { state: AlarmState::Ok, since: noon });
//! let created = step(&site, &CompositeState::created(noon), Event::Created, &well, noon);
//! assert_eq!(created.state.state, AlarmState::Ok);
//!
//! // The graph tells which composite alarms to look at when CPU goes into ALARM ten minutes later.
//! let graph: AlarmGraph = [&site].into_iter().collect();
//! assert_eq!(graph.cascade(&["CPU"]), ["Site"]);
//! let later = noon.plus_seconds(600);
//! let cpu = |name: &str| match name {
//!     "CPU" => Some(OtherAlarm { state: AlarmState::Alarm, since: later }),
//!     _ => well(name),
//! };
//! let changed = step(&site, &created.state, Event::ChildChanged("CPU"), &cpu, later);
//! assert_eq!(changed.state.state, AlarmState::Alarm);
//! assert!(matches!(changed.effects[1], Effect::SuppressActions { by: SuppressedBy::WaitPeriod, .. }));
//!
//! // The suppressor does not go into ALARM in time.
//! let deadline = changed.state.deadline().expect("a period is running");
//! let acted = step(&site, &changed.state, Event::DeadlineReached, &cpu, deadline);
//! assert!(matches!(&acted.effects[0], Effect::RunActions { of, .. } if of.state == AlarmState::Alarm));
//! ```

mod components;
mod constant;
mod definition;
mod deletion;
mod evaluate;
mod fault;
mod graph;
mod lexer;
mod parser;
mod reason;
mod reference;
mod rule;
mod rule_fault;
mod state;
mod step;
mod suppressor;
pub mod text;

pub use constant::ConstantPart;
pub use definition::{CompositeAlarm, Parameters};
pub use deletion::{DeletionFault, MAX_DELETED, MAX_DELETED_COMPOSITES, check_deletion};
pub use evaluate::Evaluation;
pub use fault::{CompositeFault, CompositeFaults};
pub use graph::{AlarmGraph, MAX_PARENTS};
pub use reason::{ReasonData, TriggeringAlarm};
pub use reference::{AlarmRef, alarm_arn};
pub use rule::{
    AlarmRule, AtLeast, Expression, MAX_RULE, MAX_RULE_CHILDREN, MAX_RULE_DEPTH, MAX_RULE_ELEMENTS, Threshold,
};
pub use rule_fault::RuleFault;
pub use state::{CompositeState, SuppressedBy, Suppression};
pub use step::{Effect, Event, OtherAlarm, OtherAlarms, Step, step};
pub use suppressor::{MAX_SUPPRESSOR, Suppressor};

#[cfg(test)]
mod tests;

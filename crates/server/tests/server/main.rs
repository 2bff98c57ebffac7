//! The server in this process, spoken to over real sockets, with a clock that the tests move.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]
#![expect(clippy::needless_pass_by_value, reason = "inputs are written in place")]

mod alarm_tools;
mod alarms;
mod anomaly_detectors;
mod deliveries;
mod edge;
mod emf;
mod kills;
mod logs;
mod noise;
mod operational;
mod own;
mod protocols;
mod put_metric_data;
mod queues;
mod reads;
mod receiver;
mod signatures;
mod sns;
mod support;
mod tags;

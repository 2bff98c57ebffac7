//! The operations on alarms and mute rules.

mod late_members;
mod requests;
mod responses;
mod round_trip;
mod samples;

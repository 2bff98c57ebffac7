//! What the clock on the wall of a zone shows, and when it shows it.

use jiff::ToSpan;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use nepho_model::Timestamp;

/// What the clock shows at a time; `None` outside of what a calendar has.
pub(super) fn shown_at(zone: &TimeZone, time: Timestamp) -> Option<DateTime> {
    Some(zone.to_datetime(jiff::Timestamp::from_millisecond(time.millis()).ok()?))
}

/// When the clock first shows a time or a later one.
///
/// What is skipped when clocks are put forward is the moment at which they are, and of what comes twice when they are
/// put back it is the first. So times follow each other as their readings do.
pub(super) fn first_shows(zone: &TimeZone, reading: DateTime) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(reading);
    let instant = match ambiguous.offset() {
        // The reading taken by the clock as it was before lies behind the moment at which it is put forward.
        AmbiguousOffset::Gap { before, .. } => {
            let behind = before.to_timestamp(reading).ok()?;
            let is_put_forward = zone.preceding(behind.checked_add(1.nanosecond()).ok()?).next();
            is_put_forward.map_or(behind, |transition| transition.timestamp())
        }
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok()?,
    };
    Some(Timestamp::from_millis(instant.as_millisecond()))
}

/// The latest reading that the clock has shown up to a time: a later one than it shows, when it was just put back.
pub(super) fn latest_shown(zone: &TimeZone, time: Timestamp) -> Option<DateTime> {
    let reading = shown_at(zone, time)?;
    match zone.to_ambiguous_timestamp(reading).offset() {
        AmbiguousOffset::Fold { before, after } => {
            let put_back = before.seconds() - after.seconds();
            reading.checked_add(put_back.seconds()).ok()
        }
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => Some(reading),
    }
}

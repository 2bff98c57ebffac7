//! The time zones of metrics, which lie on the machine's disk.

use jiff::tz::TimeZone;
use nepho_engine::anomaly::{MAX_OFFSET_CHANGES, Offsets, TRAINING_SECONDS, VALID_SECONDS};
use nepho_model::Timestamp;

/// The zone of this name in the tz database.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// The local time in a zone around a training: for as long as data goes back, and as the model is good.
pub(super) fn offsets(zone: &TimeZone, now: Timestamp) -> Offsets {
    let instant = |time: Timestamp| jiff::Timestamp::from_millisecond(time.millis()).unwrap_or_default();
    let (from, until) = (instant(now.plus_seconds(-TRAINING_SECONDS)), instant(now.plus_seconds(VALID_SECONDS)));
    let changes = zone.following(from).take_while(|change| change.timestamp() <= until);
    let changes = changes.map(|change| (change.timestamp().as_second(), change.offset().seconds()));
    let changes = changes.take(MAX_OFFSET_CHANGES).collect();
    Offsets::new(zone.to_offset(from).seconds(), changes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_says_when_its_offset_changes() {
        // 2026-03-29T01:00:00Z
        let change = 1_774_746_000;
        let berlin = zone("Europe/Berlin").unwrap();
        let around = |days: i64| offsets(&berlin, Timestamp::from_seconds(change + days * 86_400));
        let summer = Offsets::new(3600, vec![(change, 7200)]).unwrap();
        assert_eq!([around(-13), around(13)], [summer.clone(), summer]);
        assert_eq!(around(-15), Offsets::new(3600, Vec::new()).unwrap());
        assert_eq!(around(15), Offsets::new(7200, Vec::new()).unwrap());
        assert_eq!(offsets(&zone("UTC").unwrap(), Timestamp::from_seconds(change)), Offsets::default());
        assert!(zone("Europe/Nowhere").is_none());
    }
}

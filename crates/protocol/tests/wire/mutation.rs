//! Damaged requests never make a decoder panic; the test's own time limit catches what hangs.
//!
//! Runs longer with `PROPTEST_CASES`.

use nepho_protocol::Protocol;
use nepho_protocol::codec::decode;
use nepho_protocol::shapes::get_metric_data::GetMetricDataInput;
use nepho_protocol::shapes::list_metrics::ListMetricsInput;
use nepho_protocol::shapes::mute_rules::PutAlarmMuteRuleInput;
use nepho_protocol::shapes::put_anomaly_detector::PutAnomalyDetectorInput;
use nepho_protocol::shapes::put_metric_alarm::PutMetricAlarmInput;
use nepho_protocol::shapes::put_metric_data::PutMetricDataInput;
use nepho_protocol::shapes::sns::publish::PublishInput;
use nepho_protocol::shapes::sns::publish_batch::PublishBatchInput;
use nepho_protocol::shapes::sns::subscribe::SubscribeInput;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::fixtures::{
    GET_METRIC_DATA, LIST_METRICS, PUT_ALARM_MUTE_RULE, PUT_ANOMALY_DETECTOR, PUT_ANOMALY_DETECTOR_MATH,
    PUT_METRIC_ALARM, PUT_METRIC_ALARM_BAND, PUT_METRIC_DATA,
};
use crate::sns::{PUBLISH, PUBLISH_BATCH, SUBSCRIBE};

/// One damage to a body.
#[derive(Debug, Clone)]
pub(crate) enum Damage {
    Flip(Index, u8),
    Insert(Index, u8),
    Delete(Index),
    Truncate(Index),
    Repeat(Index, Index),
}

pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, 1 << bit)),
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Insert(at, byte)),
        4 => at().prop_map(Damage::Delete),
        1 => at().prop_map(Damage::Truncate),
        1 => (at(), at()).prop_map(|(from, to)| Damage::Repeat(from, to)),
    ]
}

pub(crate) fn inflict(body: &mut Vec<u8>, damage: &Damage) {
    let len = body.len();
    if len == 0 {
        return;
    }
    match damage {
        Damage::Flip(at, bit) => body[at.index(len)] ^= bit,
        Damage::Insert(at, byte) => body.insert(at.index(len), *byte),
        Damage::Delete(at) => drop(body.remove(at.index(len))),
        Damage::Truncate(at) => body.truncate(at.index(len)),
        Damage::Repeat(from, to) => {
            let (from, to) = (from.index(len), to.index(len));
            body.extend_from_within(from.min(to)..from.max(to));
        }
    }
}

/// Decodes as every shape; a refusal must say why.
fn decode_all(protocol: Protocol, body: &[u8]) {
    let outcomes = [
        decode::<PutMetricDataInput<'_>>(protocol, body).err(),
        decode::<GetMetricDataInput>(protocol, body).err(),
        decode::<ListMetricsInput>(protocol, body).err(),
        decode::<PutMetricAlarmInput>(protocol, body).err(),
        decode::<PutAlarmMuteRuleInput>(protocol, body).err(),
        decode::<PublishInput>(protocol, body).err(),
        decode::<PublishBatchInput>(protocol, body).err(),
        decode::<SubscribeInput>(protocol, body).err(),
        decode::<PutAnomalyDetectorInput>(protocol, body).err(),
    ];
    for error in outcomes.into_iter().flatten() {
        assert!(error.message.is_some_and(|message| !message.is_empty()));
    }
}

fn corpus() -> impl Strategy<Value = (Protocol, &'static [u8])> {
    let recorded = [
        PUT_METRIC_DATA,
        GET_METRIC_DATA,
        LIST_METRICS,
        PUT_METRIC_ALARM,
        PUT_METRIC_ALARM_BAND,
        PUT_ALARM_MUTE_RULE,
        PUT_ANOMALY_DETECTOR,
        PUT_ANOMALY_DETECTOR_MATH,
    ];
    let of_sns = [PUBLISH, PUBLISH_BATCH, SUBSCRIBE].map(|form| (Protocol::Query, form));
    let all: Vec<_> = recorded.iter().flat_map(|one| one.all()).chain(of_sns).collect();
    proptest::sample::select(all)
}

proptest! {
    #[test]
    fn damaged_requests(
        (protocol, body) in corpus(),
        damages in proptest::collection::vec(damage(), 1..12),
    ) {
        let mut body = body.to_vec();
        for damage in &damages {
            inflict(&mut body, damage);
        }
        decode_all(protocol, &body);
    }

    #[test]
    fn arbitrary_bytes(body in proptest::collection::vec(any::<u8>(), 0..256)) {
        for protocol in [Protocol::Query, Protocol::Json10, Protocol::Cbor] {
            decode_all(protocol, &body);
        }
    }
}

//! What several tests need.

use nepho_protocol::{Protocol, Route, Service};

pub(crate) const REQUEST_ID: &str = "4c3ba8e9-29e3-4d3a-a1ff-b9bd02f2d2a4";

pub(crate) const fn cloudwatch(protocol: Protocol) -> Route {
    Route { protocol, service: Service::CloudWatch, query_mode: false }
}

/// Requests as botocore 1.43 writes them, in the three protocols.
pub(crate) struct Recorded {
    pub(crate) form: &'static [u8],
    pub(crate) json: &'static [u8],
    pub(crate) cbor: &'static [u8],
}

impl Recorded {
    pub(crate) fn all(&self) -> [(Protocol, &'static [u8]); 3] {
        [(Protocol::Query, self.form), (Protocol::Json10, self.json), (Protocol::Cbor, self.cbor)]
    }
}

macro_rules! recorded {
    ($name:literal) => {
        Recorded {
            form: include_bytes!(concat!("../golden/requests/", $name, ".form")),
            json: include_bytes!(concat!("../golden/requests/", $name, ".json")),
            cbor: include_bytes!(concat!("../golden/requests/", $name, ".cbor")),
        }
    };
}

pub(crate) const PUT_METRIC_DATA: Recorded = recorded!("PutMetricData");
pub(crate) const GET_METRIC_DATA: Recorded = recorded!("GetMetricData");
pub(crate) const LIST_METRICS: Recorded = recorded!("ListMetrics");
pub(crate) const PUT_METRIC_ALARM: Recorded = recorded!("PutMetricAlarm");
pub(crate) const PUT_METRIC_ALARM_BAND: Recorded = recorded!("PutMetricAlarm-band");
pub(crate) const PUT_COMPOSITE_ALARM: Recorded = recorded!("PutCompositeAlarm");
pub(crate) const DESCRIBE_ALARMS: Recorded = recorded!("DescribeAlarms");
pub(crate) const DESCRIBE_ALARM_HISTORY: Recorded = recorded!("DescribeAlarmHistory");
pub(crate) const PUT_ALARM_MUTE_RULE: Recorded = recorded!("PutAlarmMuteRule");
pub(crate) const PUT_ANOMALY_DETECTOR: Recorded = recorded!("PutAnomalyDetector");
pub(crate) const PUT_ANOMALY_DETECTOR_FLAT: Recorded = recorded!("PutAnomalyDetector-flat");
pub(crate) const PUT_ANOMALY_DETECTOR_MATH: Recorded = recorded!("PutAnomalyDetector-math");
pub(crate) const DESCRIBE_ANOMALY_DETECTORS: Recorded = recorded!("DescribeAnomalyDetectors");
pub(crate) const DELETE_ANOMALY_DETECTOR: Recorded = recorded!("DeleteAnomalyDetector");

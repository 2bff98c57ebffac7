"""Anomaly detectors: two weeks of a metric are learnt, and the band is the same after a restart."""

import math
from datetime import timedelta

import pytest

from clients import Fault
from conftest import ALL_CLIENTS, PROTOCOL_CLIENTS

STEP = timedelta(minutes=5)
WEEKS = timedelta(days=14)
NOON = "2026-05-04T12:00:00Z"


def load(time) -> float:
    """Busy by day, half of it on weekends, and never quite the same."""
    swing = 100 + 60 * math.sin(2 * math.pi * (time.hour + time.minute / 60 - 6) / 24)
    noise = (time.timestamp() // 300 * 7919 % 101) / 25 - 2
    return swing * (0.5 if time.weekday() >= 5 else 1) + noise


def store(client, namespace: str, start, end):
    times = [start + STEP * at for at in range((end - start) // STEP)]
    for at in range(0, len(times), 1000):
        data = [{"MetricName": "Load", "Timestamp": time, "Value": load(time)} for time in times[at : at + 1000]]
        client.call("PutMetricData", {"Namespace": namespace, "MetricData": data})


def single(namespace: str, **more) -> dict:
    metric = {"Namespace": namespace, "MetricName": "Load", "Stat": "Average", **more}
    return {"SingleMetricAnomalyDetector": metric}


def metric(namespace: str) -> dict:
    return {"Metric": {"Namespace": namespace, "MetricName": "Load"}, "Period": 300, "Stat": "Average"}


def band(client, namespace: str, start, end) -> list[tuple]:
    """Times with lower and upper bound."""
    queries = [
        {"Id": "m", "MetricStat": metric(namespace), "ReturnData": False},
        {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"},
    ]
    asked = {"StartTime": start, "EndTime": end, "ScanBy": "TimestampAscending", "MetricDataQueries": queries}
    lower, upper = client.call("GetMetricData", asked)["MetricDataResults"]
    assert (lower["Label"], upper["Label"]) == ("Load (lower)", "Load (upper)")
    return list(zip(lower.get("Timestamps", []), lower.get("Values", []), upper.get("Values", []), strict=True))


def test_two_weeks_are_learnt_and_kept(start, client_of):
    first = start()
    first.post("/clock", f'{{"now": "{NOON}"}}'.encode())
    now = first.now()
    client = client_of(first, "boto3-json")
    store(client, "Learnt", now - WEEKS, now)
    client.call("PutAnomalyDetector", single("Learnt"))
    described = client.call("DescribeAnomalyDetectors", {"Namespace": "Learnt"})["AnomalyDetectors"]
    assert [one["StateValue"] for one in described] == ["PENDING_TRAINING"]
    first.post("/clock", b'{"advance": "PT1M"}')
    for name in PROTOCOL_CLIENTS:
        described = client_of(first, name).call("DescribeAnomalyDetectors", {"Namespace": "Learnt"})["AnomalyDetectors"]
        assert [one["StateValue"] for one in described] == ["TRAINED"], name
    tomorrow = (now, now + timedelta(days=1))
    learnt = band(client, "Learnt", *tomorrow)
    assert len(learnt) == 288
    inside = sum(lower <= load(time) <= upper for time, lower, upper in learnt)
    assert inside >= 0.93 * 288
    assert max(upper - lower for _, lower, upper in learnt) < 12
    assert first.stop() == 0
    second = start(data=first.data)
    for name in ["boto3-cbor", "node-query", "cli"]:
        assert band(client_of(second, name), "Learnt", *tomorrow) == learnt, name
    assert second.stop() == 0


@pytest.mark.parametrize("name", ALL_CLIENTS)
def test_detectors_come_and_go(name, server, namespace, client_of):
    client = client_of(server, name)
    now = server.now().replace(microsecond=0)
    excluded = [{"StartTime": now - timedelta(hours=2), "EndTime": now}]
    put = {
        **single(namespace, Dimensions=[{"Name": "Host", "Value": "a & b"}]),
        "Configuration": {"ExcludedTimeRanges": excluded, "MetricTimezone": "Europe/Berlin"},
        "MetricCharacteristics": {"PeriodicSpikes": True},
    }
    client.call("PutAnomalyDetector", put)
    (found,) = client.call("DescribeAnomalyDetectors", {"Namespace": namespace})["AnomalyDetectors"]
    told = found["SingleMetricAnomalyDetector"]
    assert (told["Namespace"], told["Dimensions"]) == (namespace, [{"Name": "Host", "Value": "a & b"}])
    assert (found["MetricName"], found["Stat"], found["StateValue"]) == ("Load", "Average", "PENDING_TRAINING")
    assert found["Configuration"] == put["Configuration"]
    assert found["MetricCharacteristics"] == {"PeriodicSpikes": True}
    detector = {"SingleMetricAnomalyDetector": put["SingleMetricAnomalyDetector"]}
    client.call("DeleteAnomalyDetector", detector)
    with pytest.raises(Fault) as refused:
        client.call("DeleteAnomalyDetector", detector)
    assert refused.value.code == "ResourceNotFoundException"


@pytest.mark.parametrize("name", PROTOCOL_CLIENTS)
def test_a_detector_of_an_expression(name, server, namespace, client_of):
    client = client_of(server, name)
    queries = [
        {"Id": "m", "MetricStat": metric(namespace), "ReturnData": False},
        {"Id": "e", "Expression": "m * 100", "ReturnData": True},
    ]
    put = {"MetricMathAnomalyDetector": {"MetricDataQueries": queries}}
    client.call("PutAnomalyDetector", put)
    listed = client.call("DescribeAnomalyDetectors", {"AnomalyDetectorTypes": ["METRIC_MATH"]})["AnomalyDetectors"]
    assert queries in [one["MetricMathAnomalyDetector"]["MetricDataQueries"] for one in listed]
    assert client.call("DescribeAnomalyDetectors", {"Namespace": namespace}).get("AnomalyDetectors", []) == []
    client.call("DeleteAnomalyDetector", put)


def test_too_little_data_is_said(server, namespace, client_of):
    client = client_of(server, "boto3-cbor")
    now = server.now()
    store(client, namespace, now - timedelta(hours=2), now)
    queries = [
        {"Id": "m", "MetricStat": metric(namespace), "ReturnData": False},
        {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m)"},
    ]
    asked = {"StartTime": now - timedelta(hours=1), "EndTime": now, "MetricDataQueries": queries}
    for result in client.call("GetMetricData", asked)["MetricDataResults"]:
        assert result.get("Values", []) == []
        assert [message["Code"] for message in result["Messages"]] == ["InsufficientData"]

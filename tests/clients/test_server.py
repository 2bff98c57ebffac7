"""The process itself: it keeps what it acknowledged, and its clock moves when it is told to."""

import json
from datetime import timedelta

import pytest

import samples

# What percentiles of rolled-up data may be off by, relatively.
PERCENTILE_ERROR = 0.011


def written_and_read(server, client_of):
    client = client_of(server, "boto3-json")
    hour = server.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    client.call("PutMetricData", {"Namespace": "Kept", "MetricData": samples.datums(hour, samples.counted)})
    return hour, samples.read_data(client, "Kept", hour)


def test_stopping_keeps_everything(start, client_of):
    first = start()
    hour, reading = written_and_read(first, client_of)
    assert first.stop() == 0
    second = start(data=first.data)
    assert samples.read_data(client_of(second, "boto3-cbor"), "Kept", hour) == reading
    assert second.stop() == 0


def test_losing_power_keeps_what_was_acknowledged(start, client_of):
    first = start()
    hour, reading = written_and_read(first, client_of)
    first.kill()
    second = start(data=first.data)
    assert samples.read_data(client_of(second, "boto3-cbor"), "Kept", hour) == reading
    assert second.stop() == 0


def test_the_clock_moves_when_it_is_told_to(start, client_of):
    """A datum without a time is of the server's minute."""
    server = start()
    client = client_of(server, "boto3-json")
    server.post("/clock", b'{"now": "2026-05-04T12:00:00Z"}')
    assert server.now().isoformat() == "2026-05-04T12:00:00+00:00"
    for _ in range(2):
        client.call("PutMetricData", {"Namespace": "Clock", "MetricData": [{"MetricName": "m", "Value": 1}]})
        server.post("/clock", b'{"advance": "PT5M"}')
    assert server.now().isoformat() == "2026-05-04T12:10:00+00:00"
    stamps = client.call(
        "GetMetricData",
        {
            "StartTime": server.now() - timedelta(hours=1),
            "EndTime": server.now(),
            "MetricDataQueries": [
                {
                    "Id": "m",
                    "MetricStat": {"Metric": {"Namespace": "Clock", "MetricName": "m"}, "Period": 60, "Stat": "Sum"},
                }
            ],
        },
    )["MetricDataResults"][0]["Timestamps"]
    assert [stamp.strftime("%H:%M") for stamp in stamps] == ["12:05", "12:00"]
    assert server.stop() == 0


@pytest.mark.parametrize("days", [14, 62, 400])
def test_numbers_survive_the_roll_up(days, start, client_of):
    """After 15 days minutes are five minutes, after 63 days hours; every statistic stays."""
    server = start()
    server.post("/clock", b'{"now": "2026-05-04T12:00:00Z"}')
    client = client_of(server, "boto3-json")
    hour = server.now() - timedelta(hours=1)
    series = samples.Series("m", "Count", tuple(range(100)))
    at = hour + timedelta(minutes=20)
    data = [{"MetricName": "m", "Unit": "Count", "Timestamp": at, "Values": list(series.values)}]
    client.call("PutMetricData", {"Namespace": "Rolled", "MetricData": data})

    def read() -> dict:
        asked = {
            "Namespace": "Rolled",
            "MetricName": "m",
            "StartTime": hour,
            "EndTime": hour + timedelta(hours=1),
            "Period": 3600,
            "Statistics": samples.BASIC,
            "ExtendedStatistics": samples.EXTENDED,
        }
        (point,) = client.call("GetMetricStatistics", asked)["Datapoints"]
        return point

    before = read()
    assert {name: before[name] for name in samples.BASIC} == series.basic()
    later = hour + timedelta(days=days)
    server.post("/clock", json.dumps({"now": later.isoformat()}).encode())
    jumped = read()
    server.post("/clock", b'{"advance": "PT1H"}')
    for after in (jumped, read()):
        assert {name: after[name] for name in samples.BASIC} == series.basic()
        assert after["ExtendedStatistics"] == pytest.approx(before["ExtendedStatistics"], rel=PERCENTILE_ERROR)
    assert server.stop() == 0


def test_health_and_metrics(emf_server):
    assert emf_server.get("/health")
    assert "# TYPE" in emf_server.get("/metrics")

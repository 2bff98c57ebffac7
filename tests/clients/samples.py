"""One set of samples, every way to write it, and every way to read it back."""

import contextlib
import functools
import json
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from clients import CALL_DEADLINE_S, Login, aws_environment, boto_client
from server import Server

WRITERS = Path(__file__).parent / "writers"
ARRIVAL_DEADLINE_S = 30
BASIC = ["SampleCount", "Sum", "Average", "Minimum", "Maximum"]
EXTENDED = ["p50", "p99"]

# aws-lambda-powertools always has a dimension of this name: so has everybody here.
DIMENSIONS = {"service": "checkout", "Stage": "prod"}


@dataclass(frozen=True)
class Series:
    """A metric's values in a minute. Halves and quarters add up to the same sum in any order."""

    name: str
    unit: str
    values: tuple[float, ...]

    def basic(self) -> dict[str, float]:
        count, total = len(self.values), sum(self.values)
        return {
            "SampleCount": count,
            "Sum": total,
            "Average": total / count,
            "Minimum": min(self.values),
            "Maximum": max(self.values),
        }

    def statistics(self) -> list[str]:
        """Negative values have no percentiles."""
        return BASIC if min(self.values) < 0 else BASIC + EXTENDED


# Minutes after the full hour, and what was measured then.
SAMPLES = {
    1: [
        Series("Latency", "Milliseconds", (12.5, 8, 200.25, 8, 31, 8)),
        Series("Orders", "Count", (1, 1, 1, 5)),
        Series("Payload", "Bytes", (1099511627776, 1, 0)),
        Series("Drift", "Percent", (-3.5, 0, 7.25)),
    ],
    6: [
        Series("Latency", "Milliseconds", (0.25,)),
        Series("Orders", "Count", tuple(range(60))),
        Series("Drift", "Percent", (-100,)),
    ],
}


def datums(hour: datetime, series_form) -> list[dict]:
    """MetricData; `series_form(series)` are the members that carry the values, one dict a datum."""
    return [
        {
            "MetricName": series.name,
            "Unit": series.unit,
            "Timestamp": hour + timedelta(minutes=minute, seconds=17),
            "Dimensions": dimension_list(),
            **form,
        }
        for minute, measured in SAMPLES.items()
        for series in measured
        for form in series_form(series)
    ]


def dimension_list() -> list[dict]:
    return [{"Name": name, "Value": value} for name, value in DIMENSIONS.items()]


def one_by_one(series: Series) -> list[dict]:
    return [{"Value": value} for value in series.values]


def together(series: Series) -> list[dict]:
    return [{"Values": list(series.values)}]


def counted(series: Series) -> list[dict]:
    distinct = sorted(set(series.values))
    return [{"Values": distinct, "Counts": [series.values.count(value) for value in distinct]}]


def put_metric_data(form):
    def write(server: Server, namespace: str, hour: datetime, client) -> None:
        client.call("PutMetricData", {"Namespace": namespace, "MetricData": datums(hour, form)})

    return write


def job(namespace: str, hour: datetime, samples: dict[int, list[Series]] = SAMPLES) -> dict:
    """What the scripts in writers/ read from standard input."""
    return {
        "namespace": namespace,
        "dimensions": DIMENSIONS,
        "documents": [
            {
                "time_ms": milliseconds(hour + timedelta(minutes=minute, seconds=17)),
                "series": [vars(s) for s in measured],
            }
            for minute, measured in samples.items()
        ],
    }


def milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)


def run_writer(script: str, its_job: dict, environment: dict[str, str]) -> str:
    interpreter = "node" if script.endswith(".cjs") else sys.executable
    return subprocess.run(
        [interpreter, str(WRITERS / script)],
        input=json.dumps(its_job),
        env=aws_environment(Login()) | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=CALL_DEADLINE_S,
    ).stdout


def send_embedded_metrics(
    script: str, transport: str, server: Server, its_job: dict, names: dict | None = None
) -> None:
    environment = {
        "AWS_EMF_ENVIRONMENT": "Agent" if script.endswith(".cjs") else "default",
        "AWS_EMF_AGENT_ENDPOINT": f"{transport}://{server.emf}",
        "AWS_EMF_LOG_GROUP_NAME": "checkout",
    }
    run_writer(script, its_job, environment | (names or {}))


def embedded_metrics(script: str, transport: str):
    def write(server: Server, namespace: str, hour: datetime, client) -> None:
        send_embedded_metrics(script, transport, server, job(namespace, hour))

    return write


def powertools(script: str):
    def write(server: Server, namespace: str, hour: datetime, client) -> None:
        printed = run_writer(script, job(namespace, hour), {})
        assert printed.count("\n") == len(SAMPLES), printed
        post_emf(server, printed)

    return write


def emf_documents(namespace: str, hour: datetime) -> list[str]:
    """The samples as plain EMF, written by nobody's library."""
    return [
        json.dumps(
            {
                "_aws": {
                    "Timestamp": document["time_ms"],
                    "CloudWatchMetrics": [
                        {
                            "Namespace": namespace,
                            "Dimensions": [list(DIMENSIONS)],
                            "Metrics": [{"Name": s["name"], "Unit": s["unit"]} for s in document["series"]],
                        }
                    ],
                },
                **DIMENSIONS,
                **{
                    s["name"]: list(s["values"]) if len(s["values"]) > 1 else s["values"][0] for s in document["series"]
                },
            }
        )
        for document in job(namespace, hour)["documents"]
    ]


def post_emf(server: Server, text: str) -> None:
    server.post("/emf", text.encode(), "application/x-ndjson")


def send_tcp(server: Server, documents: list[str]) -> None:
    with socket.create_connection(split_address(server.emf), timeout=CALL_DEADLINE_S) as connection:
        connection.sendall("".join(document + "\n" for document in documents).encode())


def send_udp(server: Server, documents: list[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outlet:
        for document in documents:
            outlet.sendto(document.encode(), split_address(server.emf))


def split_address(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


@functools.cache
def logs_client(endpoint: str):
    return boto_client(endpoint, "logs")


def put_log_events(server: Server, documents: list[str], time_ms: int, group: str = "checkout") -> dict:
    logs = logs_client(server.endpoint)
    for create, names in (
        (logs.create_log_group, {"logGroupName": group}),
        (logs.create_log_stream, {"logGroupName": group, "logStreamName": "a"}),
    ):
        with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
            create(**names)
    events = [{"timestamp": time_ms, "message": document} for document in documents]
    return logs.put_log_events(logGroupName=group, logStreamName="a", logEvents=events)


def emf_over(transport: str):
    """Sends EMF documents; UDP and TCP give no sign that they arrived."""

    def send(server: Server, documents: list[str], time_ms: int) -> None:
        match transport:
            case "tcp":
                send_tcp(server, documents)
            case "udp":
                send_udp(server, documents)
            case "post":
                post_emf(server, "\n".join(documents))
            case "logs":
                put_log_events(server, documents, time_ms)

    return send


def plain_emf(transport: str):
    def write(server: Server, namespace: str, hour: datetime, client) -> None:
        emf_over(transport)(server, emf_documents(namespace, hour), milliseconds(hour))

    return write


# Who writes: (the client that `write` is given, write). Forms and protocols are mixed on purpose.
WRITE = {
    "boto3-json": ("boto3-json", put_metric_data(counted)),
    "boto3-query": ("boto3-query", put_metric_data(one_by_one)),
    "boto3-cbor": ("boto3-cbor", put_metric_data(together)),
    "cli": ("cli", put_metric_data(one_by_one)),
    "node-json": ("node-json", put_metric_data(one_by_one)),
    "node-query": ("node-query", put_metric_data(counted)),
    "node-cbor": ("node-cbor", put_metric_data(counted)),
    "embedded-metrics-python-tcp": (None, embedded_metrics("embedded_metrics.py", "tcp")),
    "embedded-metrics-python-udp": (None, embedded_metrics("embedded_metrics.py", "udp")),
    "embedded-metrics-node-tcp": (None, embedded_metrics("embedded_metrics.cjs", "tcp")),
    "embedded-metrics-node-udp": (None, embedded_metrics("embedded_metrics.cjs", "udp")),
    "powertools-python": (None, powertools("powertools.py")),
    "powertools-node": (None, powertools("powertools.cjs")),
    "emf-post": (None, plain_emf("post")),
    "emf-tcp": (None, plain_emf("tcp")),
    "emf-udp": (None, plain_emf("udp")),
    "emf-logs": (None, plain_emf("logs")),
}


def wait_until(arrived, what: str) -> None:
    """For what is sent without an acknowledgement: asks again until it is there."""
    deadline = time.monotonic() + ARRIVAL_DEADLINE_S
    pause = threading.Event()
    while not arrived():
        assert time.monotonic() < deadline, f"{what} did not arrive within {ARRIVAL_DEADLINE_S} s"
        pause.wait(0.02)


def sample_count(client, namespace: str, hour: datetime, name: str) -> float:
    """How many samples the hour has by now, in the metric with the dimensions of everybody here."""
    statistics = {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": dimension_list(),
        "StartTime": hour,
        "EndTime": hour + timedelta(hours=1),
        "Period": 3600,
        "Statistics": ["SampleCount"],
    }
    points = client.call("GetMetricStatistics", statistics).get("Datapoints", [])
    return sum(point["SampleCount"] for point in points)


def all_arrived(client, namespace: str, hour: datetime) -> bool:
    expected: dict[str, int] = {}
    for measured in SAMPLES.values():
        for series in measured:
            expected[series.name] = expected.get(series.name, 0) + len(series.values)
    return all(sample_count(client, namespace, hour, name) >= count for name, count in expected.items())


# What a reader saw: {(metric, unit, time, statistic): value}.
Reading = dict[tuple[str, str, datetime, str], float]


def expected_basics(hour: datetime) -> Reading:
    return {
        (series.name, series.unit, hour + timedelta(minutes=minute), statistic): value
        for minute, measured in SAMPLES.items()
        for series in measured
        for statistic, value in series.basic().items()
    }


def read_statistics(client, namespace: str, hour: datetime) -> Reading:
    reading: Reading = {}
    for series in SAMPLES[1]:
        extended = [name for name in series.statistics() if name in EXTENDED]
        answer = client.call(
            "GetMetricStatistics",
            {
                "Namespace": namespace,
                "MetricName": series.name,
                "Dimensions": dimension_list(),
                "StartTime": hour,
                "EndTime": hour + timedelta(minutes=10),
                "Period": 60,
                "Statistics": BASIC,
                **({"ExtendedStatistics": extended} if extended else {}),
            },
        )
        assert answer["Label"] == series.name
        for point in answer.get("Datapoints", []):
            values = {name: point[name] for name in BASIC} | point.get("ExtendedStatistics", {})
            for statistic, value in values.items():
                reading[series.name, point["Unit"], point["Timestamp"], statistic] = value
    return reading


def read_data(client, namespace: str, hour: datetime) -> Reading:
    asked = [(series, statistic) for series in SAMPLES[1] for statistic in series.statistics()]
    metric = {"Namespace": namespace, "Dimensions": dimension_list()}
    queries = [
        {
            "Id": f"q{number}",
            "MetricStat": {
                "Metric": {**metric, "MetricName": series.name},
                "Period": 60,
                "Stat": statistic,
                "Unit": series.unit,
            },
        }
        for number, (series, statistic) in enumerate(asked)
    ]
    times = {"StartTime": hour, "EndTime": hour + timedelta(minutes=10), "ScanBy": "TimestampAscending"}
    results = client.call("GetMetricData", {"MetricDataQueries": queries, **times})["MetricDataResults"]
    assert [result["Id"] for result in results] == [query["Id"] for query in queries]
    reading: Reading = {}
    for (series, statistic), result in zip(asked, results, strict=True):
        assert result["StatusCode"] == "Complete"
        times, values = result.get("Timestamps", []), result.get("Values", [])
        assert times == sorted(times)
        for at, value in zip(times, values, strict=True):
            reading[series.name, series.unit, at, statistic] = value
    return reading


def read_list(client, namespace: str) -> list[dict]:
    return client.call("ListMetrics", {"Namespace": namespace})["Metrics"]

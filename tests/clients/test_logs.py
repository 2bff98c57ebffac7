"""The part of CloudWatch Logs that EMF needs, through boto3."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

import samples
from clients import boto_client


@pytest.fixture
def logs(emf_server):
    return boto_client(emf_server.endpoint, "logs")


@pytest.fixture
def group(logs, namespace):
    logs.create_log_group(logGroupName=namespace)
    logs.create_log_stream(logGroupName=namespace, logStreamName="one")
    return namespace


def code(call, **parameters) -> str:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    return refused.value.response["Error"]["Code"]


def test_groups_and_streams(logs, group):
    logs.create_log_stream(logGroupName=group, logStreamName="two")
    assert code(logs.create_log_group, logGroupName=group) == "ResourceAlreadyExistsException"
    assert code(logs.create_log_stream, logGroupName=group, logStreamName="two") == "ResourceAlreadyExistsException"
    assert code(logs.create_log_stream, logGroupName=group + "x", logStreamName="a") == "ResourceNotFoundException"
    assert code(logs.create_log_group, logGroupName="not allowed!") == "InvalidParameterException"
    (found,) = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert found["logGroupName"] == group
    assert f":log-group:{group}" in found["arn"]
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    assert [stream["logStreamName"] for stream in streams] == ["one", "two"]


def put(logs, group: str, *events, stream: str = "one") -> dict:
    events = [{"timestamp": samples.milliseconds(at), "message": message} for at, message in events]
    return logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def test_put_log_events_answers_as_aws(logs, group, server):
    now = server.now()
    assert "nextSequenceToken" in put(logs, group, (now, "an ordinary line"))
    old, new = now - timedelta(days=15), now + timedelta(hours=3)
    assert put(logs, group, (old, "x"))["rejectedLogEventsInfo"]["tooOldLogEventEndIndex"] >= 0
    assert put(logs, group, (now, "x"), (new, "x"))["rejectedLogEventsInfo"]["tooNewLogEventStartIndex"] == 1


def test_put_log_events_refuses(logs, group, server):
    now = server.now()
    event = {"timestamp": samples.milliseconds(now), "message": "x"}
    unknown = {"logGroupName": group + "x", "logStreamName": "one", "logEvents": [event]}
    assert code(logs.put_log_events, **unknown) == "ResourceNotFoundException"
    unknown = {"logGroupName": group, "logStreamName": "none", "logEvents": [event]}
    assert code(logs.put_log_events, **unknown) == "ResourceNotFoundException"
    backwards = [event, event | {"timestamp": event["timestamp"] - 1000}]
    asked = {"logGroupName": group, "logStreamName": "one", "logEvents": backwards}
    assert code(logs.put_log_events, **asked) == "InvalidParameterException"
    assert code(logs.put_log_events, **(asked | {"logEvents": []})) == "InvalidParameterException"


@pytest.mark.parametrize(
    ("document", "counter"),
    [
        ('{"_aws": {"CloudWatchMetrics": "nonsense"}}', "EMFParsingErrors"),
        ('{"_aws": {"Timestamp": $MS, "CloudWatchMetrics": [{"Namespace": "$NS", "Dimensions": [[]], '
         '"Metrics": [{"Name": "m", "Unit": "Parsecs"}]}]}, "m": 1}', "EMFValidationErrors"),
    ],
    ids=["parsing", "validation"],
)  # fmt: skip
def test_a_bad_document_is_counted(document, counter, logs, group, server, client_of):
    """The event is taken; the fault becomes a metric of the log group."""
    now = server.now()
    text = document.replace("$MS", str(samples.milliseconds(now))).replace("$NS", group)
    put(logs, group, (now, text))
    client = client_of(server, "boto3-json")
    asked = {
        "Namespace": "AWS/Logs",
        "MetricName": counter,
        "Dimensions": [{"Name": "LogGroupName", "Value": group}],
        "StartTime": now - timedelta(minutes=5),
        "EndTime": now + timedelta(minutes=5),
        "Period": 3600,
        "Statistics": ["Sum"],
    }
    samples.wait_until(lambda: client.call("GetMetricStatistics", asked).get("Datapoints"), counter)
    (point,) = client.call("GetMetricStatistics", asked)["Datapoints"]
    assert (point["Sum"], point["Unit"]) == (1, "None")

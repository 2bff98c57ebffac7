"""Alarms through every client: what is put comes back, the clock drives them, refusals keep their codes."""

import json

import pytest

from clients import Fault

TOPIC = "arn:aws:sns:us-east-1:000000000000:ops"
NOON = "2026-05-04T12:00:00Z"
# What the server adds to what was put.
ADDED = {
    "AlarmArn",
    "AlarmConfigurationUpdatedTimestamp",
    "StateReason",
    "StateReasonData",
    "StateTransitionedTimestamp",
    "StateUpdatedTimestamp",
    "StateValue",
}


def least(name: str, **more) -> dict:
    return {
        "AlarmName": name,
        "Namespace": "Shop",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanThreshold",
        **more,
    }


def full(name: str) -> dict:
    scalar = least(
        name,
        AlarmDescription='what to do: "runbook"',
        ActionsEnabled=False,
        OKActions=[TOPIC],
        AlarmActions=[TOPIC, f"{TOPIC}-2"],
        InsufficientDataActions=[],
        Dimensions=[{"Name": "Host", "Value": "a"}, {"Name": "Zone", "Value": "x"}],
        ExtendedStatistic="p99.9",
        Period=300,
        Unit="Milliseconds",
        EvaluationPeriods=3,
        DatapointsToAlarm=2,
        TreatMissingData="notBreaching",
        EvaluateLowSampleCountPercentile="ignore",
    )
    del scalar["Statistic"]
    return scalar


def math(name: str) -> dict:
    stat = {"Metric": {"Namespace": "Shop", "MetricName": "Errors"}, "Period": 60, "Stat": "Sum"}
    queries = [
        {"Id": "rate", "Expression": "100 * m1 / m2", "Label": "rate", "ReturnData": True},
        {"Id": "m1", "MetricStat": stat, "ReturnData": False},
        {"Id": "m2", "MetricStat": stat, "ReturnData": False},
    ]
    parts = {"Metrics": queries, "EvaluationPeriods": 1, "Threshold": 5.0, "ComparisonOperator": "LessThanThreshold"}
    actions = {"OKActions": [], "AlarmActions": [], "InsufficientDataActions": []}
    return {"AlarmName": name, "ActionsEnabled": True, **parts, **actions}


@pytest.fixture
def name(namespace):
    """A name of the test's own."""
    return namespace.replace("/", "-")


@pytest.mark.parametrize("of", [full, math])
def test_what_is_put_is_described(of, any_client, name):
    alarm = of(name)
    any_client.call("PutMetricAlarm", alarm)
    (described,) = any_client.call("DescribeAlarms", {"AlarmNames": [name]})["MetricAlarms"]
    assert {key: value for key, value in described.items() if key not in ADDED and value != []} == {
        key: value for key, value in alarm.items() if value != []
    }
    assert described["StateValue"] == "INSUFFICIENT_DATA"
    assert described["StateReason"] == "Unchecked: Initial alarm creation"
    assert described["AlarmArn"] == f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{name}"
    any_client.call("DeleteAlarms", {"AlarmNames": [name]})
    assert any_client.call("DescribeAlarms", {"AlarmNames": [name]}).get("MetricAlarms", []) == []


def test_composite_alarms_and_mute_rules(client, name):
    client.call("PutMetricAlarm", least(f"{name}-child"))
    rule = f'ALARM("{name}-child") OR AT_LEAST(1, ALARM, ({name}-child))'
    client.call("PutCompositeAlarm", {"AlarmName": name, "AlarmRule": rule, "AlarmActions": [TOPIC]})
    asked = {"AlarmNames": [name], "AlarmTypes": ["CompositeAlarm"]}
    (described,) = client.call("DescribeAlarms", asked)["CompositeAlarms"]
    assert (described["AlarmRule"], described["StateValue"]) == (rule, "OK")
    asked = {"AlarmName": name, "StateValue": "ALARM", "StateReason": "by hand", "StateReasonData": '{"a": 1}'}
    client.call("SetAlarmState", asked)
    asked = {"AlarmName": name, "HistoryItemType": "StateUpdate", "MaxRecords": 1}
    (item,) = client.call("DescribeAlarmHistory", asked)["AlarmHistoryItems"]
    assert item["HistorySummary"] == "Alarm updated from OK to ALARM"
    new = json.loads(item["HistoryData"])["newState"]
    assert new == {"stateValue": "ALARM", "stateReason": "by hand", "stateReasonData": {"a": 1}}
    schedule = {"Expression": "cron(0 2 * * SUN)", "Duration": "PT4H", "Timezone": "Europe/Berlin"}
    mute = {"Name": name, "Rule": {"Schedule": schedule}, "MuteTargets": {"AlarmNames": [name]}}
    client.call("PutAlarmMuteRule", mute)
    shown = client.call("GetAlarmMuteRule", {"AlarmMuteRuleName": name})
    assert (shown["Rule"]["Schedule"], shown["MuteType"]) == (schedule, "RECURRING")
    listed = client.call("ListAlarmMuteRules", {"AlarmName": name})["AlarmMuteRuleSummaries"]
    assert [one["AlarmMuteRuleArn"] for one in listed] == [shown["AlarmMuteRuleArn"]]
    client.call("DeleteAlarmMuteRule", {"AlarmMuteRuleName": name})
    with pytest.raises(Fault) as refused:
        client.call("DeleteAlarms", {"AlarmNames": [f"{name}-child"]})
    assert refused.value.code == "ValidationError"
    client.call("DeleteAlarms", {"AlarmNames": [name, f"{name}-child"]})


REFUSALS = [
    ("SetAlarmState", {"AlarmName": "none", "StateValue": "OK", "StateReason": "r"}, "ResourceNotFound", ""),
    ("DeleteAlarms", {"AlarmNames": ["none"]}, "ResourceNotFound", ""),
    ("PutMetricAlarm", least("a", Period=61), "ValidationError", "Period must be 10, 20, 30 or a multiple of 60"),
    (
        "PutMetricAlarm",
        least("a", DatapointsToAlarm=2),
        "ValidationError",
        "DatapointsToAlarm must be less than or equal to EvaluationPeriods",
    ),
    (
        "PutCompositeAlarm",
        {"AlarmName": "c", "AlarmRule": "ALARM(none)"},
        "ValidationError",
        "Could not save the composite alarm as alarms [none] in the alarm rule do not exist",
    ),
    ("GetAlarmMuteRule", {"AlarmMuteRuleName": "none"}, "ResourceNotFoundException", "Alarm mute rule none does not exist."),
]


@pytest.mark.parametrize(("operation", "input", "code", "message"), REFUSALS)
def test_refusals_keep_their_codes(operation, input, code, message, client):
    with pytest.raises(Fault) as refused:
        client.call(operation, input)
    assert refused.value.code == code
    if message:
        assert refused.value.message == message


def test_the_clock_drives_alarms_and_a_crash_loses_nothing(start, client_of):
    server = start()
    server.post("/clock", f'{{"now": "{NOON}"}}'.encode())
    client = client_of(server, "boto3-json")
    client.call("PutMetricAlarm", least("high", AlarmActions=[TOPIC]))
    states = []
    for value in [1, 9, 9, 1, 9]:
        client.call("PutMetricData", {"Namespace": "Shop", "MetricData": [{"MetricName": "Errors", "Value": value}]})
        server.post("/clock", b'{"advance": "PT1M"}')
        states.append(client.call("DescribeAlarms", {})["MetricAlarms"][0]["StateValue"])
    assert states == ["OK", "ALARM", "ALARM", "OK", "ALARM"]
    before = client.call("DescribeAlarmHistory", {"AlarmName": "high"})["AlarmHistoryItems"]
    server.kill()
    again = client_of(start(data=server.data), "boto3-json")
    assert again.call("DescribeAlarms", {})["MetricAlarms"][0]["StateValue"] == "ALARM"
    assert again.call("DescribeAlarmHistory", {"AlarmName": "high"})["AlarmHistoryItems"] == before
    updates = [item["HistorySummary"] for item in reversed(before) if item["HistoryItemType"] == "StateUpdate"]
    assert updates == [
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
        "Alarm updated from OK to ALARM",
    ]

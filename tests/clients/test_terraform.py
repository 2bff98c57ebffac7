"""Alarms as Terraform manages them: applied, planned empty, updated in place, destroyed."""

import pytest

from clients import HERE

ALARMS = HERE / "terraform" / "alarms"
KINDS = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
ADDRESSES = {
    *(f"aws_cloudwatch_metric_alarm.{name}" for name in ["band", "expression", "percentile", "statistic"]),
    "aws_cloudwatch_composite_alarm.site",
}


@pytest.fixture
def endpoint(start, client_of):
    """A server of its own: everything that is described is Terraform's."""
    server = start()
    return server, client_of(server, "boto3-json")


def described(client) -> dict[str, dict]:
    answer = client.call("DescribeAlarms", KINDS)
    alarms = answer.get("MetricAlarms", []) + answer.get("CompositeAlarms", [])
    return {alarm["AlarmName"]: alarm for alarm in alarms}


def test_alarms_are_applied_updated_in_place_and_destroyed(endpoint, terraform):
    server, client = endpoint
    alarms = terraform(ALARMS, server)
    assert alarms.plan() == {address: ["create"] for address in ADDRESSES}
    alarms.apply()
    assert alarms.plan() == {}, "what was applied is read back as it is in the file"
    first = described(client)
    assert first.keys() == {"band", "expression", "percentile", "statistic", "site"}
    assert first["statistic"]["Threshold"] == 5.0
    assert first["site"]["AlarmRule"] == "ALARM(statistic) OR ALARM(expression)"
    # By hand, and behind the state; an update of the definition leaves it alone.
    client.call("SetAlarmState", {"AlarmName": "statistic", "StateValue": "ALARM", "StateReason": "by hand"})

    changed = {"threshold": 7, "owner": "shop"}
    assert alarms.plan(**changed) == {address: ["update"] for address in ADDRESSES}, "nothing is replaced"
    alarms.apply(**changed)
    assert alarms.plan(**changed) == {}
    second = described(client)
    assert second["statistic"]["Threshold"] == 7.0
    assert second["statistic"]["StateValue"] == "ALARM"
    assert second["site"]["AlarmRule"] == "ALARM(statistic) AND ALARM(expression)"
    assert {name: alarm["AlarmArn"] for name, alarm in second.items()} == {
        name: alarm["AlarmArn"] for name, alarm in first.items()
    }
    tags = client.call("ListTagsForResource", {"ResourceARN": second["site"]["AlarmArn"]})["Tags"]
    assert tags == [{"Key": "Owner", "Value": "shop"}]

    alarms.destroy(**changed)
    assert described(client) == {}


def test_what_was_changed_behind_terraform_is_put_back(endpoint, terraform):
    server, client = endpoint
    alarms = terraform(ALARMS, server)
    alarms.apply()
    client.call("DisableAlarmActions", {"AlarmNames": ["statistic"]})
    client.call("DeleteAlarms", {"AlarmNames": ["band"]})
    assert alarms.plan() == {
        "aws_cloudwatch_metric_alarm.statistic": ["update"],
        "aws_cloudwatch_metric_alarm.band": ["create"],
    }
    alarms.apply()
    assert alarms.plan() == {}
    assert described(client)["statistic"]["ActionsEnabled"] is True

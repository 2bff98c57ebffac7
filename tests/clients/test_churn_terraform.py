"""The topic, subscription, queues, policies and alarms of `examples/churn`, as Terraform and as plain files."""

import json
import os
import subprocess
import sys
from pathlib import Path

from clients import HERE, boto_client
from terraform import DEADLINE_S

CHURN = HERE.parents[1] / "examples/churn"
ALARMS = 10
RESOURCES = 17


def test_everything_of_churn_is_applied_planned_changed_and_destroyed(start, terraform):
    # The provider waits by itself, half a minute for a queue.
    server = start(clock="system")
    churn = terraform(CHURN / "terraform", server)
    cloudwatch, sns, sqs = (boto_client(server.endpoint, service) for service in ("cloudwatch", "sns", "sqs"))
    assert list(churn.plan().values()) == [["create"]] * RESOURCES
    churn.apply()
    assert churn.plan() == {}

    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    [topic] = [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]
    assert len(alarms) == ALARMS
    assert all(alarm["AlarmActions"] == alarm["OKActions"] == [topic] for alarm in alarms)
    assert all(alarm["TreatMissingData"] == "notBreaching" for alarm in alarms)
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    retries = json.loads(attributes["DeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]
    assert (retries["numRetries"], retries["minDelayTarget"], retries["backoffFunction"]) == (3, 20, "linear")
    [statement] = json.loads(attributes["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert attributes["SubscriptionsPending"] == "1"
    redrives = {}
    for url in sqs.list_queues()["QueueUrls"]:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        redrives[url.rsplit("/", 1)[1]] = (attributes["MessageRetentionPeriod"], attributes.get("RedrivePolicy"))
    assert redrives["churn-production-alerts-undelivered"] == ("1209600", None)
    assert json.loads(redrives["churn-production-predictions"][1])["maxReceiveCount"] == 3

    # Ten alarms change in place; in the queues and the topic nothing does.
    changed = {"thresholds": "{queue_depth=20}", "runbook_base": "https://example.org/runbooks"}
    assert list(churn.plan(**changed).values()) == [["update"]] * ALARMS
    churn.apply(**changed)
    assert churn.plan(**changed) == {}
    [depth] = cloudwatch.describe_alarms(AlarmNames=["churn-production-queue-depth"])["MetricAlarms"]
    assert depth["Threshold"] == 20
    assert depth["AlarmDescription"].endswith("Runbook: https://example.org/runbooks/queue-depth")

    churn.destroy(**changed)
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
    assert sns.list_topics()["Topics"] == []
    assert sqs.list_queues().get("QueueUrls", []) == []


def test_the_plain_files_are_what_the_command_line_takes(start, tmp_path):
    server = start(clock="manual")
    tools = Path(sys.executable).parent
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "us-east-1"}
    environment |= {"PATH": f"{tools}:{os.environ['PATH']}", "AWS_CONFIG_FILE": str(tmp_path / "none")}
    command = [CHURN / "plain/apply", "--endpoint-url", server.endpoint]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 0, done.stderr
    cloudwatch, sns = boto_client(server.endpoint, "cloudwatch"), boto_client(server.endpoint, "sns")
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    [subscription] = sns.list_subscriptions()["Subscriptions"]
    assert len(alarms) == ALARMS
    assert {action for alarm in alarms for action in alarm["AlarmActions"]} == {subscription["TopicArn"]}
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "oncall@retainwise.example")

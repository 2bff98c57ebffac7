"""Terraform's AWS provider: the topic, subscription, queues, policies and alarms of `examples/churn`, all together.

It runs where `terraform` is installed and the provider is on the machine (`TERRAFORM_MIRROR` names a folder of
providers; otherwise the usual ones are looked at). Nothing is downloaded.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clients import boto_client

CHURN = Path(__file__).parents[2] / "examples/churn"
PROVIDER = "registry.terraform.io/hashicorp/aws"
# The provider waits by itself, half a minute for a queue.
COMMAND_DEADLINE_S = 300
ALARMS = 10
RESOURCES = 16


def mirror() -> Path | None:
    """A folder that holds the AWS provider in the layout of a mirror."""
    home = Path.home()
    usual = [home / ".terraform.d/plugins", home / ".terraform.d/plugin-cache", Path("/usr/local/share/terraform/plugins")]
    usual += [Path("/usr/share/terraform/plugins"), Path("/opt/tf-plugins")]
    named = [Path(os.environ[name]) for name in ("TERRAFORM_MIRROR", "TF_PLUGIN_CACHE_DIR") if name in os.environ]
    return next((folder for folder in named + usual if (folder / PROVIDER).is_dir()), None)


class Terraform:
    """A copy of the application's folder, applied to a server."""

    def __init__(self, folder: Path, plugins: Path, endpoint: str):
        self.folder = folder / "terraform"
        self.folder.mkdir()
        for file in [*(CHURN / "terraform").glob("*.tf"), CHURN / "terraform/terraform.tfvars"]:
            shutil.copy(file, self.folder)
        settings = folder / "terraformrc"
        settings.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{plugins}"\n  }}\n}}\n')
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        ours |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
        ours |= {"AWS_EC2_METADATA_DISABLED": "true", "TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1"}
        self.environment = ours | {"TF_IN_AUTOMATION": "1"}
        self.run("init", "-no-color")

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess:
        command = ["terraform", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=COMMAND_DEADLINE_S
        )
        assert done.returncode in codes, f"{' '.join(command)}:\n{done.stdout}\n{done.stderr}"
        return done

    def apply(self, *variables: str) -> dict:
        """Applies, and answers how much was added, changed and destroyed."""
        lines = self.run("apply", "-auto-approve", "-json", *variables).stdout.splitlines()
        summaries = [line["changes"] for line in map(json.loads, lines) if line["type"] == "change_summary"]
        return {name: summaries[-1][name] for name in ("add", "change", "remove")}

    def is_settled(self, *variables: str) -> bool:
        """Whether a plan has nothing to do."""
        return self.run("plan", "-detailed-exitcode", "-no-color", *variables, codes=(0, 2)).returncode == 0


@pytest.fixture
def terraform(start, tmp_path):
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")
    plugins = mirror()
    if plugins is None:
        pytest.skip(f"the provider {PROVIDER} is in no folder of this machine; TERRAFORM_MIRROR names one")
    server = start(clock="system")
    return server, Terraform(tmp_path, plugins, server.endpoint)


def test_everything_of_churn_is_applied_planned_changed_and_destroyed(terraform):
    server, terraform = terraform
    cloudwatch, sns, sqs = (boto_client(server.endpoint, service) for service in ("cloudwatch", "sns", "sqs"))
    assert terraform.apply() == {"add": RESOURCES, "change": 0, "remove": 0}
    assert terraform.is_settled()

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
    changed = ("-var", "thresholds={queue_depth=20}", "-var", "runbook_base=https://example.org/runbooks")
    assert terraform.apply(*changed) == {"add": 0, "change": ALARMS, "remove": 0}
    assert terraform.is_settled(*changed)
    [depth] = cloudwatch.describe_alarms(AlarmNames=["churn-production-queue-depth"])["MetricAlarms"]
    assert depth["Threshold"] == 20
    assert depth["AlarmDescription"].endswith("Runbook: https://example.org/runbooks/queue-depth")

    terraform.run("destroy", "-auto-approve", "-no-color")
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
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=COMMAND_DEADLINE_S)
    assert done.returncode == 0, done.stderr
    cloudwatch, sns = boto_client(server.endpoint, "cloudwatch"), boto_client(server.endpoint, "sns")
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    [subscription] = sns.list_subscriptions()["Subscriptions"]
    assert len(alarms) == ALARMS
    assert {action for alarm in alarms for action in alarm["AlarmActions"]} == {subscription["TopicArn"]}
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "oncall@retainwise.example")

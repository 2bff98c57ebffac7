"""AWS's own clients behind one call: `call(operation, input)` answers a dict or raises `Fault`.

Times go in and come out as aware datetimes. What differs between the clients only in form is made
equal here: members that are unset, and lists without an order.
"""

import copy
import json
import os
import re
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

import sqs_forms

HERE = Path(__file__).parent
REGION = "us-east-1"
CALL_DEADLINE_S = 60


@dataclass
class Fault(Exception):
    """A refusal, as the client shows it. The command line does not show the HTTP status."""

    code: str
    message: str
    status: int | None

    def __str__(self) -> str:
        return f"{self.code} {self.status}: {self.message}"


@dataclass(frozen=True)
class Login:
    access_key: str = "AKIDEXAMPLE"
    secret: str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    region: str = REGION


class Boto:
    """boto3, held to one wire protocol."""

    PROTOCOLS = {"json": "json", "query": "query", "cbor": "smithy-rpc-v2-cbor"}

    def __init__(self, endpoint: str, protocol: str, login: Login = Login(), service: str = "cloudwatch"):
        self.client = boto_client(endpoint, service, login, self.PROTOCOLS[protocol])

    def call(self, operation: str, parameters: dict) -> dict:
        method = getattr(self.client, snake_case(operation))
        try:
            return tidy(method(**parameters))
        except ClientError as error:
            said = error.response["Error"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise Fault(said["Code"], said.get("Message", ""), status) from None


def boto_client(endpoint: str, service: str, login: Login = Login(), protocol: str | None = None):
    session = botocore.session.Session()
    if protocol:
        force_protocol(session, protocol)
    return boto3.Session(botocore_session=session, region_name=login.region).client(
        service,
        endpoint_url=endpoint,
        aws_access_key_id=login.access_key,
        aws_secret_access_key=login.secret,
        # Whatever is wrong with a request, the server is the one to say so, and once.
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}, read_timeout=CALL_DEADLINE_S),
    )


def force_protocol(session: botocore.session.Session, protocol: str) -> None:
    """botocore picks a protocol from the service's model: let the model offer one only."""
    loader = session.get_component("data_loader")
    load = loader.load_service_model

    def load_with_protocol(service_name, type_name, api_version=None):
        model = load(service_name, type_name, api_version)
        if type_name != "service-2":
            return model
        model = copy.deepcopy(model)
        model["metadata"].update(protocol=protocol, protocols=[protocol])
        if service_name == "sqs" and protocol == "query":
            sqs_forms.restore(model)
        return model

    loader.load_service_model = load_with_protocol


class CommandLine:
    """The AWS CLI, one process a call."""

    FAULT = re.compile(
        r"An error occurred \(([\w.]+)\) when calling the \w+ operation(?: \(reached .*?\))?: (.*)", re.DOTALL
    )

    def __init__(self, endpoint: str, folder: Path, login: Login = Login(), service: str = "cloudwatch"):
        self.service = service
        config = folder / "aws-config"
        config.write_text("[default]\ncli_timestamp_format = iso8601\nparameter_validation = false\ncli_pager =\n")
        self.endpoint = endpoint
        self.input = folder / "input.json"
        self.environment = aws_environment(login) | {"AWS_CONFIG_FILE": str(config), "AWS_MAX_ATTEMPTS": "1"}

    def call(self, operation: str, parameters: dict) -> dict:
        self.input.write_text(json.dumps(parameters, default=datetime.isoformat))
        output = self.run(
            self.service, kebab_case(operation), "--no-paginate", "--cli-input-json", f"file://{self.input}"
        )
        return tidy(times_from_text(json.loads(output or "{}")))

    def run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "awscli", "--endpoint-url", self.endpoint, "--output", "json", *arguments]
        ended = subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=CALL_DEADLINE_S,
            stdin=subprocess.DEVNULL,
        )
        if ended.returncode == 0:
            return ended.stdout
        fault = self.FAULT.search(ended.stderr)
        if fault is None:
            raise AssertionError(f"{arguments} failed with {ended.returncode}: {ended.stderr}")
        raise Fault(fault[1], fault[2].strip(), None)


class Sender:
    """A client of SNS together with one of SQS, which what is on its way to queues is received with."""

    OF_QUEUES = ("CreateQueue", "ReceiveMessage")

    def __init__(self, topics, queues):
        self.topics, self.queues = topics, queues

    def call(self, operation: str, parameters: dict) -> dict:
        client = self.queues if operation in self.OF_QUEUES else self.topics
        return client.call(operation, parameters)


class NodeProcess:
    """One Node process that all JavaScript calls go through; a line of JSON each way."""

    def __init__(self):
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["node", str(HERE / "node" / "cloudwatch.cjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # The SDK's advice about next year's Node versions is not about these tests.
            env=aws_environment(Login()) | {"NODE_NO_WARNINGS": "1"},
        )

    def ask(self, question: dict) -> dict:
        self.process.stdin.write(json.dumps(question, default=tagged).encode() + b"\n")
        self.process.stdin.flush()
        line = read_line(self.process.stdout.fileno(), CALL_DEADLINE_S)
        if not line.endswith(b"\n"):
            self.process.kill()
            self.stop()
            self.start()
            raise AssertionError(f"Node did not answer within {CALL_DEADLINE_S} s, or ended (then its error is above)")
        return json.loads(line, object_hook=untagged)

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(CALL_DEADLINE_S)
        self.process.stdout.close()


def read_line(descriptor: int, deadline_s: float) -> bytes:
    """A line as it comes in; less than a line when the other side ends or the time is over."""
    line = b""
    deadline = time.monotonic() + deadline_s
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0, deadline - time.monotonic()))
        chunk = os.read(descriptor, 65536) if ready else b""
        if not chunk:
            break
        line += chunk
    return line


class Node:
    """`@aws-sdk/client-cloudwatch`, with one wire protocol."""

    def __init__(self, endpoint: str, protocol: str, process: NodeProcess, login: Login = Login()):
        self.process = process
        self.client = {
            "endpoint": endpoint,
            "protocol": protocol,
            "region": login.region,
            "accessKeyId": login.access_key,
            "secretAccessKey": login.secret,
        }

    def call(self, operation: str, parameters: dict) -> dict:
        answer = self.process.ask({"client": self.client, "operation": operation, "input": not_finite(parameters)})
        if "fault" in answer:
            raise Fault(**answer["fault"])
        assert "failure" not in answer, answer["failure"]
        return tidy(answer["output"])


def aws_environment(login: Login) -> dict[str, str]:
    """The environment of a child process that must know nobody's real account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "POWERTOOLS_"))}
    return kept | {
        "AWS_ACCESS_KEY_ID": login.access_key,
        "AWS_SECRET_ACCESS_KEY": login.secret,
        "AWS_REGION": login.region,
        "AWS_DEFAULT_REGION": login.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def snake_case(operation: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()


def kebab_case(operation: str) -> str:
    return snake_case(operation).replace("_", "-")


def as_text(item) -> str:
    return json.dumps(item, sort_keys=True, default=str)


# Lists that come in no order, and an order for them.
UNORDERED = {
    "Datapoints": lambda point: (point["Timestamp"], point["Unit"]),
    "Dimensions": as_text,
    "Metrics": as_text,
    "Tags": as_text,
}


def tidy(answer):
    """Without what carries no meaning: response metadata, unset members, and the order of what has none."""
    if isinstance(answer, list):
        return [tidy(item) for item in answer]
    if not isinstance(answer, dict):
        return answer.astimezone(timezone.utc) if isinstance(answer, datetime) else answer
    kept = {}
    for name, value in answer.items():
        value = tidy(value)
        if name in ("ResponseMetadata", "$metadata") or value is None or value == [] or value == {}:
            continue
        if name in UNORDERED and isinstance(value, list):
            value = sorted(value, key=UNORDERED[name])
        kept[name] = value
    return kept


TIMES = ("Timestamp", "Timestamps", "StartTime", "EndTime")


def times_from_text(answer, name: str = ""):
    if isinstance(answer, dict):
        return {key: times_from_text(value, key) for key, value in answer.items()}
    if isinstance(answer, list):
        return [times_from_text(item, name) for item in answer]
    return datetime.fromisoformat(answer) if name in TIMES else answer


def tagged(value):
    return {"$time": value.timestamp() * 1000}


def untagged(value: dict):
    if "$time" in value:
        return datetime.fromtimestamp(value["$time"] / 1000, timezone.utc)
    return value


def not_finite(value):
    """JSON has no NaN and no infinity: they travel by name."""
    if isinstance(value, dict):
        return {key: not_finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [not_finite(item) for item in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return {"$number": {"inf": "Infinity", "-inf": "-Infinity"}.get(str(value), "NaN")}
    return value

"""Fixtures: a server for everybody, servers of one's own, and the clients."""

import itertools
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from clients import Boto, CommandLine, Login, Node, NodeProcess, Sender
from server import Elsewhere, Server, binary
from table import Frame
from terraform import Terraform, missing

PROTOCOLS = ["json", "query", "cbor"]
PROTOCOL_CLIENTS = [f"{kind}-{protocol}" for kind in ("boto3", "node") for protocol in PROTOCOLS]
ALL_CLIENTS = [*PROTOCOL_CLIENTS, "cli"]
QUEUE_CLIENTS = ["boto3-json", "boto3-query", "cli"]
# SNS is spoken in forms alone.
TOPIC_CLIENTS = ["boto3-query", "cli"]

elsewhere = os.environ.get("NEPHO_ENDPOINT")


def pytest_report_header():
    return f"server: {elsewhere or binary()}"


def pytest_sessionstart():
    if not elsewhere and not binary().is_file():
        pytest.exit(f"there is no server at {binary()}: build it (./test clients does), or set NEPHO_BINARY", 3)
    if shutil.which("node") is None:
        pytest.exit("node is missing: ./test clients installs it", 3)


@pytest.fixture(scope="session")
def start(tmp_path_factory):
    """Starts servers: `start()` on an empty folder, `start(data=...)` on one that has been used."""
    if elsewhere:
        pytest.skip("needs a server of its own, and NEPHO_ENDPOINT names somebody else's")
    servers = []

    def start(data: Path | None = None, **options) -> Server:
        data = data or tmp_path_factory.mktemp("nepho") / "data"
        servers.append(Server(data, **options))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.kill()


@pytest.fixture(scope="session")
def server(request):
    """The server that tests share; each keeps to namespaces of its own. Its clock stands still."""
    if elsewhere:
        yield Elsewhere(elsewhere)
        return
    server = request.getfixturevalue("start")()
    yield server
    assert server.process.poll() is None, f"the server ended by itself; its log:\n{server.tail()}"
    assert server.stop() == 0, f"SIGTERM must stop the server cleanly; its log:\n{server.tail()}"


@pytest.fixture
def emf_server(server):
    if elsewhere:
        pytest.skip("speaks EMF, and NEPHO_ENDPOINT names an endpoint for CloudWatch only")
    return server


@pytest.fixture(scope="session")
def node():
    process = NodeProcess()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def client_of(node, tmp_path_factory):
    """`client_of(server, "boto3-json")`: a client by its name; the same one for the same question."""
    made = {}

    def client_of(server, name: str, login: Login = Login(), service: str = "cloudwatch"):
        key = (server.endpoint, name, login, service)
        if key not in made:
            kind, _, protocol = name.partition("-")
            match kind:
                case "boto3":
                    made[key] = Boto(server.endpoint, protocol, login, service)
                case "node":
                    made[key] = Node(server.endpoint, protocol, node, login)
                case "cli":
                    made[key] = CommandLine(server.endpoint, tmp_path_factory.mktemp("cli"), login, service)
        return made[key]

    return client_of


@pytest.fixture(params=PROTOCOL_CLIENTS)
def client(request, server, client_of):
    """A client; the test runs once with each library and each protocol."""
    return client_of(server, request.param)


@pytest.fixture(params=ALL_CLIENTS)
def any_client(request, server, client_of):
    """As `client`, and the command line too (half a second a call)."""
    return client_of(server, request.param)


@pytest.fixture(params=QUEUE_CLIENTS)
def queue_client(request, server, client_of):
    """A client of SQS."""
    return client_of(server, request.param, service="sqs")


@pytest.fixture(params=TOPIC_CLIENTS)
def topic_client(request, server, client_of):
    """A client of SNS, that receives from queues too."""
    topics, queues = (client_of(server, request.param, service=service) for service in ("sns", "sqs"))
    return Sender(topics, queues)


@pytest.fixture
def terraform(tmp_path):
    """`terraform(folder, server)`: Terraform on a copy of a folder of definitions, with the server as AWS."""
    if why := missing():
        pytest.skip(why)

    return lambda folder, server: Terraform(folder, server.endpoint, tmp_path)


numbers = itertools.count(1)


@pytest.fixture
def namespace():
    return f"Test{next(numbers)}"


@pytest.fixture
def frame(server, namespace):
    return Frame(namespace, server.now(), server.endpoint)


@pytest.fixture
def hour(frame):
    """A full hour between one and two hours ago, and the hour after it."""
    return frame.starts["T"], frame.starts["T"] + timedelta(hours=1)

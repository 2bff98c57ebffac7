"""Topics through boto3 and the AWS CLI, and what is signed through AWS's own verifier."""

import json
import os
import subprocess

import pytest
import trustme

import table
from clients import CALL_DEADLINE_S, HERE
from receivers import Endpoint, Front, tls_of


def cases():
    return [pytest.param(case, id=str(case)) for case in table.load("topics.txt")]


@pytest.mark.parametrize("case", cases())
def test_case(case, topic_client, frame):
    frame.run(case, topic_client)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Who vouches for certificates in these tests, and a file that says so."""
    authority = trustme.CA()
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return authority, path


@pytest.fixture(scope="module")
def fronted(start, authority, tmp_path_factory):
    """A server that is reached by https, as verifiers want it for the certificate; and what stands in front of it."""
    front = Front(tls_of(authority[0], "localhost"), "localhost")
    config = tmp_path_factory.mktemp("fronted") / "nepho.toml"
    config.write_text(f"[deliveries]\npublic-url = '{front.url}'\nallow = ['127.0.0.1']\n")
    server = start(arguments=("--config", str(config)))
    front.target = server.endpoint
    yield server, front
    front.stop()


@pytest.fixture
def endpoint():
    endpoint = Endpoint()
    yield endpoint
    endpoint.stop()


@pytest.fixture
def verify(fronted, authority):
    """`verify(messages)`: what AWS's verifier says to each, with the pattern of hosts that is its documented setting."""
    pattern = "^" + fronted[1].url.removeprefix("https://") + "$"

    def verify(messages: list[dict], pattern: str = pattern) -> list[str]:
        command = ["node", str(HERE / "node" / "verify.cjs"), *([pattern] if pattern else [])]
        lines = "".join(json.dumps(message) + "\n" for message in messages)
        environment = os.environ | {"NODE_EXTRA_CA_CERTS": str(authority[1]), "NODE_NO_WARNINGS": "1"}
        ended = subprocess.run(
            command, input=lines, env=environment, capture_output=True, text=True, timeout=CALL_DEADLINE_S, check=True
        )
        return ended.stdout.splitlines()

    return verify


@pytest.mark.parametrize(("version", "name"), [("1", "boto3-query"), ("2", "cli")])
def test_a_public_verifier_accepts_what_is_signed_and_nothing_else(
    version, name, fronted, endpoint, verify, client_of, namespace
):
    client = client_of(fronted[0], name, service="sns")
    created = client.call("CreateTopic", {"Name": namespace, "Attributes": {"SignatureVersion": version}})
    topic = created["TopicArn"]
    client.call("Subscribe", {"TopicArn": topic, "Protocol": "http", "Endpoint": endpoint.url})
    (question,) = endpoint.received.until(1)
    answered = client.call("ConfirmSubscription", {"TopicArn": topic, "Token": question.json()["Token"]})
    client.call("Publish", {"TopicArn": topic, "Subject": "Load", "Message": "Tür & <Tor>\n日本 \U0001f600"})
    client.call("Publish", {"TopicArn": topic, "Message": json.dumps({"a": "\"b\""})})
    messages = [received.json() for received in endpoint.received.until(3)]
    assert [message["Type"] for message in messages] == ["SubscriptionConfirmation", "Notification", "Notification"]
    assert {message["SignatureVersion"] for message in messages} == {version}
    assert verify(messages) == ["accepted"] * 3
    altered = [
        message | {name: message[name] + "x"}
        for message in messages
        for name in ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Token", "SubscribeURL")
        if name in message
    ]
    other_version = {"1": "2", "2": "1"}[version]
    altered += [message | {"SignatureVersion": other_version} for message in messages]
    altered += [message | {"Subject": "put in"} for message in messages if "Subject" not in message]
    assert set(verify(altered)) == {"The message signature is invalid."}
    assert set(verify(messages, pattern="")) == {"The certificate is located on an invalid domain."}
    client.call("Unsubscribe", {"SubscriptionArn": answered["SubscriptionArn"]})
    farewell = endpoint.received.until(4)[3].json()
    assert farewell["Type"] == "UnsubscribeConfirmation"

"""SigV4, verified when credentials are configured."""

from datetime import timedelta

import botocore.auth
import pytest
import urllib.error
import urllib.request

from clients import Fault, Login, boto_client
from conftest import ALL_CLIENTS

ACCOUNT = "123456789012"
KNOWN = Login(access_key="AKIDSHOP")
WRONG_SECRET = Login(access_key="AKIDSHOP", secret="not-the-secret")
UNKNOWN = Login(access_key="AKIDNOBODY")
PUT = {"Namespace": "Signed", "MetricData": [{"MetricName": "m", "Value": 1}]}

# The code is recorded for the query protocol only; the other two may use either spelling.
MISMATCH = ("SignatureDoesNotMatch", "InvalidSignatureException")


@pytest.fixture(scope="module")
def guarded(start, tmp_path_factory):
    """A server that knows one access key. Its clock is the machine's: the clients sign with that."""
    file = tmp_path_factory.mktemp("guarded") / "credentials.toml"
    file.write_text(
        f'[[credentials]]\naccess-key-id = "{KNOWN.access_key}"\nsecret = "{KNOWN.secret}"\naccount = "{ACCOUNT}"\n'
    )
    server = start(clock="system", arguments=("--credentials", str(file)))
    yield server
    assert server.stop() == 0


def refused(client) -> Fault:
    with pytest.raises(Fault) as fault:
        client.call("PutMetricData", PUT)
    assert fault.value.status in (None, 400, 403)
    return fault.value


@pytest.mark.parametrize("name", ALL_CLIENTS)
def test_the_right_secret_passes(name, guarded, client_of):
    client = client_of(guarded, name, KNOWN)
    client.call("PutMetricData", PUT)
    assert client.call("ListMetrics", {"Namespace": "Signed"})["Metrics"] == [
        {"Namespace": "Signed", "MetricName": "m"}
    ]


@pytest.mark.parametrize("name", ALL_CLIENTS)
def test_a_compressed_body_is_signed_as_it_is_sent(name, guarded, client_of):
    datums = [{"MetricName": f"metric-{number}", "Value": number} for number in range(500)]
    client_of(guarded, name, KNOWN).call("PutMetricData", {"Namespace": "Large", "MetricData": datums})


@pytest.mark.parametrize("name", ALL_CLIENTS)
def test_a_wrong_secret(name, guarded, client_of):
    fault = refused(client_of(guarded, name, WRONG_SECRET))
    assert fault.code in MISMATCH
    assert fault.message.startswith("The request signature we calculated does not match the signature you provided.")


@pytest.mark.parametrize("name", ALL_CLIENTS)
def test_an_unknown_key(name, guarded, client_of):
    fault = refused(client_of(guarded, name, UNKNOWN))
    assert fault.code in ("InvalidClientTokenId", "UnrecognizedClientException")
    assert fault.message == "The security token included in the request is invalid."


@pytest.mark.parametrize("name", ["boto3-json", "boto3-query", "boto3-cbor"])
def test_a_signature_of_ten_minutes_ago(name, guarded, client_of, monkeypatch):
    now = botocore.auth.get_current_datetime
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: now(*a, **k) - timedelta(minutes=10))
    fault = refused(client_of(guarded, name, KNOWN))
    assert fault.code in MISMATCH
    assert fault.message.startswith("Signature expired: ")


def test_no_signature(guarded):
    body = b"Action=ListMetrics&Version=2010-08-01"
    request = urllib.request.Request(guarded.endpoint, body, {"Content-Type": "application/x-www-form-urlencoded"})
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(request, timeout=30)
    assert answer.value.code == 403
    assert "MissingAuthenticationToken" in answer.value.read().decode()


def test_the_key_names_the_account(guarded):
    assert boto_client(guarded.endpoint, "sts", KNOWN).get_caller_identity()["Account"] == ACCOUNT


def test_other_services_are_guarded_too(guarded):
    logs = boto_client(guarded.endpoint, "logs", WRONG_SECRET)
    with pytest.raises(logs.exceptions.ClientError) as refusal:
        logs.create_log_group(logGroupName="g")
    assert refusal.value.response["Error"]["Code"] in MISMATCH

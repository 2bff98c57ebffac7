"""Deliveries of the running server: mail over SMTP and as files, TLS, receivers of this product, what is not reached."""

import json
import re
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import trustme

from receivers import Endpoint, MailServer, read_letter, tls_of

LINK = re.compile(r"^(http://\S+)$", re.MULTILINE)


@pytest.fixture
def serving(start, client_of, tmp_path):
    """`serving(config)`: a server of the test's own, with a client of SNS."""

    def serving(config: str):
        path = tmp_path / "nepho.toml"
        path.write_text(config)
        server = start(arguments=("--config", str(path)))
        return server, client_of(server, "boto3-query", service="sns")

    return serving


@pytest.fixture
def endpoint():
    endpoint = Endpoint()
    yield endpoint
    endpoint.stop()


def deliveries(server, **wanted: str) -> list[dict]:
    """The ledger, when all that is due has been tried."""
    advance(server, 0)
    return json.loads(server.get(f"/deliveries?{urllib.parse.urlencode(wanted)}"))["Deliveries"]


def advance(server, seconds: int) -> None:
    server.post("/clock", json.dumps({"advance": f"PT{seconds}S"}).encode())


def topic_with(client, protocol: str, endpoint: str, **attributes: str) -> str:
    topic = client.call("CreateTopic", {"Name": "alerts"})["TopicArn"]
    subscribe = {"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint, "Attributes": attributes}
    client.call("Subscribe", subscribe)
    return topic


ALARM = {
    "AlarmName": "High load",
    "AlarmDescription": "The web servers are busy.\nSeverity: critical\nImpact: pages are slow\n"
    "Runbook: https://wiki.example.com/load",
    "Namespace": "Shop",
    "MetricName": "Load",
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 80,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "ignore",
}


def raise_alarm(server, client_of, topic: str) -> None:
    """An alarm goes into ALARM."""
    cloudwatch = client_of(server, "boto3-json")
    cloudwatch.call("PutMetricAlarm", ALARM | {"AlarmActions": [topic], "OKActions": [topic]})
    put_load(server, client_of, 95)


def put_load(server, client_of, load: float) -> None:
    data = [{"MetricName": "Load", "Value": load}]
    client_of(server, "boto3-json").call("PutMetricData", {"Namespace": "Shop", "MetricData": data})
    advance(server, 60)


def test_mail_over_smtp(serving, client_of, tmp_path):
    """By STARTTLS with a password, asked first, then with an alarm in the words of AWS."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    mail = MailServer(tls_of(authority, "localhost"), login=("nepho", "hush hush"))
    server, client = serving(
        f"[deliveries]\nauthorities = '{tmp_path}/authority.pem'\n[mail]\nhost = 'localhost'\nport = {mail.port}\n"
        "from = 'Alerts <alerts@example.com>'\nuser = 'nepho'\npassword = 'hush hush'\n"
    )
    topic = topic_with(client, "email", "ops@example.com")
    (question,) = mail.letters.until(1)
    assert question["Subject"] == "AWS Notification - Subscription Confirmation"
    assert (question["To"], question["From"]) == ("ops@example.com", "Alerts <alerts@example.com>")
    link = LINK.findall(question.get_content())[0]
    with urllib.request.urlopen(urllib.request.Request(link, headers={"Accept": "text/html"})) as page:
        assert "Subscription confirmed" in page.read().decode()
    raise_alarm(server, client_of, topic)
    letter = mail.letters.until(2)[1]
    assert letter["Subject"] == 'ALARM: "High load" in US East (N. Virginia)'
    text = letter.get_content()
    assert text.startswith(
        'You are receiving this email because your Amazon CloudWatch Alarm "High load" in the US East (N. Virginia) '
        "region has entered the ALARM state"
    )
    below = text.split("What To Do:\n")[1]
    for line in ("critical", "pages are slow", "https://wiki.example.com/load", "95 (▅)"):
        assert f"  {line}\n" in below, below
    graph = re.search(r"http://\S+/graphs/\S+\.svg", below)[0]
    with urllib.request.urlopen(graph) as answer:
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert "<polyline" in (svg := answer.read().decode()) and "High load" in svg and "threshold 80" in svg
    # A server that has no time takes it later; one that says no is not asked again.
    mail.answers += ["451 later", "250 OK", "550 nobody here"]
    client.call("Publish", {"TopicArn": topic, "Message": "Grüße"})
    advance(server, 10)
    assert mail.letters.until(3)[2].get_content().startswith("Grüße\n")
    client.call("Publish", {"TopicArn": topic, "Message": "to nobody"})
    lost, kept = deliveries(server, topic="alerts")[:2]
    assert (kept["State"], [one.get("Status") for one in kept["Tries"]]) == ("delivered", [451, 250])
    assert (lost["State"], [one["Status"] for one in lost["Tries"]]) == ("discarded", [550])
    unsubscribe = LINK.findall(text)[-1]
    with urllib.request.urlopen(unsubscribe) as answer:
        assert answer.status == 200
    client.call("Publish", {"TopicArn": topic, "Message": "no more"})
    assert len(deliveries(server)) == 4
    mail.stop()


def test_mail_as_files(serving):
    server, client = serving("")
    topic = topic_with(client, "email-json", "ops@example.com")
    (asked,) = deliveries(server)
    assert asked["Tries"][0]["Said"].startswith(f"written to {server.data}/mail/")
    assert f"no mail server is configured: mail goes to {server.data}/mail" in server.log.read_text()
    (question,) = [read_letter(path.read_bytes()) for path in Path(server.data, "mail").glob("*.eml")]
    token = json.loads(question.get_content())["Token"]
    client.call("ConfirmSubscription", {"TopicArn": topic, "Token": token})
    published = client.call("Publish", {"TopicArn": topic, "Subject": "Über", "Message": "Grüße"})
    deliveries(server)
    (path,) = Path(server.data, "mail").glob(f"{published['MessageId']}.*.eml")
    letter = read_letter(path.read_bytes())
    assert (letter["Subject"], letter["To"]) == ("Über", "ops@example.com")
    assert json.loads(letter.get_content())["Message"] == "Grüße"


def test_certificates_are_checked(serving, tmp_path):
    """One of a known authority for the right name, one of nobody, one for another name."""
    authority, nobody = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    server, client = serving(
        f"[deliveries]\nallow = ['127.0.0.0/8']\nauthorities = '{tmp_path}/authority.pem'\n"
    )
    cases = [
        (authority, "localhost", "delivered", 1, ""),
        (nobody, "localhost", "discarded", 4, "TLS: invalid peer certificate: UnknownIssuer"),
        (authority, "example.com", "discarded", 4, "TLS: invalid peer certificate: certificate not valid for name*"),
    ]
    for vouches, name, state, attempts, said in cases:
        endpoint = Endpoint(tls_of(vouches, name), "localhost")
        topic_with(client, "https", endpoint.url)
        for _ in range(attempts - 1):
            advance(server, 20)
        (delivery,) = deliveries(server, endpoint=endpoint.url)
        assert (delivery["State"], delivery["Attempts"]) == (state, attempts), delivery
        assert all(one.get("Said", "").startswith(said.rstrip("*")) for one in delivery["Tries"]), delivery
        assert len(endpoint.received) == (1 if state == "delivered" else 0)
        endpoint.stop()


def test_this_machine_is_not_reached_unless_allowed(serving, endpoint):
    """Neither by its address, nor by a name or another spelling of it; neither is what clouds serve to their machines."""
    server, client = serving("[deliveries]\nallow = ['127.0.0.1:9']\n")
    own = urllib.parse.urlsplit(server.endpoint).port
    urls = [
        endpoint.url,
        f"http://localhost:{endpoint.port}/",
        f"http://2130706433:{endpoint.port}/",
        f"http://127.1:{endpoint.port}/",
        f"http://0.0.0.0:{endpoint.port}/",
        f"http://[::1]:{endpoint.port}/",
        f"http://[::ffff:127.0.0.1]:{endpoint.port}/",
        f"http://127.0.0.1:{own}/?Action=DeleteTopic",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://10.0.0.1/",
    ]
    for url in urls:
        topic_with(client, "http", url)
    told = deliveries(server)
    assert {delivery["Endpoint"] for delivery in told} == set(urls)
    for delivery in told:
        (attempt,) = delivery["Tries"]
        assert (delivery["State"], attempt["Outcome"]) == ("discarded", "refused"), delivery
        assert "not a public address" in attempt["Said"] or "this machine" in attempt["Said"], delivery
    assert endpoint.received == []


def test_redirects_are_not_followed(serving, endpoint):
    """What is allowed cannot lead to what is not."""
    other = Endpoint()
    server, client = serving(f"[deliveries]\nallow = ['127.0.0.1:{endpoint.port}']\n")
    endpoint.answers = [(status, {"Location": other.url}) for status in (301, 307, 308)]
    for path in ("/a", "/b", "/c"):
        topic_with(client, "http", endpoint.url + path)
    told = deliveries(server)
    assert sorted(one["Tries"][0]["Status"] for one in told) == [301, 307, 308]
    assert {(one["State"], len(one["Tries"])) for one in told} == {("discarded", 1)}
    assert other.received == []
    other.stop()


def test_slack_and_pagerduty(serving, endpoint, client_of):
    """They say how bad it is, what it means and what to do, and that it is over."""
    server, client = serving(
        f"[deliveries]\nallow = ['127.0.0.0/8']\npagerduty-url = '{endpoint.url}/v2/enqueue'\n"
    )
    topic = topic_with(client, "slack", f"{endpoint.url}/services/T0/B0/x")
    topic_with(client, "pagerduty", "0123456789abcdef0123456789abcdef")
    raise_alarm(server, client_of, topic)
    put_load(server, client_of, 10)
    advance(server, 5)
    received = endpoint.received.until(4)
    events = [one.json() for one in received if one.path == "/v2/enqueue"]
    notes = [one.body for one in received if one.path == "/services/T0/B0/x"]
    assert [event["event_action"] for event in events] == ["trigger", "resolve"]
    assert len({event["dedup_key"] for event in events}) == 1
    assert events[0]["payload"]["severity"] == "critical"
    assert events[0]["payload"]["custom_details"]["impact"] == "pages are slow"
    for part in ("pages are slow", "https://wiki.example.com/load", "95", "critical"):
        assert part in notes[0], notes[0]
    assert len(notes) == 2


def test_a_crash_loses_nothing(serving, start, client_of, endpoint, tmp_path):
    """What waited is delivered after `kill -9`, and what was confirmed is not delivered again."""
    server, client = serving("[deliveries]\nallow = ['127.0.0.0/8']\n")
    topic = topic_with(client, "http", endpoint.url)
    token = endpoint.received.until(1)[0].json()["Token"]
    client.call("ConfirmSubscription", {"TopicArn": topic, "Token": token})
    client.call("Publish", {"TopicArn": topic, "Message": "confirmed"})
    endpoint.received.until(2)
    deliveries(server)
    endpoint.answers = [(503, {})] * 3
    sent = [client.call("Publish", {"TopicArn": topic, "Message": "waits"})["MessageId"] for _ in range(3)]
    deliveries(server)
    server.kill()
    again = start(data=server.data, arguments=("--config", str(tmp_path / "nepho.toml")))
    advance(again, 20)
    told = deliveries(again)
    assert {(one["State"], one["Attempts"]) for one in told if one["MessageId"] in sent} == {("delivered", 2)}
    arrived = [one.headers["x-amz-sns-message-id"] for one in endpoint.received]
    assert sorted(arrived[5:]) == sorted(sent)
    assert len(arrived) == 8

"""Queues through boto3, in both protocols, and the AWS CLI."""

import hashlib
import json
import threading
import urllib.parse
import urllib.request
from datetime import timedelta

import pytest

import table
from clients import Fault, Login
from conftest import QUEUE_CLIENTS


def cases():
    return [pytest.param(case, id=str(case)) for case in table.load("queues.txt")]


@pytest.mark.parametrize("case", cases())
def test_case(case, queue_client, frame):
    frame.run(case, queue_client)


@pytest.mark.parametrize("operation", ["StartMessageMoveTask", "ListMessageMoveTasks", "CancelMessageMoveTask"])
def test_an_operation_that_is_not_there_is_named(operation, queue_client):
    parameters = {"TaskHandle": "x"} if operation.startswith("Cancel") else {"SourceArn": "x"}
    with pytest.raises(Fault) as refused:
        queue_client.call(operation, parameters)
    assert operation in refused.value.message
    assert refused.value.code in ("UnknownOperationException", "InvalidAction")


@pytest.mark.parametrize("protocol", ["json", "query"])
def test_binary_attributes(protocol, server, namespace, client_of):
    client = client_of(server, f"boto3-{protocol}", service="sqs")
    queue = client.call("CreateQueue", {"QueueName": namespace})["QueueUrl"]
    sent = {"blob": {"DataType": "Binary.gif", "BinaryValue": bytes(range(256))}}
    asked = {"QueueUrl": queue, "MessageBody": "x", "MessageAttributes": sent}
    told = client.call("SendMessage", asked)["MD5OfMessageAttributes"]
    parts = [(b"blob", b"\x00\x00\x00\x04"), (b"Binary.gif", b"\x00\x00\x00\x0a")]
    digest = b"".join(length + part for part, length in parts) + b"\x02\x00\x00\x01\x00" + bytes(range(256))
    assert told == hashlib.md5(digest).hexdigest()
    (message,) = client.call("ReceiveMessage", {"QueueUrl": queue, "MessageAttributeNames": ["All"]})["Messages"]
    assert message["MessageAttributes"] == sent


def test_what_one_client_sends_the_others_receive(server, namespace, client_of):
    """Every text that a message may hold survives every way in and out."""
    clients = [client_of(server, name, service="sqs") for name in QUEUE_CLIENTS]
    queue = clients[0].call("CreateQueue", {"QueueName": namespace})["QueueUrl"]
    bodies = ["a\tb\nc\r\nd", "<a href=\"x\">&amp;</a>", "日本語 \U0001f600 é", " spaces  around ", "+%20&=;"]
    for client in clients:
        for body in bodies:
            client.call("SendMessage", {"QueueUrl": queue, "MessageBody": body})
    for client in clients:
        asked = {"QueueUrl": queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 0}
        received = client.call("ReceiveMessage", asked)["Messages"]
        assert {message["Body"] for message in received} <= set(bodies)
        assert len(received) == 10


@pytest.mark.parametrize("name", QUEUE_CLIENTS)
def test_time_passes(name, start, client_of):
    """Delays, timeouts and retention follow the server's clock."""
    server = start()
    client = client_of(server, name, service="sqs")
    queue = client.call("CreateQueue", {"QueueName": "q", "Attributes": {"MessageRetentionPeriod": "60"}})["QueueUrl"]

    def received() -> list[str]:
        answer = client.call("ReceiveMessage", {"QueueUrl": queue, "VisibilityTimeout": 20})
        return [message["Body"] for message in answer.get("Messages", [])]

    def advance(seconds: int) -> None:
        server.post("/clock", json.dumps({"advance": f"PT{seconds}S"}).encode())

    client.call("SendMessage", {"QueueUrl": queue, "MessageBody": "x", "DelaySeconds": 10})
    assert received() == []
    advance(10)
    assert received() == ["x"]
    advance(19)
    assert received() == []
    advance(1)
    assert received() == ["x"]
    advance(30)
    assert received() == []


@pytest.mark.parametrize("name", QUEUE_CLIENTS)
def test_a_receive_waits_for_a_message(name, server, namespace, client_of):
    client = client_of(server, name, service="sqs")
    queue = client.call("CreateQueue", {"QueueName": namespace})["QueueUrl"]
    answers = []
    asked = {"QueueUrl": queue, "WaitTimeSeconds": 20}
    waiting = threading.Thread(target=lambda: answers.append(client.call("ReceiveMessage", asked)))
    waiting.start()
    while not waits(server):
        assert waiting.is_alive()
    # The clock stands still: only a message can end the wait.
    client_of(server, "boto3-json", service="sqs").call("SendMessage", {"QueueUrl": queue, "MessageBody": "x"})
    waiting.join()
    assert [message["Body"] for message in answers[0]["Messages"]] == ["x"]


def waits(server) -> int:
    line = next(line for line in server.get("/metrics").splitlines() if line.startswith("nepho_queue_waits "))
    return int(float(line.split()[1]))


def test_a_crash_loses_nothing(start, client_of):
    first = start()
    client = client_of(first, "boto3-json", service="sqs")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    made = client.call("CreateQueue", {"QueueName": "q.fifo", "Attributes": attributes, "tags": {"team": "shop"}})
    for number in range(20):
        asked = {"QueueUrl": made["QueueUrl"], "MessageBody": str(number), "MessageGroupId": "g"}
        client.call("SendMessage", asked)
    (message,) = client.call("ReceiveMessage", {"QueueUrl": made["QueueUrl"]})["Messages"]
    client.call("DeleteMessage", {"QueueUrl": made["QueueUrl"], "ReceiptHandle": message["ReceiptHandle"]})
    first.kill()
    second = start(data=first.data)
    client = client_of(second, "boto3-query", service="sqs")
    queue = client.call("GetQueueUrl", {"QueueName": "q.fifo"})["QueueUrl"]
    assert queue.startswith(second.endpoint)
    asked = {"QueueUrl": queue, "MaxNumberOfMessages": 10}
    received = client.call("ReceiveMessage", asked)["Messages"]
    assert [message["Body"] for message in received] == [str(number) for number in range(1, 11)]
    assert client.call("ListQueueTags", {"QueueUrl": queue})["Tags"] == {"team": "shop"}


def test_queues_tell_about_themselves(start, client_of):
    server = start()
    sqs, cloudwatch = client_of(server, "boto3-json", service="sqs"), client_of(server, "boto3-json")
    queue = sqs.call("CreateQueue", {"QueueName": "q"})["QueueUrl"]
    sqs.call("SendMessage", {"QueueUrl": queue, "MessageBody": "four"})
    now = server.now()
    server.post("/clock", b'{"advance": "PT2M"}')
    listed = cloudwatch.call("ListMetrics", {"Namespace": "AWS/SQS"})["Metrics"]
    assert {metric["MetricName"] for metric in listed} == {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesVisible",
        "NumberOfEmptyReceives",
        "NumberOfMessagesDeleted",
        "NumberOfMessagesReceived",
        "NumberOfMessagesSent",
        "SentMessageSize",
    }
    asked = {
        "Namespace": "AWS/SQS",
        "Dimensions": [{"Name": "QueueName", "Value": "q"}],
        "StartTime": now - timedelta(minutes=1),
        "EndTime": now + timedelta(minutes=2),
        "Period": 60,
        "Statistics": ["Sum"],
    }
    points = cloudwatch.call("GetMetricStatistics", asked | {"MetricName": "NumberOfMessagesSent"})["Datapoints"]
    assert [point["Sum"] for point in points] == [1, 0]


def test_queues_of_accounts_and_regions(server, namespace, client_of):
    mine = client_of(server, "boto3-json", Login(access_key="111122223333", region="eu-west-1"), "sqs")
    queue = mine.call("CreateQueue", {"QueueName": namespace})["QueueUrl"]
    assert queue == f"{server.endpoint}/111122223333/{namespace}"
    attributes = mine.call("GetQueueAttributes", {"QueueUrl": queue, "AttributeNames": ["QueueArn"]})["Attributes"]
    assert attributes["QueueArn"] == f"arn:aws:sqs:eu-west-1:111122223333:{namespace}"
    for login in (Login(access_key="444455556666", region="eu-west-1"), Login(access_key="111122223333")):
        with pytest.raises(Fault):
            client_of(server, "boto3-json", login, "sqs").call("SendMessage", {"QueueUrl": queue, "MessageBody": "x"})


def test_a_form_sent_to_the_queue_itself(server, namespace, client_of):
    """Clients of the first years post to the queue's URL, and ask in the address."""
    queue = client_of(server, "boto3-query", service="sqs").call("CreateQueue", {"QueueName": namespace})["QueueUrl"]
    form = urllib.parse.urlencode({"Action": "SendMessage", "MessageBody": "x", "Version": "2012-11-05"})
    with urllib.request.urlopen(queue, form.encode(), timeout=30) as answer:
        assert b"<MD5OfMessageBody>9dd4e461268c8034f5c8564e155c67a6</MD5OfMessageBody>" in answer.read()
    with urllib.request.urlopen(f"{queue}?Action=ReceiveMessage&Version=2012-11-05", timeout=30) as answer:
        assert b"<Body>x</Body>" in answer.read()

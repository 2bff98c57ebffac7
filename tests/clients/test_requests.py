"""Requests that a table cannot hold: large ones, long answers, several callers, other services."""

import gzip
import json
from datetime import timedelta

import pytest

from clients import Fault, Login, boto_client
from conftest import ALL_CLIENTS, PROTOCOL_CLIENTS

DATUMS_MAX = 1000
METRICS_PAGE = 500

# Operations of CloudWatch that are not there yet, or never will be: take one off when it arrives.
NOT_IMPLEMENTED = {
    "PutDashboard": {"DashboardName": "d", "DashboardBody": "{}"},
    "PutMetricStream": {
        "Name": "s",
        "FirehoseArn": "arn:aws:firehose:us-east-1:000000000000:x",
        "RoleArn": "r",
        "OutputFormat": "json",
    },
    "DescribeInsightRules": {},
}


def many(count: int, time) -> list[dict]:
    dimensions = [{"Name": "Host", "Value": "host-1.example.com"}]
    return [
        {
            "MetricName": f"metric-{number:04}",
            "Value": number,
            "Unit": "Count",
            "Timestamp": time,
            "Dimensions": dimensions,
        }
        for number in range(count)
    ]


def test_a_thousand_datums(any_client, server, namespace, hour, client_of):
    """Every client compresses a request of this size."""
    any_client.call("PutMetricData", {"Namespace": namespace, "MetricData": many(DATUMS_MAX, hour[0])})
    queries = [
        {
            "Id": f"q{number}",
            "MetricStat": {
                "Metric": {"Namespace": namespace, **{k: datum[k] for k in ("MetricName", "Dimensions")}},
                "Period": 60,
                "Stat": "Sum",
            },
        }
        for number, datum in enumerate(many(DATUMS_MAX, hour[0]))
    ]
    values = []
    for start in range(0, DATUMS_MAX, 500):
        asked = {"StartTime": hour[0], "EndTime": hour[1], "MetricDataQueries": queries[start : start + 500]}
        for result in client_of(server, "boto3-cbor").call("GetMetricData", asked)["MetricDataResults"]:
            values += result["Values"]
    assert values == list(range(DATUMS_MAX))


def test_boto3_compresses(server, namespace, hour):
    sent = []
    cloudwatch = boto_client(server.endpoint, "cloudwatch")
    cloudwatch.meta.events.register("before-send.cloudwatch.PutMetricData", lambda request, **_: sent.append(request))
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=many(DATUMS_MAX, hour[0]))
    assert sent[0].headers["Content-Encoding"] in (b"gzip", "gzip")
    assert len(sent[0].body) < 100_000


def pages(client, parameters: dict) -> list[list[dict]]:
    """ListMetrics by its tokens, whatever the library offers for that."""
    collected, token = [], {}
    while True:
        answer = client.call("ListMetrics", parameters | token)
        collected.append(answer["Metrics"])
        if "NextToken" not in answer:
            return collected
        token = {"NextToken": answer["NextToken"]}
        assert len(collected) < 10, "the tokens never end"


@pytest.fixture(scope="module")
def listed(server, client_of):
    namespace = "Listed"
    put = client_of(server, "boto3-cbor")
    for part in (range(0, 700), range(700, 1234)):
        datums = [{"MetricName": f"metric-{number:04}", "Value": 1} for number in part]
        put.call("PutMetricData", {"Namespace": namespace, "MetricData": datums})
    return namespace


@pytest.mark.parametrize("name", ALL_CLIENTS)
def test_list_metrics_by_pages(name, listed, server, client_of):
    found = pages(client_of(server, name), {"Namespace": listed})
    assert [len(page) for page in found] == [METRICS_PAGE, METRICS_PAGE, 234]
    names = sorted(metric["MetricName"] for page in found for metric in page)
    assert names == [f"metric-{number:04}" for number in range(1234)]


def test_list_metrics_by_boto3_paginator(listed, server):
    paginator = boto_client(server.endpoint, "cloudwatch").get_paginator("list_metrics")
    assert len(list(paginator.paginate(Namespace=listed).search("Metrics[]"))) == 1234


def test_list_metrics_by_the_command_line(listed, server, client_of):
    """Left alone, the command line follows the tokens itself."""
    output = client_of(server, "cli").run("cloudwatch", "list-metrics", "--namespace", listed)
    assert len(json.loads(output)["Metrics"]) == 1234


@pytest.mark.parametrize("name", PROTOCOL_CLIENTS)
def test_metric_data_by_pages(name, server, namespace, hour, client_of):
    client = client_of(server, name)
    datums = [
        {"MetricName": metric, "Value": minute, "Timestamp": hour[0] + timedelta(minutes=minute)}
        for metric in ("a", "b")
        for minute in range(10)
    ]
    client.call("PutMetricData", {"Namespace": namespace, "MetricData": datums})
    asked = {
        "StartTime": hour[0],
        "EndTime": hour[1],
        "ScanBy": "TimestampAscending",
        "MaxDatapoints": 6,
        "MetricDataQueries": [
            {
                "Id": metric,
                "MetricStat": {"Metric": {"Namespace": namespace, "MetricName": metric}, "Period": 60, "Stat": "Sum"},
            }
            for metric in ("a", "b")
        ],
    }
    seen: dict[str, list] = {"a": [], "b": []}
    token, calls = {}, 0
    while True:
        answer = client.call("GetMetricData", asked | token)
        results = answer["MetricDataResults"]
        assert sum(len(result.get("Values", [])) for result in results) <= 6
        for result in results:
            seen[result["Id"]] += zip(result.get("Timestamps", []), result.get("Values", []), strict=True)
        calls += 1
        if "NextToken" not in answer:
            break
        assert calls < 10, "the tokens never end"
        token = {"NextToken": answer["NextToken"]}
    expected = [(hour[0] + timedelta(minutes=minute), minute) for minute in range(10)]
    assert seen == {"a": expected, "b": expected}
    assert calls >= 4


@pytest.mark.parametrize("operation", NOT_IMPLEMENTED)
@pytest.mark.parametrize("name", ALL_CLIENTS)
def test_an_operation_that_is_not_there_is_named(name, operation, server, client_of):
    with pytest.raises(Fault) as refused:
        client_of(server, name).call(operation, NOT_IMPLEMENTED[operation])
    assert operation in refused.value.message
    assert refused.value.code in ("UnknownOperationException", "UnknownOperation", "InvalidAction")


@pytest.mark.parametrize("name", PROTOCOL_CLIENTS)
def test_tags(name, server, namespace, client_of):
    client = client_of(server, name)
    arn = f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{namespace}"
    tags = [{"Key": "team", "Value": "shop"}, {"Key": "stage", "Value": "prod"}]
    assert client.call("ListTagsForResource", {"ResourceARN": arn}) == {}
    client.call("TagResource", {"ResourceARN": arn, "Tags": tags})
    client.call("TagResource", {"ResourceARN": arn, "Tags": [{"Key": "stage", "Value": "test"}]})
    answer = client.call("ListTagsForResource", {"ResourceARN": arn})
    assert answer == {"Tags": [{"Key": "stage", "Value": "test"}, {"Key": "team", "Value": "shop"}]}
    client.call("UntagResource", {"ResourceARN": arn, "TagKeys": ["stage", "absent"]})
    assert client.call("ListTagsForResource", {"ResourceARN": arn}) == {"Tags": [{"Key": "team", "Value": "shop"}]}
    client.call("UntagResource", {"ResourceARN": arn, "TagKeys": ["team"]})
    assert client.call("ListTagsForResource", {"ResourceARN": arn}) == {}


def test_who_am_i(server, client_of):
    """A key of 12 digits names its account; any other key belongs to the default one."""
    for login, account in ((Login(), "000000000000"), (Login(access_key="111122223333"), "111122223333")):
        answer = boto_client(server.endpoint, "sts", login).get_caller_identity()
        assert answer["Account"] == account
        assert account in answer["Arn"]
        said = json.loads(client_of(server, "cli", login).run("sts", "get-caller-identity"))
        assert said["Account"] == account


@pytest.mark.parametrize("name", PROTOCOL_CLIENTS)
def test_accounts_and_regions_see_only_their_own(name, server, namespace, client_of):
    mine = Login(access_key="111122223333", region="eu-west-1")
    client_of(server, name, mine).call(
        "PutMetricData", {"Namespace": namespace, "MetricData": [{"MetricName": "m", "Value": 1}]}
    )
    assert len(client_of(server, name, mine).call("ListMetrics", {"Namespace": namespace})["Metrics"]) == 1
    for other in (
        Login(access_key="444455556666", region="eu-west-1"),
        Login(access_key="111122223333", region="us-east-1"),
    ):
        assert client_of(server, name, other).call("ListMetrics", {"Namespace": namespace}) == {}


def test_a_body_that_is_not_gzip(server, namespace):
    """botocore signs and sends what we put into the request."""
    cloudwatch = boto_client(server.endpoint, "cloudwatch")

    def spoil(request, **_):
        request.headers["Content-Encoding"] = "gzip"
        request.data = b"this is not gzip"

    cloudwatch.meta.events.register("before-sign.cloudwatch.PutMetricData", spoil)
    with pytest.raises(cloudwatch.exceptions.ClientError) as refused:
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{"MetricName": "m", "Value": 1}])
    assert refused.value.response["Error"]["Code"] in ("MalformedHttpRequestException", "MalformedHttpRequest")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_gzip_in_capitals(server, namespace, client_of):
    cloudwatch = boto_client(server.endpoint, "cloudwatch")

    def compress(request, **_):
        request.headers["Content-Encoding"] = "GZIP"
        request.data = gzip.compress(request.data.encode() if isinstance(request.data, str) else request.data)

    cloudwatch.meta.events.register("before-sign.cloudwatch.PutMetricData", compress)
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{"MetricName": "m", "Value": 1}])
    answer = client_of(server, "boto3-json").call("ListMetrics", {"Namespace": namespace})
    assert answer == {"Metrics": [{"Namespace": namespace, "MetricName": "m"}]}

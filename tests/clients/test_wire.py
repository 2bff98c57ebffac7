"""What goes over the wire beneath the libraries: headers, and bodies that must be empty."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request

import cbor2
import pytest

from clients import Boto
from conftest import PROTOCOLS

SERVICE = "GraniteServiceVersion20100801"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
CONTENT_TYPES = {"json": "application/x-amz-json-1.0", "query": "text/xml", "cbor": "application/cbor"}
SCOPE = "AWS4-HMAC-SHA256 Credential=AKID/20260504/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=00"


def send(server, protocol: str, operation: str, parameters: dict, query_mode: bool = False):
    """One request, by hand. `parameters` are flat, so that they are the same in a form."""
    path, headers = "/", {"Authorization": SCOPE}
    match protocol:
        case "json":
            body = json.dumps(parameters).encode()
            headers |= {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"{SERVICE}.{operation}"}
        case "cbor":
            path = f"/service/{SERVICE}/operation/{operation}"
            body = cbor2.dumps(parameters)
            headers |= {
                "Content-Type": "application/cbor",
                "Accept": "application/cbor",
                "Smithy-Protocol": "rpc-v2-cbor",
            }
        case "query":
            fields = {"Action": operation, "Version": "2010-08-01"} | parameters
            body = urllib.parse.urlencode(fields).encode()
            headers |= {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    if query_mode:
        headers["x-amzn-query-mode"] = "true"
    request = urllib.request.Request(server.endpoint + path, body, headers)
    try:
        return urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as error:
        return error


def put(protocol: str, namespace: str) -> dict:
    if protocol == "query":
        return {"Namespace": namespace, "MetricData.member.1.MetricName": "m", "MetricData.member.1.Value": "1"}
    return {"Namespace": namespace, "MetricData": [{"MetricName": "m", "Value": 1}]}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_libraries_speak_what_they_are_held_to(protocol, server):
    seen = []
    boto = Boto(server.endpoint, protocol)
    boto.client.meta.events.register("before-send.cloudwatch.*", lambda request, **_: seen.append(request))
    boto.call("ListMetrics", {"Namespace": "Wire"})
    sent = {
        name.lower(): value.decode() if isinstance(value, bytes) else value for name, value in seen[0].headers.items()
    }
    expected = CONTENT_TYPES | {"query": "application/x-www-form-urlencoded; charset=utf-8"}
    assert sent["content-type"] == expected[protocol]
    assert sent.get("smithy-protocol") == ("rpc-v2-cbor" if protocol == "cbor" else None)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_headers_of_an_answer(protocol, server, namespace):
    answer = send(server, protocol, "ListMetrics", {"Namespace": namespace})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == CONTENT_TYPES[protocol]
    assert UUID.fullmatch(answer.headers["x-amzn-RequestId"])
    assert answer.headers["smithy-protocol"] == ("rpc-v2-cbor" if protocol == "cbor" else None)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_no_output_is_no_body(protocol, server, namespace):
    answer = send(server, protocol, "PutMetricData", put(protocol, namespace))
    body = answer.read().decode()
    assert answer.status == 200, body
    if protocol != "query":
        assert body == ""
        return
    request_id = answer.headers["x-amzn-RequestId"]
    assert re.sub(r">\s+<", "><", body.strip()).removeprefix('<?xml version="1.0" encoding="UTF-8"?>') == (
        '<PutMetricDataResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></PutMetricDataResponse>"
    )


def test_a_refusal_in_json_and_cbor(server, namespace):
    """The type is the model's name; the older code comes in a header, to those who ask for it."""
    for protocol, load in (("json", json.loads), ("cbor", cbor2.loads)):
        for query_mode in (False, True):
            parameters = {"Namespace": namespace, "MetricData": [{"MetricName": "m", "Value": 1, "Values": [1]}]}
            answer = send(server, protocol, "PutMetricData", parameters, query_mode)
            said = load(answer.read())
            assert answer.status == 400
            assert said["__type"] == "com.amazonaws.cloudwatch.v2010_08_01#InvalidParameterCombinationException"
            assert "mutually exclusive" in said["message"]
            if query_mode:
                assert answer.headers["x-amzn-query-error"] == "InvalidParameterCombination;Sender"


def test_a_refusal_in_xml(server, namespace):
    parameters = put("query", namespace) | {"MetricData.member.1.Values.member.1": "1"}
    answer = send(server, "query", "PutMetricData", parameters)
    body = answer.read().decode()
    assert answer.status == 400
    assert '<ErrorResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">' in body
    assert "<Type>Sender</Type>" in body
    assert "<Code>InvalidParameterCombination</Code>" in body
    assert f"<RequestId>{answer.headers['x-amzn-RequestId']}</RequestId>" in body


def test_empty_lists_are_empty_elements(server, namespace):
    body = send(server, "query", "ListMetrics", {"Namespace": namespace}).read().decode()
    assert re.search(r"<Metrics\s*/>|<Metrics></Metrics>", body), body


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_operation_of_nobodys_is_named(protocol, server):
    answer = send(server, protocol, "FrobnicateMetrics", {})
    assert answer.status in (400, 404)
    assert "FrobnicateMetrics" in answer.read().decode(errors="replace")


def test_a_query_by_get(server, namespace):
    fields = {"Action": "ListMetrics", "Version": "2010-08-01", "Namespace": namespace}
    request = urllib.request.Request(
        f"{server.endpoint}/?{urllib.parse.urlencode(fields)}", headers={"Authorization": SCOPE}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert "<ListMetricsResponse" in answer.read().decode()

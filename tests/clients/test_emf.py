"""EMF over all four ways in, and the libraries where they split what they send."""

import json
from datetime import timedelta

import pytest

import samples
import table

TRANSPORTS = ["tcp", "udp", "post", "logs"]


class EmfThenAsk:
    """Sends `Emf` over one transport, and asks everything else of boto3."""

    def __init__(self, server, transport: str, frame: table.Frame, client):
        self.server, self.frame, self.client = server, frame, client
        self.send = samples.emf_over(transport)
        self.time_ms = samples.milliseconds(frame.starts["T"] + timedelta(seconds=17))

    def call(self, operation: str, asked):
        return self.emf(asked) if operation == "Emf" else self.client.call(operation, asked)

    def emf(self, documents: list) -> dict:
        """The last document is a mark: what was sent before it has been dealt with when it is there."""
        texts = [d if isinstance(d, str) else json.dumps(d).replace('"$MS"', str(self.time_ms)) for d in documents]
        mark, hour = f"{self.frame.namespace}/mark", self.frame.starts["T"]
        self.send(self.server, [*texts, *samples.emf_documents(mark, hour)], self.time_ms)
        samples.wait_until(lambda: samples.all_arrived(self.client, mark, hour), "the mark behind the documents")
        return {}


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("case", [pytest.param(case, id=str(case)) for case in table.load("emf.txt")])
def test_document(case, transport, emf_server, frame, client_of):
    frame.run(case, EmfThenAsk(emf_server, transport, frame, client_of(emf_server, "boto3-json")))


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("script", ["embedded_metrics.py", "embedded_metrics.cjs"])
def test_libraries_split_what_is_too_long(script, transport, emf_server, namespace, hour, client_of):
    """Above 100 values and above 100 metrics, the libraries send several documents."""
    values = samples.Series("Values", "Count", tuple(range(250)))
    metrics = [samples.Series(f"Metric{number}", "Count", (number,)) for number in range(150)]
    job = samples.job(namespace, hour[0], {1: [values, *metrics]})
    samples.send_embedded_metrics(script, transport, emf_server, job)

    client = client_of(emf_server, "boto3-json")
    samples.wait_until(lambda: samples.sample_count(client, namespace, hour[0], "Values") >= 250, "250 values")
    samples.wait_until(lambda: len(samples.read_list(client, namespace)) >= 151, "151 metrics")
    assert samples.sample_count(client, namespace, hour[0], "Values") == 250
    assert samples.sample_count(client, namespace, hour[0], "Metric149") == 1


@pytest.mark.parametrize("script", ["embedded_metrics.py", "embedded_metrics.cjs"])
def test_default_dimensions_of_the_libraries(script, emf_server, namespace, hour, client_of):
    """Without dimensions of one's own, the libraries add LogGroup, ServiceName and ServiceType."""
    job = samples.job(namespace, hour[0], {1: [samples.Series("m", "Count", (1,))]}) | {"dimensions": None}
    names = {"AWS_EMF_SERVICE_NAME": "shop", "AWS_EMF_SERVICE_TYPE": "container"}
    samples.send_embedded_metrics(script, "tcp", emf_server, job, names)

    client = client_of(emf_server, "boto3-json")
    samples.wait_until(lambda: client.call("ListMetrics", {"Namespace": namespace}), "the metric")
    (metric,) = samples.read_list(client, namespace)
    dimensions = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
    assert dimensions == {"LogGroup": "checkout", "ServiceName": "shop", "ServiceType": "container"}

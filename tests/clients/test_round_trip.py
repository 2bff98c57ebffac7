"""What any client wrote, any other reads, and the numbers are equal."""

from datetime import timedelta

import pytest

import samples
from clients import tidy
from conftest import ALL_CLIENTS, elsewhere

# The command line costs half a second a call: it reads after one writer of each kind.
CLI_READS_AFTER = {"cli", "node-cbor", "embedded-metrics-python-tcp", "powertools-node"}
PAIRS = [(w, r) for w in samples.WRITE for r in ALL_CLIENTS if r != "cli" or w in CLI_READS_AFTER]


@pytest.fixture(scope="module")
def written(request, server, client_of):
    """`written(writer)`: the namespace and the hour of what that writer wrote, once."""
    hour = server.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    done = {}

    def written(writer: str):
        if writer not in done:
            its_client, write = samples.WRITE[writer]
            if its_client is None and elsewhere:
                pytest.skip("speaks EMF, and NEPHO_ENDPOINT names an endpoint for CloudWatch only")
            namespace = f"RoundTrip/{writer}"
            write(server, namespace, hour, its_client and client_of(server, its_client))
            asker = client_of(server, "boto3-json")
            samples.wait_until(lambda: samples.all_arrived(asker, namespace, hour), f"what {writer} wrote")
            done[writer] = (namespace, hour)
        return done[writer]

    return written


@pytest.fixture(scope="module")
def reference(written, server, client_of):
    """One reading of one writing: all others must be equal to it."""
    namespace, hour = written("boto3-cbor")
    return samples.read_data(client_of(server, "boto3-json"), namespace, hour)


def test_the_reference_is_right(reference, written):
    _, hour = written("boto3-cbor")
    basics = {key: value for key, value in reference.items() if key[3] in samples.BASIC}
    assert basics == samples.expected_basics(hour)
    for minute, measured in samples.SAMPLES.items():
        for series in measured:
            if min(series.values) < 0:
                continue
            at = hour + timedelta(minutes=minute)
            p50, p99 = (reference[series.name, series.unit, at, name] for name in ("p50", "p99"))
            ordered = sorted(series.values)
            middle = (len(ordered) - 1) // 2, len(ordered) // 2
            assert ordered[middle[0]] <= p50 <= ordered[middle[1]]
            assert ordered[-2:][0] <= p99 <= ordered[-1]


@pytest.mark.parametrize(("writer", "reader"), PAIRS)
def test_numbers_are_equal(writer, reader, written, reference, server, client_of):
    namespace, hour = written(writer)
    client = client_of(server, reader)
    assert samples.read_data(client, namespace, hour) == reference
    assert samples.read_statistics(client, namespace, hour) == reference
    listed = [
        {"Namespace": namespace, "MetricName": series.name, "Dimensions": samples.dimension_list()}
        for series in samples.SAMPLES[1]
    ]
    assert tidy({"Metrics": samples.read_list(client, namespace)}) == tidy({"Metrics": listed})

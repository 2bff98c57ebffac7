"""The tables of `cases/`: one text, two libraries, three protocols."""

import pytest

import table

FILES = [
    "statistics.txt",
    "metric_data.txt",
    "expressions.txt",
    "list_metrics.txt",
    "put_errors.txt",
    "read_errors.txt",
]
CASES = [pytest.param(case, id=f"{file}:{case}") for file in FILES for case in table.load(file)]


@pytest.mark.parametrize("case", CASES)
def test_case(case, client, frame):
    frame.run(case, client)

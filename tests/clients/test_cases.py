"""The tables of `cases/`: one text, two libraries, three protocols; expressions from the command line too."""

import pytest

import table

FILES = [
    "statistics.txt",
    "metric_data.txt",
    "list_metrics.txt",
    "put_errors.txt",
    "read_errors.txt",
]
FILES_OF_ANY_CLIENT = ["expressions.txt"]


def cases(files):
    return [pytest.param(case, id=f"{file}:{case}") for file in files for case in table.load(file)]


@pytest.mark.parametrize("case", cases(FILES))
def test_case(case, client, frame):
    frame.run(case, client)


@pytest.mark.parametrize("case", cases(FILES_OF_ANY_CLIENT))
def test_case_of_any_client(case, any_client, frame):
    frame.run(case, any_client)

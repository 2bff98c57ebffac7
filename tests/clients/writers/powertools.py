"""Prints a job (standard input, see samples.py) with aws-lambda-powertools, as a Lambda function would."""

import json
import sys

from aws_lambda_powertools import Metrics

job = json.load(sys.stdin)
dimensions = dict(job["dimensions"])
metrics = Metrics(namespace=job["namespace"], service=dimensions.pop("service"))

for document in job["documents"]:
    for name, value in dimensions.items():
        metrics.add_dimension(name, value)
    metrics.set_timestamp(document["time_ms"])
    metrics.add_metadata("requestId", "8c7d")
    for series in document["series"]:
        for value in series["values"]:
            metrics.add_metric(series["name"], series["unit"], value)
    metrics.flush_metrics()

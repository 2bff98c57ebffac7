"""Sends a job (standard input, see samples.py) with aws-embedded-metrics; the environment says where to."""

import asyncio
import json
import sys
from datetime import datetime, timezone

from aws_embedded_metrics.logger.metrics_logger_factory import create_metrics_logger


async def main() -> None:
    job = json.load(sys.stdin)
    for document in job["documents"]:
        metrics = create_metrics_logger()
        metrics.set_namespace(job["namespace"])
        if job["dimensions"]:
            metrics.set_dimensions(job["dimensions"])
        metrics.set_timestamp(datetime.fromtimestamp(document["time_ms"] / 1000, timezone.utc))
        metrics.set_property("requestId", "8c7d")
        for series in document["series"]:
            for value in series["values"]:
                metrics.put_metric(series["name"], value, series["unit"])
        await metrics.flush()


asyncio.run(main())

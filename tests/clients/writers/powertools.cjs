// Prints a job (standard input, see samples.py) with @aws-lambda-powertools/metrics, as a Lambda function would.
const { readFileSync } = require("node:fs");
const { Metrics } = require("@aws-lambda-powertools/metrics");

const job = JSON.parse(readFileSync(0, "utf8"));
const { service, ...dimensions } = job.dimensions;
const metrics = new Metrics({ namespace: job.namespace, serviceName: service });

for (const document of job.documents) {
  metrics.addDimensions(dimensions);
  metrics.setTimestamp(document.time_ms);
  metrics.addMetadata("requestId", "8c7d");
  for (const { name, unit, values } of document.series) {
    for (const value of values) metrics.addMetric(name, unit, value);
  }
  metrics.publishStoredMetrics();
}

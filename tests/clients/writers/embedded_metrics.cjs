// Sends a job (standard input, see samples.py) with aws-embedded-metrics; the environment says where to.
const { readFileSync } = require("node:fs");
const { createMetricsLogger } = require("aws-embedded-metrics");

async function main() {
  const job = JSON.parse(readFileSync(0, "utf8"));
  for (const document of job.documents) {
    const metrics = createMetricsLogger();
    metrics.setNamespace(job.namespace);
    if (job.dimensions) metrics.setDimensions(job.dimensions);
    metrics.setTimestamp(new Date(document.time_ms));
    metrics.setProperty("requestId", "8c7d");
    for (const { name, unit, values } of document.series) {
      for (const value of values) metrics.putMetric(name, value, unit);
    }
    await metrics.flush();
  }
}

// Over TCP, `flush` has handed everything to the kernel, and the library would keep its connection for
// five idle seconds. Over UDP, the datagrams may still be on their way out.
main().then(() => process.env.AWS_EMF_AGENT_ENDPOINT.startsWith("tcp") && process.exit());

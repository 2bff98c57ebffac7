// Drives @aws-sdk/client-cloudwatch for clients.py: a question per line on standard input
// ({client, operation, input}), an answer per line on standard output ({output},
// {fault} when the server refused, {failure} when there was no answer to read).
const readline = require("node:readline");
const cloudwatch = require("@aws-sdk/client-cloudwatch");
const protocols = require("@aws-sdk/core/protocols");

const PROTOCOLS = {
  json: protocols.AwsJson1_0Protocol,
  query: protocols.AwsQueryProtocol,
  cbor: protocols.AwsSmithyRpcV2CborProtocol,
};

const clients = new Map();

function clientFor(wanted) {
  const key = JSON.stringify(wanted);
  if (!clients.has(key)) {
    const { endpoint, protocol, region, accessKeyId, secretAccessKey } = wanted;
    const credentials = { accessKeyId, secretAccessKey };
    clients.set(
      key,
      new cloudwatch.CloudWatchClient({
        endpoint,
        region,
        credentials,
        protocol: PROTOCOLS[protocol],
        maxAttempts: 1,
        // In CBOR this version (3.1162.0) announces the length from before the compression, and the
        // rest of the body never comes.
        disableRequestCompression: protocol === "cbor",
      }),
    );
  }
  return clients.get(key);
}

// Times and numbers that JSON does not know travel as {"$time": ms} and {"$number": "NaN"}.
function received(_, value) {
  if (value?.$time !== undefined) return new Date(value.$time);
  if (value?.$number !== undefined) return Number(value.$number);
  return value;
}

function sent(value) {
  if (value instanceof Date) return { $time: value.getTime() };
  if (Array.isArray(value)) return value.map(sent);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, sent(member)]));
}

async function answer({ client, operation, input }) {
  const Command = cloudwatch[`${operation}Command`];
  try {
    return { output: sent(await clientFor(client).send(new Command(input))) };
  } catch (error) {
    if (error.$metadata?.httpStatusCode === undefined) return { failure: error.stack };
    return {
      fault: {
        code: error.Error?.Code ?? error.Code ?? error.name,
        message: error.message,
        status: error.$metadata.httpStatusCode,
      },
    };
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line, received))));
  }
}

main();

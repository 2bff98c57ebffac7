// Asks AWS's own verifier about messages: one a line on standard input, what it says a line on standard output.
// An argument is the pattern of the hosts that certificates may come from; without one it is AWS's.
const readline = require("node:readline");
const MessageValidator = require("sns-validator");

async function main() {
  const [pattern] = process.argv.slice(2);
  const validator = new MessageValidator(pattern && new RegExp(pattern));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const said = await new Promise((resolve) => {
      validator.validate(line, (error) => resolve(error ? error.message : "accepted"));
    });
    console.log(said);
  }
}

main();

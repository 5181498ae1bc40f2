// Verifies messages with the Standard Webhooks project's own library: a JSON array of { secret, headers, body } on the standard input.
// Prints for each "ok", or why it is refused.
const { Webhook } = require("standardwebhooks");

const messages = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(messages.map(({ secret, headers, body }) => {
  try {
    new Webhook(secret).verify(body, headers);
    return "ok";
  } catch (error) {
    return error.message;
  }
})));

// What an app written for the published client does, against this server: node scenario.cjs <url> <client key> <server key>
const { fork } = require('node:child_process');
const assert = require('node:assert/strict');
const path = require('node:path');

const [, , url, clientKey, serverKey] = process.argv;
const room = 'acceptance';
const beatSeconds = 30; // that client beats this often, whatever the server says

class Viewer {
  #process = fork(path.join(__dirname, 'viewer.cjs'), { silent: true });
  #waiting = new Map();
  #last = 0;

  constructor() {
    this.#process.on('message', reply => {
      this.#waiting.get(reply.id)(reply);
      this.#waiting.delete(reply.id);
    });
  }

  ask(call, ...values) {
    const id = ++this.#last;
    return new Promise(resolve => {
      this.#waiting.set(id, resolve);
      this.#process.send({ id, call, arguments: values });
    });
  }

  async get(call, ...values) {
    const reply = await this.ask(call, ...values);
    assert.equal(reply.message, undefined, `${call}: ${reply.code} ${reply.message}`);
    return reply.value;
  }

  end() { this.#process.kill(); }
}

async function save(settings) {
  const reply = await fetch(`${url}/api/v1/admin/settings`, {
    method: 'PUT',
    headers: { 'x-server-key': serverKey, 'if-match': '*', 'content-type': 'application/json' },
    body: JSON.stringify({ enabled: true, heartbeatIntervalSeconds: beatSeconds, presenceTimeoutSeconds: beatSeconds + 5, listLimit: 200, ...settings }),
  });
  assert.equal(reply.status, 200, await reply.text());
}

async function until(what, seconds, check) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await check();
    if (seen === true) return console.log(`ok   ${what}`);
    assert.ok(Date.now() < end, `${what}: not within ${seconds} s, but ${JSON.stringify(seen)}`);
    await new Promise(resolve => setTimeout(resolve, 250));
  }
}

const counts = (viewer, expected) => async () => {
  const reply = await viewer.ask('count', room);
  return reply.value?.count === expected || reply;
};

async function main() {
  await save({});
  const anna = new Viewer();
  const berta = new Viewer();
  try {
    assert.equal(await anna.get('logIn', url, clientKey, 'anna+acceptance@example.com', 'Anna'), true);
    assert.equal(await berta.get('logIn', url, clientKey, 'bérta/2', 'Berta'), true);
    console.log('ok   two users log in');
    assert.equal((await anna.get('count', room)).count, 0);
    assert.deepEqual(await anna.get('users', room), []);
    console.log('ok   an empty room counts 0 and lists nobody');

    await anna.get('start', room);
    await berta.get('start', room);
    await until('both are counted', 10, counts(anna, 2));
    const users = await berta.get('users', room);
    assert.deepEqual(users.sort((left, right) => left.displayName.localeCompare(right.displayName)), [
      { userId: 'anna+acceptance@example.com', displayName: 'Anna' },
      { userId: 'bérta/2', displayName: 'Berta' },
    ]);
    console.log('ok   both are listed, by names asked for with ids encoded twice');

    await new Promise(resolve => setTimeout(resolve, (beatSeconds + 10) * 1000));
    await until('both are still there when a first timeout would have passed', 1, counts(anna, 2));

    await save({ enabled: false });
    assert.deepEqual([(await anna.ask('count', room)).code, (await anna.ask('users', room)).code], [400300, 400300]);
    console.log('ok   presence off is code 400300 to the client');
    await save({});
    await until('with presence on again they come back by themselves', beatSeconds + 10, counts(anna, 2));

    await berta.get('stop', room);
    await until('who stopped is gone with the timeout', beatSeconds + 15, counts(anna, 1));
  } finally {
    anna.end();
    berta.end();
  }
}

main().then(() => process.exit(0), error => {
  console.error(`FAILED ${error.message}`);
  process.exit(1);
});

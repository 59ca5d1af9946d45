// Job logs in a real Redis, by clients of ioredis and of node-redis: keys, bytes, limits, faults, and what Python says.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  initJobPublisher,
  JobLogManager,
  publishJobComplete,
  publishJobError,
  publishJobProgress,
} from "jobtrail/redis";
import { RedisServer, until, withoutServer } from "./redis-servers.mjs";

const JOB = "MSH-0105-A7F2";
const KEY = `job:logs:${JOB}`;
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const python = join(root, ".venv/bin/python");
const messages = async (logs, limit = 100_000) => (await logs.getLogs(JOB, limit)).map(({ message }) => message);

/** Takes what is printed while the test runs. */
function listen(context) {
  const told = { out: [], err: [] };
  context.mock.method(console, "log", (line) => told.out.push(line));
  const write = process.stderr.write.bind(process.stderr);
  context.mock.method(process.stderr, "write", (text, ...rest) =>
    String(text).startsWith("jobtrail: ") ? told.err.push(text) : write(text, ...rest),
  );
  return told;
}

test("without Redis everything goes to the console, redacted", async (context) => {
  const told = listen(context);
  const logs = new JobLogManager(null);
  await logs.info("job-42", "Processing data (45%)", { progress: 45 });
  await logs.error(7, "password=hunter2\n\u001b[2J");
  await publishJobProgress(null, JOB, "ann", "analysis", "Processing data", 45);
  await logs.deleteLogs("job-42");

  assert.deepEqual(await logs.getLogs("job-42"), []);
  assert.deepEqual(told.out, [
    "[JobLogManager] [job-42] INFO: Processing data (45%)",
    "[JobLogManager] [7] ERROR: password=[redacted:password]\\n\\u001b[2J",
    `[JobLogManager] [${JOB}] INFO: Processing data (45%)`,
  ]);
});

test("a job ID is checked before it becomes a key, and an entry before it is written", async () => {
  const logs = new JobLogManager(null);
  const ids = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "a:b",
    "a\nb",
    "a\0",
    "x".repeat(10_000),
    null,
    undefined,
    true,
    1.5,
    {},
    ["a"],
  ];
  for (const id of ids) await assert.rejects(logs.info(id, "x"), { code: "bad_job_id" }, String(id).slice(0, 20));
  const entry = { type: "info", message: "x" };
  const bad = [
    null,
    "x",
    { type: "info" },
    { message: "x" },
    { ...entry, type: "loud" },
    { ...entry, type: "toString" },
  ];
  bad.push(...["now", -1, Number.NaN, 1e16, true].map((timestamp) => ({ ...entry, timestamp })));
  for (const one of bad) await assert.rejects(logs.appendLog("j", one), { code: "bad_option" });
  assert.throws(() => new JobLogManager(null, { maxEntries: 0 }), { code: "bad_option" });
  await assert.rejects(logs.getLogs("j", -1), { code: "bad_option" });
});

for (const kind of ["ioredis", "nodeRedis"]) {
  describe(`with a client of ${kind}`, { skip: withoutServer }, () => {
    test("an entry stands in the list with its limits", async (context) => {
      const server = await new RedisServer(context).start();
      const look = server.ioredis();
      const logs = new JobLogManager(await server[kind](), { timeoutMs: 20_000 });
      const timestamp = 1734470400000;
      const metadata = { progress: 45, step: "analysis" };
      await logs.appendLog("msh-0105-a7f2", { type: "info", timestamp, message: "Processing data (45%)", metadata });
      const [text] = await look.lrange(KEY, 0, -1);

      assert.equal(
        text,
        '{"timestamp":1734470400000,"type":"info","message":"Processing data (45%)","metadata":{"progress":45,"step":"analysis"}}',
      );
      assert.equal(await look.ttl(KEY), 604_800);
      for (let number = 0; number < 250; number += 1) await logs.info(JOB, `${number} password=hunter2`);
      assert.equal(await look.llen(KEY), 200);
      assert.deepEqual(await messages(logs, 2), [
        "248 password=[redacted:password]",
        "249 password=[redacted:password]",
      ]);
      assert.equal((await logs.getLogs(JOB)).length, 100);
      await logs.deleteLogs(JOB);
      assert.equal(await look.exists(KEY), 0);
    });

    test("fifty writers at once lose nothing, and a worker has its name", async (context) => {
      const server = await new RedisServer(context).start();
      const client = await server[kind]();
      const writers = Array.from(
        { length: 50 },
        (_, at) => new JobLogManager(client, { maxEntries: 1000, timeoutMs: 20_000, worker: `w${at}` }),
      );
      await Promise.all(
        writers.flatMap((logs) => Array.from({ length: 20 }, (_, number) => logs.info(JOB, String(number)))),
      );

      const entries = await writers[0].getLogs(JOB, 1000);
      for (let at = 0; at < 50; at += 1) {
        const own = entries.filter(({ metadata }) => metadata.worker === `w${at}`);
        assert.deepEqual(
          own.map(({ message }) => Number(message)),
          [...Array(20).keys()],
        );
      }
    });

    test("a broken entry is left out and told once", async (context) => {
      const told = listen(context);
      const server = await new RedisServer(context).start();
      const logs = new JobLogManager(await server[kind](), { timeoutMs: 20_000 });
      await server.ioredis().rpush(KEY, '{"timestamp":2,"message":"b"}', "{torn", "7", '{"timestamp":1,"message":"a"}');

      assert.deepEqual(await messages(logs), ["a", "b"]);
      await logs.getLogs(JOB);
      assert.equal(logs.stats().broken, 4);
      assert.deepEqual(told.err, [`jobtrail: the log at the key ${KEY} holds 2 that are no entries\n`]);
    });

    test("what waits is written once and in its order when the server is back", async (context) => {
      const told = listen(context);
      const server = await new RedisServer(context).start();
      const client = await server[kind]();
      const hasty = new JobLogManager(client, { timeoutMs: 200 });
      server.signal("SIGSTOP");
      await hasty.info(JOB, "sent, unanswered");
      server.signal("SIGCONT");
      assert.ok(await hasty.flush(20_000));
      const logs = new JobLogManager(client, { timeoutMs: 20_000 });
      await logs.info(JOB, "there");
      await server.kill();
      for (let number = 0; number < 5; number += 1) await logs.info(JOB, `away ${number}`);
      await logs.deleteLogs("other");
      await server.start();

      assert.ok(await logs.flush(20_000));
      await logs.info(JOB, "back");
      const away = Array.from({ length: 5 }, (_, number) => `away ${number}`);
      assert.deepEqual(await messages(logs), ["sent, unanswered", "there", ...away, "back"]);
      assert.equal(told.out.length, 6);
      assert.equal(told.err.length, 4);
      assert.match(told.err[0], /Redis takes no job logs \(no reply within 200 ms\): they go to the console and wait/);
      assert.match(told.err[1], /Redis takes job logs again after .* s: so far/);
    });

    test("a server killed in mid-stream loses nothing", async (context) => {
      listen(context);
      const server = await new RedisServer(context).start();
      const options = kind === "ioredis" ? { autoResendUnfulfilledCommands: false } : undefined;
      const logs = new JobLogManager(await server[kind](options), { maxEntries: 100_000, timeoutMs: 20_000 });
      let count = 0;
      let isOver = false;
      const writing = Array.from({ length: 8 }, async () => {
        while (!isOver) {
          count += 1;
          await logs.info(JOB, String(count));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      });
      try {
        for (let kill = 0; kill < 3; kill += 1) {
          const before = logs.stats();
          await until(() => logs.stats().written > before.written + 50);
          await server.kill();
          await until(() => logs.stats().spooled > before.spooled + 20);
          await server.start();
        }
      } finally {
        isOver = true;
        await Promise.all(writing);
      }

      assert.ok(await logs.flush(20_000));
      const numbers = (await messages(logs)).map(Number).sort((one, other) => one - other);
      assert.deepEqual(
        numbers,
        Array.from({ length: count }, (_, at) => at + 1),
      );
      assert.equal(logs.stats().dropped, 0);
    });

    test("a key of somebody else is left alone, and a server that takes no writes is told once", async (context) => {
      const told = listen(context);
      const server = await new RedisServer(context).start();
      const look = server.ioredis();
      const logs = new JobLogManager(await server[kind](), { timeoutMs: 20_000 });
      await look.set(KEY, "mine");
      await logs.info(JOB, "one");
      await logs.info(JOB, "two");
      assert.deepEqual([await look.get(KEY), await look.ttl(KEY), logs.stats().refused], ["mine", -1, 2]);
      await look.config("SET", "maxmemory", "1");
      await logs.info("other", "waits");
      await logs.info("other", "too");
      await look.config("SET", "maxmemory", "0");

      assert.ok(await logs.flush(20_000));
      assert.deepEqual(
        (await logs.getLogs("other")).map(({ message }) => message),
        ["waits", "too"],
      );
      assert.equal(told.err.length, 3);
      assert.match(told.err[0], /refuses the log at the key .*WRONGTYPE/);
      assert.match(told.err[1], /takes no job logs \(OOM /);
    });

    test("workers publish events, and log them", async (context) => {
      const server = await new RedisServer(context).start();
      const client = await server[kind]();
      const listener = server.ioredis();
      const events = [];
      listener.on("message", (_, text) => events.push(JSON.parse(text)));
      await listener.subscribe("job:event:J-7");
      const logs = initJobPublisher(client, { timeoutMs: 20_000, worker: "w1" });
      await publishJobProgress(client, "J-7", "ann", "analysis", "Processing data", 45);
      await publishJobComplete(client, "J-7", "ann", { nodes: 5000 }, 1234);
      await publishJobError(client, "J-7", 7, new Error("token=abcdefgh12345678"), false, "E1");
      await until(() => events.length === 3);

      const [first] = events;
      assert.deepEqual(Object.keys(first), ["jobId", "userId", "state", "step", "progress", "timestamp", "sequence"]);
      assert.ok(Math.abs(first.timestamp - Date.now()) < 60_000);
      const sequence = events.map((event) => event.sequence);
      assert.deepEqual(sequence, [first.sequence, first.sequence + 1, first.sequence + 2]);
      assert.deepEqual(events[1].result, { nodes: 5000 });
      assert.equal(events[2].error, "token=[redacted:token]");
      assert.deepEqual(
        (await logs.getLogs("J-7")).map(({ type, message, metadata }) => [type, message, metadata]),
        [
          ["info", "Processing data (45%)", { worker: "w1", progress: 45, step: "Processing data" }],
          ["info", "Job completed in 1234ms", { worker: "w1", durationMs: 1234 }],
          ["error", "token=[redacted:token]", { worker: "w1", code: "E1", recoverable: false }],
        ],
      );
    });
  });
}

test("what a dead process left is written by the next", { skip: withoutServer }, async (context) => {
  listen(context);
  const server = await new RedisServer(context).start();
  const spool = join(server.folder, "spool");
  const script = `
    import { JobLogManager } from "jobtrail/redis";
    const logs = new JobLogManager({ sendCommand: () => Promise.reject(new Error("away")) }, { spool: ${JSON.stringify(spool)} });
    for (const text of ["one", "two"]) await logs.info("${JOB}", text);
    process.kill(process.pid, "SIGKILL");`;
  spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  });
  assert.equal(readdirSync(spool).length, 1);
  const logs = new JobLogManager(server.ioredis(), { spool });
  await logs.info(JOB, "three");

  assert.ok(await logs.flush(20_000));
  assert.deepEqual(await messages(logs), ["one", "two", "three"]);
  assert.deepEqual(readdirSync(spool), []);
  await logs.close();
});

test("a replica and a wrong password are told once, and entries wait", { skip: withoutServer }, async (context) => {
  const told = listen(context);
  const server = await new RedisServer(context).start();
  const look = server.ioredis();
  const logs = new JobLogManager(server.ioredis(), { timeoutMs: 20_000 });
  await look.replicaof("127.0.0.1", "1");
  await logs.info(JOB, "one");
  await look.replicaof("NO", "ONE");
  assert.ok(await logs.flush(20_000));
  await look.config("SET", "requirepass", "right");
  const wrong = new JobLogManager(server.ioredis({ password: "wrong-one" }));
  await wrong.info(JOB, "two");
  await wrong.info(JOB, "three");

  assert.match(told.err[0], /READONLY /);
  assert.match(told.err[2], /WRONGPASS|NOAUTH/);
  assert.equal(told.err.length, 3);
  assert.ok(!told.err.join("").includes("wrong-one"));
  assert.deepEqual([wrong.stats().spooled, await messages(logs)], [2, ["one"]]);
  await wrong.close();
});

test("what did not fit is counted, and what waited too long is not written", {
  skip: withoutServer,
}, async (context) => {
  const told = listen(context);
  const server = await new RedisServer(context).start();
  const logs = new JobLogManager(server.ioredis(), { spoolBytes: 4096, ttlS: 1 });
  await logs.info(JOB, "there");
  await server.kill();
  for (let number = 0; number < 100; number += 1) await logs.info(JOB, "x".repeat(80));
  const { spooled, dropped } = logs.stats();
  const since = Date.now();
  await until(() => Date.now() > since + 1100);
  await server.start();

  assert.ok(await logs.flush(20_000));
  assert.equal(spooled + dropped, 100);
  assert.equal(logs.stats().expired, spooled);
  assert.equal(told.err.filter((text) => text.includes("no more job logs can wait")).length, 1);
});

test("the example of the page on Redis runs", { skip: withoutServer }, async (context) => {
  const server = await new RedisServer(context).start();
  const page = readFileSync(join(root, "docs/redis.md"), "utf8");
  const [, example] = /```js\n(.*?)```/s.exec(page);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", example], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    encoding: "utf8",
    env: { ...process.env, REDIS_URL: server.socket },
  });

  assert.equal(status, 0, stderr);
  assert.equal(stdout.match(/ (info|warn|error) /g).length, 5);
});

const withoutPython = existsSync(python) ? false : "there is no .venv with the Python package";

test("what Python writes Node reads, and the other way round, byte for byte", {
  skip: withoutServer || withoutPython,
}, async (context) => {
  const server = await new RedisServer(context).start();
  const client = server.ioredis();
  const metadata = {
    ...{
      progress: 45,
      rate: 0.00001,
      tiny: 1.5e-7,
      huge: 1e21,
      large: 1e20,
      step: "Größe ✓ 😀",
      deep: [{ a: null, b: [true, ""] }],
    },
    ...{ text: 'quote " slash \\ / tab \t bell \u0007 del \u007f line \u2028', half: "\ud800" },
  };
  const entry = {
    timestamp: 1734470400000,
    type: "warn",
    message: "password=hunter2 in /home/ann/x.step",
    metadata,
    extra: 1,
  };
  const program = `
import json, sys
from jobtrail import JobLogManager
logs = JobLogManager("unix://" + sys.argv[1], spool=False)
logs.append_log("from-python", json.loads(sys.argv[2]))
print(json.dumps(logs.get_logs("from-node")))`;
  const logs = new JobLogManager(client, { timeoutMs: 20_000 });
  await logs.appendLog("from-node", entry);
  const { status, stdout, stderr } = spawnSync(python, ["-c", program, server.socket, JSON.stringify(entry)], {
    encoding: "utf8",
  });

  assert.equal(status, 0, stderr);
  const [[ours], [theirs]] = [
    await client.lrange("job:logs:from-node", 0, -1),
    await client.lrange("job:logs:from-python", 0, -1),
  ];
  assert.equal(ours, theirs);
  assert.deepEqual(JSON.parse(stdout), await logs.getLogs("from-python"));
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { init, JobId, LogStore, offsetsOf, parseLine, Query, Redactor, redact, redactObject } from "jobtrail";

const NOW = Date.parse("2026-01-05T15:00:00Z");
const bytes = (text) => new TextEncoder().encode(text);
const messages = (store, rows) => JSON.parse(store.window(rows, 0, rows.length)).map(({ message }) => message);

before(() => init());

test("require() gives the same package as import", async () => {
  const required = createRequire(import.meta.url)("jobtrail");

  await required.init();
  assert.equal(required.redact("password=hunter2"), "password=[redacted:password]");
});

test("a call before init() says what is missing", async () => {
  const script = `import { parseLine } from "jobtrail"; parseLine("x");`;
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  });

  await assert.rejects(run, /expected `await init\(\)` before this call/);
});

test("a line becomes a record with every name there", () => {
  const record = parseLine("2026-01-05 14:30:01.123 [1234] [WARNING] MSH-0105-A7F2 is slow");

  assert.equal(record.timestamp, "2026-01-05T14:30:01.123000Z");
  assert.equal(record.level, "WARNING");
  assert.equal(record.pid, 1234);
  assert.equal(record.job_id, "MSH-0105-A7F2");
  assert.equal(record.exception, null);
});

test("options reach the core: zone, date, job types, redaction", () => {
  const offsets = offsetsOf("Europe/Berlin");
  assert.equal(parseLine("[14:30:01] [INFO] x", { date: "2026-01-05" }).timestamp, "2026-01-05T14:30:01.000000Z");
  assert.equal(parseLine("2026-07-01 12:00:00.000 [1] [INFO] x", { offsets }).timestamp, "2026-07-01T10:00:00.000000Z");
  assert.equal(parseLine("ABC-0105-0001 began", { jobTypes: { ABC: "own" } }).job_id, "ABC-0105-0001");
  assert.equal(parseLine("password=hunter2", { redact: false }).message, "password=hunter2");
  assert.equal(redact("in /home/ann/data/x.step", { paths: "strict" }), "in x.step");
});

test("a redactor masks texts and values with its options", () => {
  const redactor = new Redactor({ emails: true, patterns: ["CASE-%n6"], off: ["pin"], mask: "XXXX" });
  assert.equal(redactor.redact("ann@example.com CASE-123456 pin=1234"), "XXXX XXXX pin=1234");
  const value = { user: "ann", login: { password: "hunter2", pin: 4821 }, list: [{ token: "abcDEF123" }] };
  assert.deepEqual(redactObject(value), {
    user: "ann",
    login: { password: "[redacted:password]", pin: "[redacted:pin]" },
    list: [{ token: "[redacted:token]" }],
  });
  const plain = { user: "ann" };
  assert.equal(redactor.redactObject(plain), plain);
  assert.throws(() => redact("x", { patterns: ["%"] }), { code: "bad_option" });
});

test("a wrong option, an unknown zone and a bad type are errors with a code", () => {
  assert.throws(() => new LogStore({ date: "soon" }), { code: "bad_option", message: /`soon`, expected `2026-01-05`/ });
  assert.throws(() => redact("x", { paths: "none" }), { code: "bad_option" });
  assert.throws(() => redact("x", { paths: 7 }), { code: "bad_option", message: /paths/ });
  assert.throws(() => offsetsOf("Moon/Crater"), { code: "bad_option", message: /`Moon\/Crater`/ });
  assert.throws(() => JobId.parse("ABC-0105-0001", { A: "too short" }), { code: "bad_job_id" });
});

test("a generated ID is of today and new, and a day that is full says so", () => {
  const id = JobId.generate("IMP");
  const today = new Date().toISOString();
  assert.equal(id.slice(0, 8), `IMP-${today.slice(5, 7)}${today.slice(8, 10)}`);

  let asked = 0;
  const third = JobId.generate("MSH", () => {
    asked += 1;
    return asked < 3;
  });
  assert.equal(asked, 3);
  assert.ok(JobId.isValid(third));
  assert.throws(() => JobId.generate("MSH", () => true), { code: "bad_job_id", part: "full" });
  assert.throws(
    () =>
      JobId.generate("MSH", () => {
        throw new Error("the folder cannot be read");
      }),
    /the folder cannot be read/,
  );
});

test("a bad query points at its column in UTF-16 units", () => {
  assert.throws(() => new Query('"grün 😀" level>=foo'), { code: "bad_query", column: 17 });
});

test("a store grows, is queried, and gives records and text", () => {
  const store = new LogStore();
  store.append(bytes("2026-01-05 14:30:01.000 [1] [INFO] one\n2026-01-05 14:59:02.000 [1] [ERROR] tw"));
  assert.equal(store.length, 1);
  store.append(bytes("o\nTraceback (most recent call last):\nValueError: no\n"));

  const errors = store.select(new Query("level>=error").and(new Query("since:5m")), NOW);
  assert.deepEqual(messages(store, errors), ["two"]);
  assert.equal(
    store.text(errors, 0, 9),
    "2026-01-05 14:59:02.000 [1] [ERROR] two\nTraceback (most recent call last):\nValueError: no\n",
  );
  assert.deepEqual([...store.countByLevel(store.select(new Query(""), NOW))], [0, 0, 1, 0, 1, 0, 0]);
});

test("several sources are one log in the order of time, and one of them may begin anew", () => {
  const store = new LogStore();
  store.appendFrom("host.log", bytes("2026-01-05 10:00:00.000 [1] [INFO] MSH-0105-A7F2 first\n"));
  store.appendFrom(
    "worker.log",
    bytes("2026-01-05 10:00:02.000 [2] [INFO] third\n2026-01-05 10:00:03.000 [2] [INFO] la"),
  );
  store.appendFrom("host.log", bytes("2026-01-05 10:00:01.000 [1] [INFO] second\n"));
  store.begin("worker.log", 0);
  store.appendFrom("worker.log", bytes("2026-01-05 10:00:04.000 [2] [INFO] anew\n"));

  const rows = store.select(new Query(""), NOW);
  assert.deepEqual(messages(store, rows), ["MSH-0105-A7F2 first", "second", "third", "la", "anew"]);
  assert.deepEqual(store.jobs(), ["MSH-0105-A7F2"]);
});

test("rows are counted by facet and over time", () => {
  const store = new LogStore();
  const line = (time, level, logger) =>
    `${JSON.stringify({ timestamp: `2026-01-05T${time}Z`, level, logger, message: "m" })}\n`;
  store.append(bytes(line("10:00:00", "INFO", "a") + line("10:00:59", "ERROR", "b") + line("10:02:00", "INFO", "b")));
  const rows = store.select(new Query(""), NOW);

  assert.deepEqual(store.facetOf(rows, "logger"), [
    ["b", 2],
    ["a", 1],
  ]);
  assert.deepEqual(store.facetOf(rows, "level", 1), [["INFO", 2]]);
  assert.deepEqual(store.facetOf(rows, "user_id"), []);
  assert.throws(() => store.facetOf(rows, "message"), { code: "bad_option" });
  assert.deepEqual(store.histogramOf(rows, 3), {
    from: "2026-01-05T10:00:00.000000Z",
    slice_ms: 60_000,
    counts: [
      [0, 0, 1, 0, 1, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
      [0, 0, 1, 0, 0, 0, 0],
    ],
    undated: 0,
  });
});

test("the oldest records can be dropped, and rows selected before give fewer", () => {
  const store = new LogStore();
  const all = Array.from({ length: 5000 }, (_, i) => `[INFO] MSH-0105-${(1000 + i).toString()} and some more text\n`);
  store.append(bytes(all.join("")));
  const before = store.select(new Query(""), NOW);
  const half = store.sizeBytes / 2;

  const dropped = store.dropOldest(half);

  assert.ok(dropped > 0 && store.length === 5000 - dropped);
  assert.equal(before.length, 5000);
  assert.equal(messages(store, before).length, 5000 - dropped);
  assert.equal(store.jobs().at(-1), `MSH-0105-${1000 + dropped}`);
});

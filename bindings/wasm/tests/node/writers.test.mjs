import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { EventLog, JobEvents, JobLog, ServiceLog, summarize } from "jobtrail/node";

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jobtrail-node-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (path) => readFileSync(path, "utf8");
const lines = (path) => text(path).trimEnd().split("\n");
const objects = (path) => lines(path).map((line) => JSON.parse(line));
const TS = String.raw`"ts":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`;
const month = () => `jobs_${new Date().toISOString().slice(0, 7)}.jsonl`;

test("a job's lines are exact, and no init() is needed", () => {
  const log = new JobLog(folder, "p1", "J1", "comfyui");
  log.info("größe\n2", { progress: 45 });
  log.warn("no data");

  const [first, second] = lines(join(folder, "projects/p1/files/logs/jobs/J1.jsonl"));
  const head = `{${TS},"level":"LEVEL","component":"comfyui","projectId":"p1","jobId":"J1"`;
  assert.match(
    first,
    new RegExp(`^${head.replace("LEVEL", "info")},"msg":"größe\\\\n2","data":\\{"progress":45\\}\\}$`),
  );
  assert.match(second, new RegExp(`^${head.replace("LEVEL", "warn")},"msg":"no data"\\}$`));
  assert.equal(log.logPath, "projects/p1/files/logs/jobs/J1.jsonl");
  assert.deepEqual(log.stats(), { written: 2, waiting: 0, dropped: 0 });
});

test("a job tells its life, its steps and the whole stack of its failure", async () => {
  const log = new JobLog(folder, "p1", "msh-0105-a7f2");
  const work = async () => {
    assert.equal(await log.step("download", () => 7, { url: "https://example.com/a.png" }), 7);
    await log.step("mesh", () => Promise.reject(new Error("cannot mesh", { cause: new TypeError("no vertices") })));
  };

  await assert.rejects(log.run(work), /cannot mesh/);

  const [started, download, mesh, failed] = objects(log.path);
  assert.deepEqual([started.msg, started.data, started.jobId], ["Job started", { status: "started" }, "MSH-0105-A7F2"]);
  assert.deepEqual([download.data.step, download.data.url], ["download", "https://example.com/a.png"]);
  for (const { level, data } of [mesh, failed]) {
    assert.deepEqual([level, data.error], ["error", "Error: cannot mesh"]);
    assert.match(data.stack, /writers\.test\.mjs[\s\S]*\[cause\]: TypeError: no vertices/);
  }
  assert.equal(failed.data.status, "error");
});

test("no path of this machine and no token is in it; folders that are made stay out of Git", () => {
  const log = new ServiceLog(join(folder, "data"), "backend");
  const said = `wrote ${folder}/data/projects/p1/a.png from /opt/models/sd.safetensors`;
  log.info(said, { apiKey: "abcdefgh12345678" });

  const [line] = objects(join(folder, "data/runtime/logs/backend.jsonl"));
  assert.deepEqual(Object.keys(line), ["ts", "level", "component", "msg", "data"]);
  assert.equal(line.msg, "wrote projects/p1/a.png from sd.safetensors");
  assert.deepEqual(line.data, { apiKey: "[redacted:api-key]" });
  assert.equal(text(join(folder, "data/runtime/logs/.gitignore")), "*\n");
});

test("application events carry their IDs", () => {
  const events = new EventLog(folder);
  events.emit("job.failed", { project_id: "p1", jobId: 7, specId: "s3" });
  events.emit("export.created");

  const [failed, created] = objects(events.path);
  assert.deepEqual([failed.level, failed.projectId, failed.jobId, failed.data], ["error", "p1", "7", { specId: "s3" }]);
  assert.deepEqual([created.level, created.msg, created.data], ["info", "export.created", undefined]);
});

test("a job's events are read from all months, also packed ones", () => {
  const events = new JobEvents(join(folder, "logs"));
  assert.deepEqual([events.byJob("MSH-0105-A7F2"), events.recent(), events.unfinished()], [[], [], []]);
  const id = events.generateJobId();
  events.started(id, { user_email: "a@b.co", filename: "/home/alice/größe.step", strategy: "fast", attempt: 2 });
  const old = {
    timestamp: "2025-11-01T00:00:00.000001Z",
    job_id: "MSH-1101-0001",
    job_type: "mesh",
    status: "started",
  };
  writeFileSync(join(folder, "logs/jobs_2025-11.jsonl.gz"), gzipSync(`${JSON.stringify(old)}\nnot JSON\n{"cut`));
  events.completed(id, { node_count: 5000 });

  const [first] = lines(join(folder, "logs", month()));
  assert.match(
    first,
    /^\{"timestamp": "[^"]+\.\d{6}Z", "job_id": "MSH-[^"]+", "job_type": "mesh", "user_email": "a@b\.co", /,
  );
  assert.match(first, /"project_id": null, "filename": "~\/gr\\u00f6\\u00dfe\.step", "status": "started", /);
  assert.match(first, /"strategy": "fast", "quality_params": null, "details": \{"attempt": 2\}\}$/);
  assert.deepEqual(
    events.byJob(id.toLowerCase()).map(({ status }) => status),
    ["started", "completed"],
  );
  assert.deepEqual(
    events.recent(2).map(({ job_id }) => job_id),
    [id, id],
  );
  assert.deepEqual(
    events.recent(9, { job_type: "mesh" }).map(({ job_id }) => job_id),
    [id, "MSH-1101-0001"],
  );
  assert.deepEqual(events.between(new Date("2025-10-31"), new Date("2025-11-02")), [old]);
  assert.deepEqual(events.unfinished(1000), [old]);
});

test("an ID is given once", () => {
  const [one, other] = [new JobEvents(folder), new JobEvents(folder)];
  const given = Array.from({ length: 200 }, () => [one.generateJobId("IMP"), other.generateJobId("IMP")]).flat();

  assert.equal(new Set(given).size, 400);
  assert.equal(readdirSync(join(folder, ".job-ids")).length, 400);
  assert.throws(() => one.generateJobId("NOPE"), { code: "bad_job_id" });
});

test("bad IDs are refused before anything is made", () => {
  for (const bad of ["../x", "", "a/b", "a\n", ".", "x".repeat(200)]) {
    for (const make of [
      () => new JobLog(folder, bad, "J1"),
      () => new JobLog(folder, "p1", bad),
      () => new ServiceLog(folder, bad),
      () => new JobEvents(folder).completed(bad),
    ]) {
      assert.throws(make, { code: "bad_job_id" }, JSON.stringify(bad));
    }
  }
  assert.deepEqual(readdirSync(folder), []);
});

test("what JSON cannot hold is written as its text", () => {
  const ring = {};
  ring.self = ring;
  const mute = {
    toString() {
      throw new Error("no");
    },
    toJSON() {
      throw new TypeError("no");
    },
  };
  const log = new JobLog(folder, "p1", "J1");
  log.info("hard", {
    ring,
    nan: Number.NaN,
    big: 12345678901234567890n,
    set: new Set([1]),
    map: new Map([["a", 1]]),
    mute,
  });
  log.info("none", { left: undefined, call: () => 1, when: new Date(0), error: new RangeError("far") });

  const [hard, none] = objects(log.path).map(({ data }) => data);
  assert.deepEqual(hard, {
    ring: { self: "[circular]" },
    nan: "NaN",
    big: "12345678901234567890",
    set: [1],
    map: { a: 1 },
    mute: "<without text: TypeError>",
  });
  assert.deepEqual(none, { call: "() => 1", when: "1970-01-01T00:00:00.000Z", error: "RangeError: far" });
});

test("a file that is renamed or removed is made anew", () => {
  const log = new ServiceLog(folder, "worker");
  const path = join(folder, "runtime/logs/worker.jsonl");
  log.info("one");
  renameSync(path, `${path}.1`);
  log.info("two");
  rmSync(join(folder, "runtime"), { recursive: true });
  log.info("three");

  assert.deepEqual(
    objects(path).map(({ msg }) => msg),
    ["three"],
  );
});

test("lines wait while nothing can be written, with one warning, and follow in order", (t) => {
  const said = t.mock.method(process.stderr, "write", () => true);
  writeFileSync(join(folder, "runtime"), "in the way");
  const log = new ServiceLog(folder, "worker");
  log.info("one");
  log.info("two");
  const before = log.stats();
  rmSync(join(folder, "runtime"));
  log.info("three");
  const warnings = said.mock.calls.map(({ arguments: [text] }) => text).filter((text) => text.startsWith("jobtrail: "));
  said.mock.restore();

  assert.deepEqual(before, { written: 0, waiting: 2, dropped: 0 });
  assert.deepEqual(
    objects(join(folder, "runtime/logs/worker.jsonl")).map(({ msg }) => msg),
    ["one", "two", "three"],
  );
  assert.equal(warnings.length, 2, warnings.join("")); // that it began, and that it ended
});

test("what waits is bounded, and what found no room is counted", (t) => {
  t.mock.method(process.stderr, "write", () => true);
  mkdirSync(join(folder, "runtime"));
  writeFileSync(join(folder, "runtime/logs"), "in the way");
  const log = new ServiceLog(folder, "worker");
  for (let i = 0; i < 20; i++) log.info("x".repeat(100_000));

  const { written, waiting, dropped } = log.stats();
  assert.equal(written, 0);
  assert.equal(waiting + dropped, 20);
  assert.ok(waiting >= 9 && waiting <= 10, String(waiting));
});

const GRAPH = Object.fromEntries(
  Array.from({ length: 60 }, (_, at) => [
    at + 1,
    { class_type: (at + 1) % 3 ? "KSampler" : "LoadImage", inputs: { seed: at } },
  ]),
);

test("a workflow is never shown, and a summary has the size that was asked for", () => {
  const editor = { nodes: [...Array(5).fill({ type: "KSampler", widgets: [1] }), 7], links: [[1, 2]] };
  for (const limit of [64, 200, 2000, 100_000]) {
    const short = JSON.stringify(summarize({ prompt: GRAPH, extra: { workflow: editor } }, limit));
    assert.ok(!short.includes("seed") && !short.includes("widgets"), short);
    const long = summarize([{ a: "ä".repeat(10_000) }, Array(999).fill([1]), new Uint8Array(9)], limit);
    assert.ok(Buffer.byteLength(JSON.stringify(long)) <= limit);
  }
  assert.deepEqual(summarize({ prompt: GRAPH }), {
    prompt: { workflow: "60 nodes", types: { KSampler: 40, LoadImage: 20 } },
  });
});

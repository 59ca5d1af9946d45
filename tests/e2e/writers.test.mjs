// What Python writes Node reads, and the other way round; both at once on one file lose nothing.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { EventLog, JobEvents, JobLog, ServiceLog, summarize } from "jobtrail/node";

const interpreter = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jobtrail-writers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a program in Python with the folder as its first argument and gives what it prints. */
async function python(program, ...more) {
  const { stdout } = await promisify(execFile)(interpreter, ["-c", program, folder, ...more], { maxBuffer: 1 << 24 });
  return stdout;
}

const withoutTimes = (text) => text.replace(/"(ts|timestamp)": ?"[^"]+"/g, '"$1":0').replace(/\d+\.\d{3} s/g, "TIME");
const read = (...parts) => withoutTimes(readFileSync(join(folder, ...parts), "utf8"));

test("a studio service's files are the same to the byte", async () => {
  await python(`
import sys
from jobtrail import EventLog, JobLog, ServiceLog
log = JobLog(sys.argv[1] + "/py", "p1", "msh-0105-a7f2")
log.started("upscale", {"prompt": "ä" * 900, "steps": 20, "workflow": {"3": {"class_type": "KSampler", "inputs": {}}}})
log.info("größe 🎉 \\x7f\\n\\u2028 of " + sys.argv[1] + "/py/x.png", {"path": "/opt/a/b.bin", "n": [1, 2.5, None, True]})
log.warn("no data")
ServiceLog(sys.argv[1] + "/py", "backend").error("down", {"token": "abcdefgh12345678"})
EventLog(sys.argv[1] + "/py").emit("asset.approved", project_id="p1", asset_id="a7")
`);
  const log = new JobLog(`${folder}/js`, "p1", "msh-0105-a7f2");
  const input = { prompt: "ä".repeat(900), steps: 20, workflow: { 3: { class_type: "KSampler", inputs: {} } } };
  log.started("upscale", input);
  log.info(`größe 🎉 \x7f\n\u2028 of ${folder}/js/x.png`, { path: "/opt/a/b.bin", n: [1, 2.5, null, true] });
  log.warn("no data");
  new ServiceLog(`${folder}/js`, "backend").error("down", { token: "abcdefgh12345678" });
  new EventLog(`${folder}/js`).emit("asset.approved", { projectId: "p1", assetId: "a7" });

  for (const path of [log.logPath, "runtime/logs/backend.jsonl", "runtime/logs/events.jsonl"]) {
    assert.equal(read("js", path), read("py", path));
  }
});

const month = () => `jobs_${new Date().toISOString().slice(0, 7)}.jsonl`;

test("events are the same to the byte, and each side reads the other's", async () => {
  await python(`
import sys
from jobtrail import JobEvents
events = JobEvents(sys.argv[1] + "/py")
events.started("MSH-0105-A7F2", user_email="a@b.co", filename="größe 🎉\\x7f.step", strategy="fast", attempt=2)
events.started("imp-0105-77aa", filename="x.step", file_size=5)
events.error("MSH-0105-A7F2", {"password": "hunter2"}, error=ValueError("no vertices"))
events.close()
`);
  const events = new JobEvents(`${folder}/js`);
  const mesh = { user_email: "a@b.co", filename: "größe 🎉\x7f.step", strategy: "fast", attempt: 2 };
  events.started("MSH-0105-A7F2", mesh);
  events.started("imp-0105-77aa", { filename: "x.step", file_size: 5 });
  const fault = Object.assign(new Error("no vertices"), { name: "ValueError" });
  events.error("MSH-0105-A7F2", { password: "hunter2" }, fault);

  assert.equal(read("js", month()), read("py", month()));
  const written = await python(`
import json, sys
from jobtrail import JobEvents
events = JobEvents(sys.argv[1] + "/js")
print(json.dumps([events.by_job("MSH-0105-A7F2"), events.recent(2), [job["job_id"] for job in events.unfinished()]]))
`);
  const unfinished = events.unfinished().map(({ job_id }) => job_id);
  assert.deepEqual(JSON.parse(written), [events.byJob("MSH-0105-A7F2"), events.recent(2), unfinished]);
  assert.deepEqual(unfinished, ["IMP-0105-77AA"]);
});

test("Python and Node at once lose no event and give no ID twice", async () => {
  const program = `
import sys
from jobtrail import JobEvents
events = JobEvents(sys.argv[1])
for number in range(200):
    events.update(events.generate_job_id(), "started", {"number": number, "from": "py"})
`;
  const events = new JobEvents(folder);
  const running = [python(program), python(program)];
  for (let number = 0; number < 200; number++) {
    events.update(events.generateJobId(), "started", { number, from: "js" });
    if (number % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(running);

  const all = readFileSync(join(folder, month()), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(all.length, 600);
  assert.equal(new Set(all.map(({ job_id }) => job_id)).size, 600);
});

test("summaries are the same", async () => {
  const values = [
    {
      prompt: "ä🎉".repeat(500),
      list: Array.from({ length: 99 }, (_, at) => at),
      deep: { a: { b: { c: { d: { e: { f: 1 } } } } } },
    },
    Array.from({ length: 40 }, (_, at) => ({ name: `item ${at}`, text: "x".repeat(at * 9) })),
    { nodes: [{ type: "KSampler" }, { type: "VAE" }, { type: "KSampler" }, 7, {}], links: [] },
    Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`key ${at}`.repeat(12), at])),
    ["", null, true, 1.5, -3, {}, []],
  ];
  const limits = [64, 150, 700, 2000];
  const program = `
import json, sys
from jobtrail import summarize
values, limits = json.loads(sys.argv[2])
print(json.dumps([[summarize(value, limit) for limit in limits] for value in values]))
`;
  const theirs = JSON.parse(await python(program, JSON.stringify([values, limits])));

  assert.deepEqual(
    values.map((value) => limits.map((limit) => summarize(value, limit))),
    theirs,
  );
});

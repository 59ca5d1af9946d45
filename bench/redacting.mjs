// Measures redaction in Node: lines through the module, and objects beside the redactors that pino uses.
// Usage: redacting.mjs FOLDER FILE...; the peers are where FOLDER/npm has them, and are left out where it has none.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { init, Redactor } from "jobtrail";

const RUNS = 5;
const BYTES = 20_000_000;
const OBJECTS = 20_000;
// A line with a secret, made up, among so many lines.
const SECRET_EVERY = 100;
const SECRET = "login of ann password=hunter2x, retry with ghp_0123456789abcdefABCDEF0123456789abcd";
const [folder, ...files] = process.argv.slice(2);

await init();
const redactor = new Redactor();

/** Returns the processor time of the fastest run in milliseconds. */
function best(run) {
  let taken = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i += 1) {
    const began = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(began);
    taken = Math.min(taken, (user + system) / 1000);
  }
  return taken;
}

function inThousands(lines) {
  const blocks = [];
  for (let i = 0; i < lines.length; i += 1000) blocks.push(lines.slice(i, i + 1000).join("\n"));
  return blocks;
}

console.log(`Redaction in WASM, Node, processor time, best of ${RUNS}\n`);
console.log("| lines | a call | MB/s |");
console.log("| --- | --- | ---: |");
for (const file of files) {
  const text = (await readFile(file)).subarray(0, BYTES).toString("utf8");
  const lines = text.split("\n");
  const some = lines.map((line, i) => (i % SECRET_EVERY === 0 ? SECRET : line));
  const kind = file.endsWith("json.log") ? "json" : "text";
  for (const [what, texts] of [
    ["a line", lines],
    ["a line, 1 % with secrets", some],
    ["a thousand lines", inThousands(lines)],
    ["a thousand lines, 1 % with secrets", inThousands(some)],
  ]) {
    const bytes = texts.reduce((sum, one) => sum + one.length + 1, 0);
    const taken = best(() => {
      for (const one of texts) redactor.redact(one);
    });
    console.log(`| ${kind} | ${what} | ${(bytes / 1e3 / taken).toFixed(0)} |`);
  }
}

const paths = ["password", "token", "headers.authorization", "headers.cookie", "user.password", "user.apiKey", "*.secret"];
const made = (i) => ({
  level: "info",
  message: `Job #${i}: request served from cache in ${i % 500} ms`,
  password: "hunter2x",
  headers: { authorization: "Bearer 0123456789abcdef", cookie: "sid=0123456789abcdef", host: "example.com" },
  user: { name: "ann", id: i, password: "hunter2x" },
  settings: { secret: "hunter2x", retries: 3 },
});
const objects = Array.from({ length: OBJECTS }, (_, i) => made(i));
const tools = {
  jobtrail: (object) => JSON.stringify(redactor.redactObject(object)),
  "JSON.stringify alone": (object) => JSON.stringify(object),
};
const peer = createRequire(resolve(folder, "npm/package.json"));
for (const name of ["@pinojs/redact", "fast-redact"]) {
  try {
    const redact = peer(name)({ paths });
    tools[name] = redact;
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
  }
}
console.log(`\nObjects to redacted JSON; pino's redactors are told the ${paths.length} paths, jobtrail looks at every text\n`);
console.log("| what | us an object | times jobtrail's time |");
console.log("| --- | ---: | ---: |");
let ours = 0;
for (const [name, run] of Object.entries(tools)) {
  const taken = best(() => {
    for (const object of objects) run(object);
  });
  ours ||= taken;
  console.log(`| ${name} | ${((taken * 1000) / OBJECTS).toFixed(2)} | ${(taken / ours).toFixed(2)} |`);
}

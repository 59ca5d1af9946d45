// Prints what the package weighs and compares it with size-budget.json; ends with 1 if anything is over.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const budget = JSON.parse(await readFile(new URL("size-budget.json", import.meta.url), "utf8"));
let over = 0;
const say = (...cells) => console.log(cells[0].padEnd(30), ...cells.slice(1).map((cell) => String(cell).padStart(10)));
say("", "bytes", "budget", "gzip", "budget");
for (const [file, limit] of Object.entries(budget)) {
  const bytes = await readFile(new URL(file, import.meta.url));
  const gzip = gzipSync(bytes, { level: 9 }).length;
  const tooBig = bytes.length > limit.bytes || gzip > limit.gzip;
  over += tooBig ? 1 : 0;
  say(file, bytes.length, limit.bytes, gzip, limit.gzip, tooBig ? "over" : "ok");
}
if (over > 0) {
  console.error("over budget: make it smaller, or raise bindings/wasm/size-budget.json with the reason");
  process.exitCode = 1;
}

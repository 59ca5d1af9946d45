// Measures the browser's module in Node beside decode + split + JSON.parse: bytes to something that can be queried.
// Usage: wasm.mjs FILE

import { readFile } from "node:fs/promises";
import { init, LogStore, Query } from "jobtrail";

const RUNS = 3;
const PIECE_BYTES = 1 << 20;

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function timed(run) {
  const times = [];
  for (let i = 0; i < RUNS; i += 1) {
    const began = performance.now();
    run();
    times.push(performance.now() - began);
  }
  return median(times);
}

await init();
const bytes = await readFile(process.argv[2]);
const megabytes = bytes.length / 1e6;
let store;

const loaded = timed(() => {
  store?.free?.();
  store = new LogStore();
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) store.append(bytes.subarray(at, at + PIECE_BYTES));
});
const parsed = timed(() =>
  new TextDecoder()
    .decode(bytes)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line)),
);
const errors = new Query("level:error");
const filtered = timed(() => store.select(errors));

console.log(`WASM in Node, ${megabytes.toFixed(0)} MB of JSON lines, redaction on (median of ${RUNS})\n`);
console.log("| what | ms | MB/s |");
console.log("| --- | ---: | ---: |");
console.log(`| bytes to LogStore | ${loaded.toFixed(0)} | ${((megabytes / loaded) * 1000).toFixed(0)} |`);
console.log(`| decode, split, JSON.parse | ${parsed.toFixed(0)} | ${((megabytes / parsed) * 1000).toFixed(0)} |`);
console.log(`| level:error in the store | ${filtered.toFixed(1)} | |`);

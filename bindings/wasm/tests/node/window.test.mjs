import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("../../js/panel/window.ts", import.meta.url))],
  bundle: true,
  format: "esm",
  write: false,
});
const { RowWindow } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);

/** A list of `count` rows of 20 pixels in a view of 400, at most 100,000 pixels high. */
function list(count) {
  return Object.assign(new RowWindow(100_000), { count, rowHeightPx: 20, viewHeightPx: 400 });
}

test("a list that fits is scrolled as it is", () => {
  const rows = list(1000);
  rows.scrolled(2000);

  assert.equal(rows.heightPx, 20_000);
  assert.equal(rows.first, 100);
  assert.equal(rows.positionOf(100), 2000);
  assert.equal(rows.restingScrollTopPx, 2000);
});

test("a list too high for the browser is scaled, and both its ends are reached", () => {
  const rows = list(1_000_000);
  assert.equal(rows.heightPx, 100_000);
  assert.equal(rows.first, 0);

  rows.scrolled(99_600);
  assert.equal(rows.first, 999_980);
  assert.ok(rows.atEnd);
  assert.equal(rows.range.end, 1_000_000);

  rows.scrolled(0);
  assert.equal(rows.first, 0);
});

test("in a scaled list a small movement is a movement by rows, and at rest the bar goes where it belongs", () => {
  const rows = list(1_000_000);
  rows.scrolled(50_000);
  const middle = rows.first;
  rows.scrolled(50_060);
  assert.equal(rows.first, middle + 3);

  rows.rested(rows.restingScrollTopPx);
  assert.equal(rows.first, middle + 3);
});

test("a row is revealed by as little as needed", () => {
  const rows = list(1000);
  assert.equal(rows.reveal(10), 0);
  assert.equal(rows.reveal(30), 220);
  assert.equal(rows.reveal(5), 100);
});

test("an empty list has no rows to draw and stands at its end", () => {
  const rows = list(0);
  rows.scrolled(0);

  assert.deepEqual(rows.range, { start: 0, end: 0 });
  assert.ok(rows.atEnd);
});

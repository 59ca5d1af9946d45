import assert from "node:assert/strict";
import { test } from "node:test";
import { vectorCounts, vectorFiles } from "../vector-files.mjs";
import { openPanel, startBrowser } from "./harness.mjs";
import { startServer } from "./server.mjs";

test("the browser gives what core gives in every shared case, under the strict policy", async (context) => {
  const server = await startServer();
  const browser = await startBrowser();
  context.after(async () => {
    await browser.close();
    await server.stop();
  });
  const { page, wrong } = await openPanel(browser, server, {});
  const plain = Object.entries(vectorFiles()).map(([path, text]) => [
    path,
    typeof text === "string" ? text : Array.from(text),
  ]);

  const { counts, failures } = await page.evaluate(async (entries) => {
    const [api, { runVectors }] = await Promise.all([import("/dist/index.js"), import("/vectors.mjs")]);
    await api.init();
    const files = entries.map(([path, text]) => [path, typeof text === "string" ? text : Uint8Array.from(text)]);
    return runVectors(api, Object.fromEntries(files));
  }, plain);

  assert.deepEqual(failures, []);
  assert.deepEqual(counts, vectorCounts());
  assert.deepEqual(wrong, []);
});

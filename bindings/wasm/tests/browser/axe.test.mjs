import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import AxeBuilder from "@axe-core/playwright";
import { eventually, openPanel, startBrowser, status } from "./harness.mjs";
import { startServer } from "./server.mjs";

const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];
const LOG = LEVELS.map(
  (level, index) => `2026-01-05 14:30:0${index}.000 [1] [${level}] MSH-0105-A7F2 line ${index}\n`,
).join("");
const TRACE = 'Traceback (most recent call last):\n  File "a.py", line 1, in run\nValueError: no\n';

let browser;
let server;

before(async () => {
  browser = await startBrowser();
  server = await startServer();
  server.files.set("/app.log", LOG + TRACE);
  server.files.set("/empty.log", "");
});

after(async () => {
  await browser.close();
  await server.stop();
});

/** Brings the panel into each of its states, in turn. */
const STATES = {
  "rows with details": async (page) => {
    await eventually("5 lines", () => status(page));
    await page.locator(".trace-chip").click();
    await page.getByText("Stack trace ·").waitFor();
  },
  "filters pressed and a bad query": async (page) => {
    await page.getByRole("button", { name: /Errors/ }).click();
    await page.getByLabel("Time").selectOption("custom");
    await page.getByLabel("Search").fill("level>=foo");
    await page.getByRole("alert").waitFor();
  },
  empty: async (page) => {
    await page.locator("jobtrail-panel").evaluate((panel) => {
      panel.src = "/empty.log";
    });
    await page.getByText("No lines yet").waitFor();
  },
  failed: async (page) => {
    await page.locator("jobtrail-panel").evaluate((panel) => {
      panel.src = "/missing.log";
    });
    await page.getByText("This log is not there").waitFor();
  },
};

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1200, 390]) {
    test(`axe finds nothing in ${colorScheme}, ${width} pixels wide`, async () => {
      const { page, close } = await openPanel(
        browser,
        server,
        { src: "/app.log" },
        { colorScheme, viewport: { width, height: 700 }, reducedMotion: "reduce" },
      );
      for (const [name, reach] of Object.entries(STATES)) {
        await reach(page);
        const { violations } = await new AxeBuilder({ page }).include("jobtrail-panel").analyze();
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
        assert.deepEqual(found, [], name);
      }
      await close();
    });
  }
}

// Starts the demo and a browser on its page, and notes everything that reaches the browser.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
export const DEADLINE_MS = 30_000;

/** Starts `demo/run.py` and waits for its page's address. `stop` ends it and returns its exit code. */
export async function startDemo(environment = {}) {
  const demo = spawn(`${ROOT}.venv/bin/python`, ["demo/run.py"], {
    cwd: ROOT,
    env: { ...process.env, DEMO_SECONDS: "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const timer = setTimeout(() => demo.kill(), DEADLINE_MS);
  demo.stderr.on("data", (chunk) => {
    said += chunk;
  });
  let url = null;
  const lines = createInterface({ input: demo.stdout });
  for await (const line of lines) {
    said += `${line}\n`;
    url = /^\s*(http:\S+)$/.exec(line)?.[1] ?? null;
    if (url) break;
  }
  clearTimeout(timer);
  demo.stdout.resume();
  assert.ok(url, `the demo did not start: ${said}`);
  return {
    url,
    async stop() {
      if (demo.exitCode === null) {
        demo.kill("SIGINT");
        await once(demo, "exit");
      }
      return demo.exitCode;
    },
  };
}

/** Starts Chromium: the one that `CHROMIUM` names, else Debian's. */
export function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/**
 * Opens a page; `wrong` gathers page errors, errors on the console and answers that are none, `bodies` what the answers
 * held, but for live streams, which have no end.
 */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 720 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  const wrong = [];
  const bodies = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(message.text());
  });
  page.on("response", (response) => {
    if (!response.ok()) wrong.push(`${response.status()} ${response.url()}`);
    if (!response.url().includes("/live")) bodies.push(response.text());
  });
  await page.goto(url);
  // All of them are here by now: what comes later comes over the live stream.
  return { page, wrong, bodies: await Promise.all(bodies), close: () => context.close() };
}

/** Waits until `look` gives something true, and returns it; there is no fixed sleep. */
export async function until(look, what) {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const got = await look();
    if (got) return got;
    assert.ok(Date.now() < deadline, `it did not come to be: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Rows in sight and near it: level, job and message of each. */
export function rows(page) {
  return page.locator("jobtrail-panel .row").evaluateAll((found) =>
    found.map((row) => ({
      level: row.querySelector(".level")?.textContent?.trim() ?? "",
      job: row.querySelector(".job")?.textContent?.trim() ?? "",
      message: row.querySelector(".message")?.textContent?.trim() ?? "",
    })),
  );
}

/** Everything that stands in the page: its markup, and that of every shadow root in it. */
export function wholeMarkup(page) {
  return page.evaluate(() => {
    const gather = (root) => {
      let markup = root.innerHTML ?? root.documentElement.outerHTML;
      for (const element of root.querySelectorAll("*")) {
        if (element.shadowRoot) markup += gather(element.shadowRoot);
      }
      return markup;
    };
    return gather(document);
  });
}

/** Reads a live stream for a while, outside the browser: all that an answer to the page may hold. */
export async function readStream(url, isEnough) {
  const closed = new AbortController();
  const timer = setTimeout(() => closed.abort(), DEADLINE_MS);
  const response = await fetch(url, { signal: closed.signal });
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (isEnough(text)) break;
  }
  clearTimeout(timer);
  closed.abort();
  return text;
}

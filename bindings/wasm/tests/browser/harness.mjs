// Opens the panel in Chromium. A page error, a refusal by the page's policy or an error on the console fails the test.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const DEADLINE_MS = 60_000;

/** Starts Chromium: the one that `CHROMIUM` names, else Debian's. */
export function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** Opens the panel's page with these attributes; returns the page and what went wrong on it so far. */
export async function openPanel(browser, server, attributes, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 640 }, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    // A refused request is logged by the browser itself, whatever the page does about it.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) wrong.push(message.text());
  });
  await page.goto(`${server.url}/page?${new URLSearchParams(attributes)}`);
  return { page, wrong, close: () => context.close() };
}

/** Waits until `look` gives what is expected; there is no fixed sleep. */
export async function eventually(expected, look) {
  const deadline = Date.now() + DEADLINE_MS;
  let got;
  do {
    got = await look();
    if (JSON.stringify(got) === JSON.stringify(expected)) return;
    await new Promise((resolve) => setImmediate(resolve));
  } while (Date.now() < deadline);
  assert.deepEqual(got, expected);
}

/** Texts of the messages in sight and near it. */
export function messages(page) {
  return page.locator(".row .message").allTextContents();
}

/** The count in sight: `3 lines`, `1 of 3 lines`. */
export function status(page) {
  return page.locator(".counts").textContent();
}

/** Text of the message of the topmost row that is wholly in sight. */
export function firstInSight(page) {
  return page.getByRole("log").evaluate((list) => {
    const top = list.getBoundingClientRect().top;
    const rows = [...list.querySelectorAll(".row")];
    return rows.find((row) => row.getBoundingClientRect().top >= top - 1)?.querySelector(".message")?.textContent;
  });
}

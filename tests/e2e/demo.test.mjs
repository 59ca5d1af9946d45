// The demo in a browser: real processes log, their lines arrive in the page, filtered and redacted on their way.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, afterEach, before, test } from "node:test";
import AxeBuilder from "@axe-core/playwright";
import { openPage, readStream, rows, startBrowser, startDemo, until, wholeMarkup } from "./harness.mjs";

const SECRET = `ghp_${randomBytes(18).toString("hex")}`;
const USER = "maria.lopez";

let demo;
let browser;
let opened = null;

before(async () => {
  [demo, browser] = await Promise.all([startDemo({ DEMO_SECRET: SECRET }), startBrowser()]);
});

afterEach(async () => {
  const wrong = opened?.wrong ?? [];
  await opened?.close();
  opened = null;
  assert.deepEqual(wrong, []);
});

after(async () => {
  await browser?.close();
  assert.equal(await demo?.stop(), 0);
});

async function open(path = "", options = {}) {
  opened = await openPage(browser, demo.url + path, options);
  return opened.page;
}

/** Waits until the worker's job whose process is killed has ended: all first jobs are under way by then. */
function allKindsAreThere(page) {
  return until(async () => {
    await page.getByLabel("Search").fill('"ended: killed"');
    return (await rows(page)).some(({ message }) => message.includes("ended: killed"));
  }, "a job was killed");
}

test("lines arrive live, of every process", async () => {
  const page = await open();

  const first = await until(() => shown(page), "the first lines");
  const later = await until(async () => {
    const now = await shown(page);
    return now > first && now;
  }, "more lines, without a reload");

  assert.ok(later > first);
  for (const words of ["Worker 1 started", "Worker 2 started", "doomed step 200 of 200", "Authorization: Bearer"]) {
    await page.getByLabel("Search").fill(`"${words}"`);
    await until(async () => (await rows(page)).some(({ message }) => message.includes(words)), words);
  }
});

/** Number of lines the panel says it has. */
async function shown(page) {
  const text = await page.locator("jobtrail-panel .counts").textContent();
  return Number((/([\d,]+) lines?$/.exec(text ?? "")?.[1] ?? "0").replaceAll(",", ""));
}

test("the level filter leaves errors, with their tracebacks", async () => {
  const page = await open();
  await allKindsAreThere(page);
  await page.getByLabel("Search").fill("");

  await page.getByRole("button", { name: /^Errors/ }).click();

  await until(async () => {
    const now = await rows(page);
    const areErrors = now.every(({ level }) => level === "ERROR" || level === "CRITICAL");
    const has = (words) => now.some(({ message }) => message.includes(words));
    return areErrors && has("job failed") && has("ended with -9");
  }, "only errors, of both kinds");
  await page.locator("jobtrail-panel .trace-chip").first().click();
  await page.getByText("ZeroDivisionError").first().waitFor();
});

test("the job filter leaves one job's lines, from every process", async () => {
  const page = await open();
  await allKindsAreThere(page);
  const job = (await rows(page)).find(({ message }) => message.includes("ended: killed")).job;
  assert.match(job, /^MSH-\d{4}-[0-9A-F]{4}$/);

  await page.getByLabel("Search").fill("");
  await page.getByLabel("Job").fill(job);

  const found = await until(async () => {
    const now = await rows(page);
    return now.length > 1 && now.every((row) => row.job === job) && now;
  }, "only this job");
  assert.ok(found.some(({ message }) => message.includes(job)));
  await page.getByLabel("Search").fill('"doomed step"');
  await until(
    async () => (await page.locator("jobtrail-panel .counts").textContent())?.startsWith("200 of"),
    "200 steps",
  );
});

test("a planted secret and a home path are nowhere in the page", async () => {
  const page = await open();
  for (const words of ["uploading", "Authorization", "kept a copy", "thin walls"]) {
    await page.getByLabel("Search").fill(words);
    await until(async () => (await rows(page)).some(({ message }) => message.includes(words)), words);
    await page.locator("jobtrail-panel .row").last().click();
    await page.getByRole("button", { name: "Close details" }).waitFor();
    const markup = await wholeMarkup(page);
    assert.ok(markup.includes(words));
    assertClean(markup);
    await page.getByRole("button", { name: "Close details" }).click();
  }

  const api = demo.url.replace(/\/logs$/, "/api/logs");
  const live = await readStream(`${api}/live`, (text) => /uploading/.test(text) && /thin walls/.test(text));
  const { sources } = await (await fetch(api)).json();
  const tails = sources.map(async ({ id }) => (await fetch(`${api}/tail?source=${encodeURIComponent(id)}`)).text());

  assert.match(live, /\[redacted:/);
  assert.match(live, /~\/projects/);
  assert.ok(opened.bodies.length >= 3);
  for (const text of [live, ...opened.bodies, ...(await Promise.all(tails))]) assertClean(text);
});

/** Fails if the text holds the secret, a half of it, or the planted user's name. */
function assertClean(text) {
  const half = SECRET.length / 2;
  for (const planted of [SECRET.slice(0, half), SECRET.slice(half), USER]) {
    assert.ok(!text.includes(planted), `${planted} is in ${text.slice(0, 200)}`);
  }
}

test("one log can be chosen from the list", async () => {
  const page = await open();

  await page.getByRole("link", { name: /host\.log/ }).click();

  await page.waitForURL(/source=host\.log/);
  await until(async () => (await rows(page)).some(({ message }) => message.includes("Submitting")), "the host's lines");
  assert.ok((await rows(page)).every(({ message }) => !message.includes("doomed step")));
  assert.equal(await page.locator("nav [aria-current=page]").count(), 1);
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing on the page, ${colorScheme}`, async () => {
    const page = await open("", { colorScheme, reducedMotion: "reduce" });
    await until(async () => (await rows(page)).length > 10, "lines");

    const { violations } = await new AxeBuilder({ page }).analyze();

    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`),
      [],
    );
  });
}

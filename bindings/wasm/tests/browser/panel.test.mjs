import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { eventually, firstInSight, messages, openPanel, startBrowser, status } from "./harness.mjs";
import { POLICY, POLICY_WITHOUT_WORKER, startServer } from "./server.mjs";

const LOG = `2026-01-05 14:30:01.123 [1234] [INFO] Processing MSH-0105-A7F2
2026-01-05 14:30:02.500 [1234] [WARNING] disk is slow for IMP-0105-77AA
2026-01-05 14:30:03.000 [1234] [ERROR] MSH-0105-A7F2 failed: connection lost
Traceback (most recent call last):
  File "worker.py", line 12, in run
    raise ConnectionError("lost")
ConnectionError: lost
2026-01-05 15:10:00.000 [1234] [DEBUG] heartbeat password=hunter2-of-the-test
`;

let browser;
let server;
let opened;

before(async () => {
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
});

beforeEach(async (context) => {
  server = await startServer();
  server.files.set("/app.log", LOG);
  opened = null;
  context.after(async () => {
    await opened?.close();
    await server.stop();
  });
});

async function open(attributes = { src: "/app.log" }, options = {}) {
  opened = await openPanel(browser, server, attributes, options);
  return opened.page;
}

test("the lines of a file appear, parsed and redacted, and nothing goes wrong under the strict policy", async () => {
  const page = await open();
  await eventually("4 lines", () => status(page));

  assert.deepEqual(await page.locator(".row .level").allTextContents(), ["INFO", "WARNING", "ERROR", "DEBUG"]);
  assert.equal(await page.locator(".row time").first().textContent(), "2026-01-05 14:30:01.123");
  assert.equal(await page.locator(".row .chip").first().textContent(), "MSH-0105-A7F2");
  assert.doesNotMatch(await page.locator(".rows").textContent(), /hunter2/);
  assert.deepEqual(opened.wrong, []);
  assert.equal(page.workers().length, 1);
});

test("the level buttons show their levels only, one or several, and count them", async () => {
  const page = await open();
  await page.getByRole("button", { name: /^Errors/ }).click();
  await eventually("1 of 4 lines", () => status(page));
  await page.getByRole("button", { name: /^Warnings/ }).click();
  await eventually("2 of 4 lines", () => status(page));

  assert.equal(await page.getByRole("button", { name: /Errors/ }).getAttribute("aria-pressed"), "true");
  assert.equal(await page.locator(".quick.info .count").textContent(), "1");
});

test("the job filter takes a job from the list, from a row, or typed", async () => {
  const page = await open();
  await page.locator(".row .chip", { hasText: "IMP-0105-77AA" }).click();
  await eventually(1, async () => (await messages(page)).length);
  assert.equal(await page.getByLabel("Job", { exact: true }).inputValue(), "IMP-0105-77AA");
  assert.deepEqual(await page.locator("datalist option").evaluateAll((options) => options.map(({ value }) => value)), [
    "IMP-0105-77AA",
    "MSH-0105-A7F2",
  ]);

  await page.getByLabel("Job", { exact: true }).fill("msh-0105-a7f2");
  await eventually("2 of 4 lines", () => status(page));
});

test("the search takes the query language and points at the column of a mistake", async () => {
  const page = await open();
  await page.getByLabel("Search").fill('"connection lost" OR level:warning');
  await eventually("2 of 4 lines", () => status(page));

  await page.getByLabel("Search").fill("level>=foo");
  const problem = page.getByRole("alert");
  await problem.waitFor();
  assert.match(await problem.textContent(), /Search: expected .+ at column \d+/);
  assert.equal(await page.getByLabel("Search").getAttribute("aria-invalid"), "true");
  assert.equal((await messages(page)).length, 2);
  server.files.set("/app.log", `${LOG}2026-01-05 15:11:00.000 [1234] [WARNING] comes all the same\n`);
  await eventually("3 of 5 lines", () => status(page));

  await page.getByLabel("Search").fill("nothing-has-this");
  await page.getByText("No line matches these filters").waitFor();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await eventually("5 lines", () => status(page));
  assert.equal(await page.getByLabel("Search").inputValue(), "");
});

test("the time filter takes ages from its list and free text, and says what it cannot read", async () => {
  const now = new Date().toISOString().slice(0, 23).replace("T", " ");
  server.files.set("/app.log", `${LOG}${now} [1] [INFO] fresh\n`);
  const page = await open();
  await page.getByLabel("Time").selectOption("5m");
  await eventually("1 of 5 lines", () => status(page));
  assert.deepEqual(await messages(page), ["fresh"]);

  await page.getByLabel("Time").selectOption("custom");
  await page.getByLabel("From").fill("2026-01-05T14:30:02Z");
  await page.getByLabel("To", { exact: true }).fill("2026-01-05T15:00:00Z");
  await eventually("2 of 5 lines", () => status(page));

  await page.getByLabel("From").fill("yesterdayish");
  await page.getByRole("alert").waitFor();
  assert.match(await page.getByRole("alert").textContent(), /^\s*From: expected /);
});

test("a row opens its stack trace and fields, the keyboard moves through them, and its line can be copied", async () => {
  const page = await open();
  await page.locator(".trace-chip").click();
  const details = page.getByRole("region", { name: "Details of the chosen line" });
  await details.getByText('raise ConnectionError("lost")').waitFor();
  assert.match(await details.textContent(), /Stack trace · 4 lines/);
  assert.match(await details.textContent(), /pid1234/);

  await details.getByRole("button", { name: "Copy line" }).click();
  await page.getByRole("status").getByText("Copied the line").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied.split("\n")[0], "2026-01-05 14:30:03.000 [1234] [ERROR] MSH-0105-A7F2 failed: connection lost");
  assert.match(copied, /ConnectionError: lost/);

  await page.getByRole("log").focus();
  await page.keyboard.press("ArrowUp");
  await details.getByText("disk is slow").waitFor();
  await page.keyboard.press("Escape");
  await details.waitFor({ state: "detached" });
});

test("what is shown can be copied, filters applied", async () => {
  const page = await open();
  await page.getByRole("button", { name: /^Warnings/ }).click();
  await eventually("1 of 4 lines", () => status(page));
  await page.getByRole("button", { name: "Copy shown" }).click();
  await page.getByRole("status").getByText("Copied 1 line").waitFor();

  assert.equal(
    await page.evaluate(() => navigator.clipboard.readText()),
    "2026-01-05 14:30:02.500 [1234] [WARNING] disk is slow for IMP-0105-77AA\n",
  );
});

test("an empty log says so, and a month without jobs in its own words", async () => {
  server.files.set("/app.log", "");
  server.files.set("/jobs_2026-01.jsonl", "");
  const page = await open();
  await page.getByText("No lines yet").waitFor();
  await page.locator("jobtrail-panel").evaluate((panel) => {
    panel.src = "/jobs_2026-01.jsonl";
  });
  await page.getByText("No jobs have run yet this month").waitFor();
});

test("a log that is not there is told, tried again, and shown once it is there", async () => {
  const page = await open({ src: "/later.log" });
  await page.getByText("This log is not there").waitFor();
  await page.getByText("no log named later.log (404)").waitFor();

  server.files.set("/later.log", LOG);
  await page.getByRole("button", { name: "Try now" }).click();
  await eventually("4 lines", () => status(page));
});

test("a growing file is read from where it ended, a replaced one from its start", async () => {
  const page = await open({ src: "/app.log", refresh: "0.05" });
  await eventually("4 lines", () => status(page));
  server.files.set("/app.log", `${LOG}2026-01-05 15:11:00.000 [1234] [INFO] grown\n`);
  await eventually("5 lines", () => status(page));
  assert.equal(server.requests.filter(({ path, headers }) => path === "/app.log" && !headers.range).length, 1);

  server.files.set("/app.log", "2026-01-05 15:12:00.000 [1234] [INFO] replaced\n");
  await eventually("6 lines", () => status(page));
  assert.equal((await messages(page)).at(-1), "replaced");
});

test("lines arrive live, the stream resumes where it ended, and a rotated file begins anew", async () => {
  const clients = new Set();
  server.streams.set("/live", clients);
  const page = await open({ src: "/live" });
  await eventually(1, () => clients.size);
  await page.getByText("No lines yet").waitFor();
  server.send("/live", "lines", { source: "worker.log", offset: 0, end: 9, text: LOG }, "worker.log=9");
  await eventually("4 lines", () => status(page));

  server.goDown();
  await page.getByText("Not live: the server cannot be reached").waitFor();
  server.comeUp();
  await page.getByRole("button", { name: "Try now" }).click();
  await eventually(1, () => clients.size);
  assert.equal(server.requests.findLast(({ path }) => path === "/live").headers["last-event-id"], "worker.log=9");

  server.send("/live", "reset", { source: "worker.log" });
  const more = "2026-01-05 15:20:00.000 [1234] [INFO] after rotation\n";
  server.send("/live", "lines", { source: "worker.log", offset: 0, end: 9, text: more }, "worker.log=5");
  await eventually("5 lines", () => status(page));
  await page.getByText("Not live").waitFor({ state: "detached" });
});

test("following stops when the reader scrolls up, counts new lines, and goes on at a press", async () => {
  const clients = new Set();
  server.streams.set("/live", clients);
  const page = await open({ src: "/live" });
  await eventually(1, () => clients.size);
  const line = (number) => `2026-01-05 14:30:01.123 [1] [INFO] line ${number}\n`;
  const text = Array.from({ length: 300 }, (_, index) => line(index)).join("");
  server.send("/live", "lines", { source: "a.log", offset: 0, end: 1, text });
  await eventually("line 299", async () => (await messages(page)).at(-1));

  await page.getByRole("log").hover();
  await page.mouse.wheel(0, -2000);
  await eventually("false", () => page.getByRole("button", { name: "Follow" }).getAttribute("aria-pressed"));
  server.send("/live", "lines", { source: "a.log", offset: 1, end: 2, text: line(300) + line(301) });
  await page.getByRole("button", { name: "2 new lines" }).click();
  await eventually("line 301", async () => (await messages(page)).at(-1));
  assert.equal(await page.getByRole("button", { name: "Follow" }).getAttribute("aria-pressed"), "true");
});

test("hostile text stays text", async () => {
  const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
  const json = JSON.stringify({
    timestamp: "2026-01-05T14:30:01Z",
    level: "INFO",
    logger: hostile,
    message: hostile,
    job_id: hostile,
    exception: hostile,
    data: { [hostile]: hostile },
  });
  server.files.set("/app.log", `${json}\n2026-01-05 14:30:02.500 [1] [ERROR] \x1b[31m${hostile}\x1b[0m \x07\u202e\n`);
  const page = await open();
  await eventually("2 lines", () => status(page));
  await page.locator(".row .more").first().click();
  await page.getByRole("region", { name: "Details of the chosen line" }).waitFor();

  assert.equal(await page.title(), "Log");
  assert.equal(await page.locator("jobtrail-panel img, jobtrail-panel script").count(), 0);
  assert.match((await messages(page))[0], /<img src=x onerror=/);
  assert.deepEqual(opened.wrong, []);
});

test("100,000 lines scroll to the last one, and the page holds only those in sight", async () => {
  const text = Array.from(
    { length: 100_000 },
    (_, index) => `2026-01-05 14:30:01.123 [1] [${index % 50 ? "INFO" : "ERROR"}] line ${index}\n`,
  ).join("");
  server.files.set("/app.log", text);
  const page = await open();
  await eventually("100,000 lines", () => status(page));
  await eventually("line 99999", async () => (await messages(page)).at(-1));

  const log = page.getByRole("log");
  await log.evaluate((element) => element.scrollTo(0, 0));
  await eventually("line 0", async () => (await messages(page))[0]);
  await log.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
  await page.locator(".row .message", { hasText: "line 50000" }).waitFor();
  assert.ok((await page.locator(".row").count()) < 100);

  await page.getByRole("button", { name: /^Errors/ }).click();
  await eventually("2,000 of 100,000 lines", () => status(page));
  await eventually("line 99950", async () => (await messages(page)).at(-1));
});

test("half a million lines, more than a browser makes an element high for, are reached to both ends", async () => {
  const count = 500_000;
  const line = (index) => `[14:30:01] [INFO] line ${index}\n`;
  server.files.set("/app.log", Array.from({ length: count }, (_, index) => line(index)).join(""));
  const page = await open();
  await eventually("500,000 lines", () => status(page));
  await eventually("line 499999", async () => (await messages(page)).at(-1));

  const log = page.getByRole("log");
  const first = Number((await firstInSight(page)).slice("line ".length));
  await log.hover();
  await page.mouse.wheel(0, -260);
  await eventually(`line ${first - 10}`, () => firstInSight(page));
  await log.evaluate((element) => element.scrollTo(0, 0));
  await eventually("line 0", async () => (await messages(page))[0]);
  await page.mouse.wheel(0, 260);
  await eventually("line 10", () => firstInSight(page));
});

test("without a worker the panel works on the page's thread", async () => {
  server.state.policy = POLICY_WITHOUT_WORKER;
  const page = await open();
  await eventually("4 lines", () => status(page));

  assert.equal(page.workers().length, 0);
  assert.equal(opened.wrong.filter((text) => !/worker/i.test(text)).length, 0);
  assert.notEqual(POLICY, POLICY_WITHOUT_WORKER);
});

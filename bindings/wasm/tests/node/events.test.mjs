import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { openUrl } from "jobtrail/client";

/** Serves `answer`, reads it with `openUrl` until `done`, and gives all that came. */
async function readUntil(answer, done, refreshMs = 0) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const source = openUrl(`http://127.0.0.1:${server.address().port}/log`, { refreshMs });
  const came = { lines: [], begins: [], states: [] };
  await new Promise((resolve) => {
    const look = () => done(came) && resolve();
    source.open({
      lines: (name, bytes) => look(came.lines.push([name, new TextDecoder().decode(bytes)])),
      begin: (name, offset) => look(came.begins.push([name, offset])),
      settle: () => {},
      state: (state) => look(came.states.push(state)),
    });
  });
  source.close();
  server.closeAllConnections();
  server.close();
  return came;
}

test("events are read whatever their pieces, line ends and comments", async () => {
  const text = [
    ": heartbeat\r\n\r\n",
    'id: 1\r\nevent: lines\r\ndata: {"source": "a.log",\r\ndata: "text": "one ü\\n"}\r\n\r\n',
    'event: reset\ndata: {"source": "a.log"}\n\n',
    'event:lines\ndata:{"source": "b.log", "text": "two\\n"}\n\n',
    "event: other\ndata: x\n\n",
  ].join("");
  const came = await readUntil(
    async (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      // Byte by byte: borders fall into characters and line ends too.
      for (const byte of Buffer.from(text)) {
        response.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
    },
    ({ lines }) => lines.length === 2,
  );

  assert.deepEqual(came.lines, [
    ["a.log", "one ü\n"],
    ["b.log", "two\n"],
  ]);
  assert.deepEqual(came.begins, [["a.log", 0]]);
});

test("a tail begins where it stands, and lines behind a gap are said to", async () => {
  const event = (data) => `event: lines\ndata: ${JSON.stringify({ source: "a.log", text: "x\n", ...data })}\n\n`;
  const came = await readUntil(
    (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(
        event({ offset: 700, end: 702 }) + event({ offset: 702, end: 704 }) + event({ offset: 900, end: 902 }),
      );
    },
    ({ lines }) => lines.length === 3,
  );

  assert.deepEqual(came.begins, [
    ["a.log", 700],
    ["a.log", 900],
  ]);
});

test("a refusal is told in the server's words, with its status", async () => {
  const came = await readUntil(
    (_, response) => {
      response.writeHead(400, { "content-type": "application/json" });
      response.end('{"error": "bad source `../x`", "code": "outside_root"}');
    },
    ({ states }) => states.some(({ kind }) => kind === "failed"),
  );
  const { message, status } = came.states.at(-1);

  assert.deepEqual({ message, status }, { message: "bad source `../x` (400)", status: 400 });
});

test("an event that is no JSON is told as what it is", async () => {
  const came = await readUntil(
    (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end("event: lines\ndata: {half\n\n");
    },
    ({ states }) => states.some(({ kind }) => kind === "failed"),
  );

  assert.equal(came.states.at(-1).message, "the server sent an event that is no JSON");
});

test("a document that is not looked at again ends", async () => {
  const came = await readUntil(
    (_, response) => response.end("[INFO] without a line feed"),
    ({ states }) => states.some(({ kind }) => kind === "ended"),
  );

  assert.equal(came.lines.map(([, text]) => text).join(""), "[INFO] without a line feed");
});

test("an endpoint that shows the last bytes only gives each line once, and a gap begins anew", async () => {
  const line = (number) => `[INFO] line ${number}\n`;
  const windows = [
    [1, 2, 3],
    [2, 3, 4],
    [4, 5, 6],
    [90, 91, 92],
  ].map((numbers) => numbers.map(line).join(""));
  let asked = 0;
  const came = await readUntil(
    (_, response) => {
      // Ranges are not understood here: the whole answer each time.
      response.end(windows[Math.min(asked, windows.length - 1)]);
      asked += 1;
    },
    ({ lines }) => lines.at(-1)?.[1].endsWith(line(92)),
    1,
  );

  assert.equal(came.lines.map(([, text]) => text).join(""), [1, 2, 3, 4, 5, 6, 90, 91, 92].map(line).join(""));
  assert.equal(came.begins.length, 1);
});

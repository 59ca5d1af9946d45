// A real HTTP server for the browser tests: the panel's page under the strict policy, files that grow, streams, errors.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const dist = new URL("../../dist/", import.meta.url);

/** The policy that the Python server sends with the panel's page. */
export const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:";
export const POLICY_WITHOUT_WORKER = POLICY.replace("worker-src 'self' blob:", "worker-src 'none'");

/** Starts the server on a free port. `files` and `streams` may be changed at any time. */
export async function startServer() {
  const state = { files: new Map(), streams: new Map(), policy: POLICY, requests: [], down: false };
  const sockets = new Set();
  const server = createServer((request, response) => {
    if (state.down && !request.url.startsWith("/page") && !request.url.endsWith(".js")) return request.socket.destroy();
    answer(state, request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    ...state,
    state,
    url: `http://127.0.0.1:${server.address().port}`,
    /** Sends an event to everyone who listens at `path`. */
    send(path, name, data, id) {
      for (const client of state.streams.get(path) ?? []) client.write(eventText(name, data, id));
    },
    /** Ends every stream and refuses requests until `up`. */
    goDown() {
      state.down = true;
      for (const socket of sockets) socket.destroy();
    },
    comeUp() {
      state.down = false;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export function eventText(name, data, id) {
  return `${id ? `id: ${id}\n` : ""}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function answer(state, request, response) {
  const url = new URL(request.url, "http://localhost");
  state.requests.push({ path: url.pathname, headers: request.headers });
  if (url.pathname === "/page") return page(state, url, response);
  if (url.pathname === "/favicon.ico") return response.writeHead(204).end();
  if (url.pathname.startsWith("/dist/")) {
    response.setHeader("content-type", "text/javascript");
    return response.end(await readFile(new URL(url.pathname.slice("/dist/".length), dist)));
  }
  if (url.pathname === "/vectors.mjs") {
    response.setHeader("content-type", "text/javascript");
    return response.end(await readFile(new URL("../vectors.mjs", import.meta.url)));
  }
  const clients = state.streams.get(url.pathname);
  if (clients) return stream(clients, response);
  const file = state.files.get(url.pathname);
  if (file === undefined) {
    response.writeHead(404, { "content-type": "application/json" });
    return response.end(JSON.stringify({ error: `no log named ${url.pathname.slice(1)}`, code: "not_found" }));
  }
  return sendFile(Buffer.from(file), request, response);
}

function page(state, url, response) {
  const attributes = [...url.searchParams].map(([name, value]) => ` ${name}="${value.replaceAll('"', "&quot;")}"`);
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": state.policy });
  response.end(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Log</title>
    <style>:root { color-scheme: light dark } body { margin: 12px } jobtrail-panel { height: calc(100vh - 24px) }</style>
    <script type="module" src="/dist/panel.js"></script></head>
    <body><main><h1 hidden>Log</h1><jobtrail-panel${attributes.join("")}></jobtrail-panel></main></body></html>`);
}

function stream(clients, response) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(": hello\n\n");
  clients.add(response);
  response.on("close", () => clients.delete(response));
}

function sendFile(bytes, request, response) {
  const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
  response.setHeader("content-type", "text/plain; charset=utf-8");
  if (from === undefined) return response.end(bytes);
  if (Number(from) >= bytes.length) {
    return response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
  }
  response.writeHead(206, { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
  return response.end(bytes.subarray(Number(from)));
}

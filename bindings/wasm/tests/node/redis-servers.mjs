// Real Redis servers for tests: each on a socket of its own, killed and started again at will.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { createClient } from "redis";

const DEADLINE_MS = 60_000;

/** Why tests that need a server are skipped; false where there is one. */
export const withoutServer =
  spawnSync("redis-server", ["--version"]).status === 0
    ? false
    : "redis-server is not installed: apt-get install redis-server";

/** Waits until the condition holds. */
export async function until(condition) {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("it did not come about in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A server that keeps what it has acknowledged (appendonly, fsync always), and its clients; all end with the test. */
export class RedisServer {
  #process = null;

  constructor(context) {
    this.folder = mkdtempSync(join(tmpdir(), "jobtrail-redis-"));
    this.socket = join(this.folder, "redis.sock");
    this.clients = [];
    context.after(async () => {
      for (const client of this.clients) await client.disconnect?.();
      await this.kill();
      rmSync(this.folder, { recursive: true });
    });
  }

  async start() {
    const options = ["--port", "0", "--unixsocket", this.socket, "--dir", this.folder, "--save", ""];
    const keeping = ["--appendonly", "yes", "--appendfsync", "always"];
    this.#process = spawn("redis-server", [...options, ...keeping], { stdio: "ignore" });
    await until(() => this.#answers());
    return this;
  }

  /** Kills it as a crash does. */
  async kill() {
    const server = this.#process;
    this.#process = null;
    if (server === null) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await ended;
  }

  /** Lets it hang, or ends that. */
  signal(name) {
    this.#process.kill(name);
  }

  /** A program's client of ioredis. */
  ioredis(options = {}) {
    const client = new Redis(this.socket, { retryStrategy: () => 20, ...options });
    client.on("error", () => {});
    this.clients.push(client);
    return client;
  }

  /** A program's client of node-redis. */
  async nodeRedis() {
    const client = createClient({ socket: { path: this.socket, reconnectStrategy: () => 20 } });
    client.on("error", () => {});
    await client.connect();
    this.clients.push({ disconnect: () => client.destroy() });
    return client;
  }

  #answers() {
    return new Promise((resolve) => {
      const stream = connect(this.socket, () => stream.write("PING\r\n"));
      stream.on("error", () => resolve(false));
      stream.on("data", (data) => {
        stream.destroy();
        resolve(data.toString().startsWith("+PONG"));
      });
    });
  }
}

// The program's own client, of ioredis or of node-redis, with a time limit on each command.

/** A command's words. */
export type Command = readonly [string, ...string[]];

/** A client of ioredis (`Redis`, `Cluster`), as far as it is used here. */
export interface IoRedisClient {
  call(command: string, ...words: string[]): Promise<unknown>;
  readonly status?: string;
}

/** A client of node-redis (`createClient`), as far as it is used here. */
export interface NodeRedisClient {
  sendCommand(words: string[]): Promise<unknown>;
  readonly isReady?: boolean;
}

/** A client of either package. */
export type RedisClient = IoRedisClient | NodeRedisClient;

/** A state in which ioredis would keep a command for later: it may then be written twice. */
const AWAY = new Set(["reconnecting", "close", "end"]);

/** Runs a command. Rejects where the client has no connection, refuses, or takes longer than `timeoutMs`. */
export async function run(client: RedisClient, command: Command, timeoutMs: number): Promise<unknown> {
  if (!isThere(client)) throw new Error("the client is not connected");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no reply within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([sent(client, command), limit]);
  } finally {
    clearTimeout(timer);
  }
}

function sent(client: RedisClient, command: Command): Promise<unknown> {
  const reply = "call" in client ? client.call(...command) : client.sendCommand([...command]);
  reply.catch(() => {}); // it may come when nobody waits any more
  return reply;
}

function isThere(client: RedisClient): boolean {
  return "call" in client ? !AWAY.has(client.status ?? "") : (client.isReady ?? true);
}

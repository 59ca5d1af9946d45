/// <reference types="node" />
// The manager of jobs' logs in Redis: the last entries of each job, in the keys and bytes that Python's has.

import { normalJobRef } from "../node/job-refs.js";
import { loadNow } from "../node/loading.js";
import { type RedisClient, run } from "./clients.js";
import {
  badOption,
  type Line,
  type LogEntry,
  type LogType,
  lineOf,
  type NewEntry,
  type Redact,
  readEntries,
  redactor,
} from "./entries.js";
import { Spool, type Waiting } from "./spool.js";

/** What `JobLogManager` is told. */
export interface JobLogOptions {
  /** How many entries of a job stay; default 200. */
  maxEntries?: number;
  /** For how long they stay after the last one, in seconds; default 604,800. */
  ttlS?: number;
  /** Masks secrets and personal paths in what is written and read; on by default. */
  redact?: boolean;
  /** How long a call may wait for Redis; default 1000. */
  timeoutMs?: number;
  /** The folder of the files in which entries wait while Redis is away; without it they wait in memory. */
  spool?: string;
  /** How much may wait; default 16 MiB. What does not fit is counted. */
  spoolBytes?: number;
  /** The name of this worker: entries carry it as `metadata.worker`. */
  worker?: string;
}

/** Counts of entries. */
export interface JobLogStats {
  /** Written at once. */
  written: number;
  /** Waited. */
  spooled: number;
  /** Written late. */
  replayed: number;
  /** Did not fit. */
  dropped: number;
  /** Waited longer than they stay. */
  expired: number;
  /** The key holds something else. */
  refused: number;
  /** Read, and no entries. */
  broken: number;
}

const PUSH =
  "redis.call('RPUSH',KEYS[1],unpack(ARGV,3)) " +
  "redis.call('LTRIM',KEYS[1],ARGV[1],-1) " +
  "redis.call('EXPIRE',KEYS[1],ARGV[2])";
const MOST_AT_ONCE = 500;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;

/**
 * Keeps the logs of jobs in Redis, at `job:logs:<job>`. Each call is one round trip. No fault of Redis rejects: what it does
 * not take is shown on the console, waits, and is written in its order when Redis is back; one warning goes to standard error.
 * A job ID that is none rejects with `bad_job_id`, an entry that is none with `bad_option`.
 */
export class JobLogManager {
  readonly #redis: RedisClient | null;
  readonly #maxEntries: number;
  readonly #ttlS: number;
  readonly #timeoutMs: number;
  readonly #worker: string | undefined;
  readonly #mask: Redact;
  readonly #spool: Spool;
  readonly #stats: JobLogStats = {
    ...{ written: 0, spooled: 0, replayed: 0, dropped: 0, expired: 0, refused: 0, broken: 0 },
  };
  readonly #told = new Set<string>();
  #awaySinceMs: number | null = null;
  #nextTryMs = 0;
  #waitMs = FIRST_WAIT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #replaying: Promise<void> | null = null;
  #isClosed = false;

  /** @param redis a client of ioredis or of node-redis; null: everything goes to the console */
  constructor(redis: RedisClient | null, options: JobLogOptions = {}) {
    loadNow();
    this.#redis = redis;
    this.#maxEntries = above0("maxEntries", options.maxEntries ?? 200);
    this.#ttlS = above0("ttlS", options.ttlS ?? 604_800);
    this.#timeoutMs = above0("timeoutMs", options.timeoutMs ?? 1000);
    this.#worker = options.worker;
    this.#mask = redactor(options.redact ?? true);
    const folder = redis === null ? undefined : options.spool;
    this.#spool = new Spool(folder, options.spoolBytes ?? 16 * 1024 * 1024, (text) => this.#warnOnce("spool", text));
    if (!this.#spool.isEmpty) this.#replayIn(0);
  }

  /** Appends an entry. What JSON cannot hold (NaN, a `bigint`, a ring) stands in it as its text. */
  async appendLog(jobId: string | number, entry: NewEntry): Promise<void> {
    await this.appendLogs(jobId, [entry]);
  }

  /** Appends entries in one round trip for each 500 of them. */
  async appendLogs(jobId: string | number, entries: readonly NewEntry[]): Promise<void> {
    const job = jobOf(jobId);
    const lines = entries.map((entry) => lineOf(job, entry, this.#worker, this.#mask));
    for (let start = 0; start < lines.length; start += MOST_AT_ONCE) {
      await this.#append(job, lines.slice(start, start + MOST_AT_ONCE));
    }
  }

  info(jobId: string | number, message: string, metadata?: object): Promise<void> {
    return this.#say(jobId, "info", message, metadata);
  }

  warn(jobId: string | number, message: string, metadata?: object): Promise<void> {
    return this.#say(jobId, "warn", message, metadata);
  }

  error(jobId: string | number, message: string, metadata?: object): Promise<void> {
    return this.#say(jobId, "error", message, metadata);
  }

  debug(jobId: string | number, message: string, metadata?: object): Promise<void> {
    return this.#say(jobId, "debug", message, metadata);
  }

  /** Returns the last `limit` entries in the order of their times; none where there is no Redis. */
  async getLogs(jobId: string | number, limit = 100): Promise<LogEntry[]> {
    const job = jobOf(jobId);
    if (!Number.isInteger(limit) || limit < 0)
      throw badOption(`bad limit \`${limit}\`, expected a whole number from 0 on`);
    if (this.#redis === null || limit === 0 || this.#isTooEarly()) return [];
    try {
      const { entries, broken } = readEntries(await this.#newest(job, limit), this.#mask);
      if (this.#spool.isEmpty) this.#isBack();
      if (broken > 0) this.#warnOnce("broken", `the log at the key ${keyOf(job)} holds ${broken} that are no entries`);
      this.#stats.broken += broken;
      return entries;
    } catch (error) {
      if (isRefused(error)) this.#refused(job, error, 0);
      else this.#failed(error);
      return [];
    }
  }

  /** Removes a job's log; where Redis is away, when it is back. */
  async deleteLogs(jobId: string | number): Promise<void> {
    const job = jobOf(jobId);
    if (this.#redis === null) return;
    if (this.#spool.isEmpty && !this.#isTooEarly()) {
      try {
        await this.#run("DEL", keyOf(job));
        this.#isBack();
        return;
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#keep({ atMs: Date.now(), job, text: null, isSent: false });
  }

  /** Publishes an event of a job; it is lost where Redis is away. */
  async publish(jobId: string | number, event: object): Promise<void> {
    const job = jobOf(jobId);
    if (this.#redis === null || this.#isTooEarly()) return;
    try {
      await this.#run("PUBLISH", `job:event:${job}`, this.#mask(JSON.stringify(event)));
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Returns what has been counted. */
  stats(): JobLogStats {
    return { ...this.#stats };
  }

  /** Waits until nothing waits for Redis any more, no longer than that, and returns whether that came. */
  async flush(timeoutMs = 5000): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    while (!this.#spool.isEmpty && Date.now() < deadline) {
      this.#replayIn(0);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.#spool.isEmpty;
  }

  /** Tries once more to write what waits. Your client stays open. What still waits in a file is for the next process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#replaying;
    if (this.#redis !== null) await this.#replay();
    clearTimeout(this.#timer);
    this.#spool.close();
  }

  async #say(jobId: string | number, type: LogType, message: string, metadata?: object): Promise<void> {
    await this.appendLog(jobId, metadata === undefined ? { type, message } : { type, message, metadata });
  }

  async #append(job: string, lines: readonly Line[]): Promise<void> {
    const isSent = this.#redis !== null && this.#spool.isEmpty && !this.#isTooEarly();
    if (isSent) {
      try {
        await this.#push(
          job,
          lines.map(({ text }) => text),
        );
        this.#stats.written += lines.length;
        if (this.#spool.isEmpty) this.#isBack();
        return;
      } catch (error) {
        if (isRefused(error)) {
          this.#refused(job, error, lines.length);
          for (const line of lines) console.log(line.console);
          return;
        }
        this.#failed(error);
      }
    }
    for (const line of lines) {
      console.log(line.console);
      if (this.#redis !== null) this.#keep({ atMs: Date.now(), job, text: line.text, isSent });
    }
  }

  #push(job: string, texts: readonly string[]): Promise<unknown> {
    return this.#run("EVAL", PUSH, "1", keyOf(job), String(-this.#maxEntries), String(this.#ttlS), ...texts);
  }

  async #newest(job: string, count: number): Promise<string[]> {
    return ((await this.#run("LRANGE", keyOf(job), String(-count), "-1")) as unknown[]).map(String);
  }

  #run(...command: [string, ...string[]]): Promise<unknown> {
    if (this.#redis === null) throw new Error("no server, so no command");
    return run(this.#redis, command, this.#timeoutMs);
  }

  #keep(item: Waiting): void {
    if (this.#spool.put(item)) {
      this.#stats.spooled += 1;
      this.#replayIn(Math.max(0, this.#nextTryMs - Date.now()));
      return;
    }
    this.#stats.dropped += 1;
    this.#warnOnce("full", "no more job logs can wait: further ones go to the console alone");
  }

  #replayIn(ms: number): void {
    if (this.#isClosed || this.#replaying !== null) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#replaying ??= this.#replay().finally(() => {
        this.#replaying = null;
        if (!this.#spool.isEmpty) this.#replayIn(Math.max(0, this.#nextTryMs - Date.now()));
      });
    }, ms);
    this.#timer.unref();
  }

  /** Does what waits, in its order, until nothing does or a try fails. */
  async #replay(): Promise<void> {
    try {
      // At first an earlier try may have written what was never sent by itself; behind it nothing can have.
      for (let isNew = false; !this.#spool.isEmpty; isNew = true) {
        const items = this.#spool.first(MOST_AT_ONCE);
        for (const [job, group] of byJob(items)) await this.#catchUp(job, group, isNew);
        this.#spool.done(items.length);
      }
      this.#isBack();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Does what waits for one job, but for what an earlier try did whose reply was lost. */
  async #catchUp(job: string, { isDeleted, items }: Group, isNew: boolean): Promise<void> {
    const oldest = Date.now() - this.#ttlS * 1000;
    const fresh = items.filter(({ atMs }) => atMs >= oldest);
    this.#stats.expired += items.length - fresh.length;
    try {
      if (isDeleted) await this.#run("DEL", keyOf(job));
      const last = fresh.slice(-this.#maxEntries); // what was before them would be trimmed at once
      if (last.length === 0) return;
      const isSure = isNew && !last.some(({ isSent }) => isSent);
      const texts = missing(last, isSure ? [] : await this.#newest(job, this.#maxEntries));
      if (texts.length > 0) await this.#push(job, texts);
      this.#stats.replayed += texts.length;
    } catch (error) {
      if (!isRefused(error)) throw error;
      this.#refused(job, error, fresh.length);
    }
  }

  #isTooEarly(): boolean {
    return this.#awaySinceMs !== null && Date.now() < this.#nextTryMs;
  }

  #failed(error: unknown): void {
    if (this.#awaySinceMs === null) {
      this.#awaySinceMs = Date.now();
      this.#waitMs = FIRST_WAIT_MS;
      warn(`Redis takes no job logs (${this.#said(error)}): they go to the console and wait`);
    }
    this.#nextTryMs = Date.now() + this.#waitMs;
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }

  #isBack(): void {
    if (this.#awaySinceMs === null) return;
    const seconds = ((Date.now() - this.#awaySinceMs) / 1000).toFixed(1);
    this.#awaySinceMs = null;
    const { replayed, dropped, expired } = this.#stats;
    const told = `${replayed} entries written late, ${dropped} that did not fit, ${expired} too old`;
    warn(`Redis takes job logs again after ${seconds} s: so far ${told}`);
  }

  #refused(job: string, error: unknown, count: number): void {
    this.#stats.refused += count;
    const key = keyOf(job);
    this.#warnOnce(
      key,
      `Redis refuses the log at the key ${key} (${this.#said(error)}): its entries go to the console`,
    );
  }

  #warnOnce(about: string, text: string): void {
    if (this.#told.has(about) || this.#told.size > 100) return;
    this.#told.add(about);
    warn(text);
  }

  #said(error: unknown): string {
    const text = error instanceof Error ? error.message : String(error);
    return this.#mask(text.replace(/[\p{Cc}\s]+/gu, " ").slice(0, 200));
  }
}

/** Returns a job's ID in its normal form. Throws `bad_job_id`, also for what is neither a text nor a whole number. */
export function jobOf(jobId: string | number): string {
  return normalJobRef(typeof jobId === "string" || Number.isSafeInteger(jobId) ? jobId : "");
}

function keyOf(job: string): string {
  return `job:logs:${job}`;
}

function above0(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw badOption(`bad ${name} \`${value}\`, expected a whole number above 0`);
}

/** Whether Redis is there and will never take this: its key holds something else. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && error.message.includes("WRONGTYPE");
}

type Group = { isDeleted: boolean; items: Waiting[] };

function byJob(items: readonly Waiting[]): Map<string, Group> {
  const jobs = new Map<string, Group>();
  for (const item of items) {
    const group = jobs.get(item.job) ?? { isDeleted: false, items: [] };
    if (item.text === null) Object.assign(group, { isDeleted: true, items: [] });
    else group.items.push(item);
    jobs.set(item.job, group);
  }
  return jobs;
}

/**
 * Returns the texts that are not yet in a log that ends in the known ones. What was sent without a reply may stand there
 * in any order; what was never sent by itself stands there only if an earlier try wrote it, so from the first on.
 */
export function missing(items: readonly Waiting[], known: readonly string[]): string[] {
  const there = new Map<string, number>();
  for (const text of known) there.set(text, (there.get(text) ?? 0) + 1);
  const rest = items.filter(({ text, isSent }) => {
    const count = there.get(text ?? "") ?? 0;
    if (!isSent || count === 0) return true;
    there.set(text ?? "", count - 1);
    return false;
  });
  const late = rest.filter(({ isSent }) => !isSent);
  let written = 0;
  for (const text of known) if (written < late.length && late[written]?.text === text) written += 1;
  const skipped = new Set(late.slice(0, written));
  return rest.filter((item) => !skipped.has(item)).map(({ text }) => text ?? "");
}

function warn(text: string): void {
  process.stderr.write(`jobtrail: ${text}\n`);
}

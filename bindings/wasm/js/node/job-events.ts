/// <reference types="node" />
// Events of jobs in monthly files: `jobs_2026-01.jsonl`, one JSON object a line, as a mesh service writes them.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { JobId, type JobTypes } from "../index.js";
import { LineFile } from "./append.js";
import { ClaimedIds } from "./claimed-ids.js";
import { normalJobRef } from "./job-refs.js";
import { plain, pythonJson, textOf } from "./json-text.js";
import { loadNow } from "./loading.js";
import { homeRedactor, type Redact } from "./redacting.js";

/** An event as it stands in its file, its keys in their order. */
export type JobEvent = { timestamp: string; job_id: string; status?: string; [key: string]: unknown };

/** What is known of a job when it begins; any other name goes into the details. */
export type StartFields = { details?: { [key: string]: unknown }; [key: string]: unknown };

/** What `JobEvents` is told. */
export interface JobEventsOptions {
  /** Masks secrets and personal paths in what is written and read; on by default. */
  redact?: boolean;
  /** Also prints each event: `[JOB LOG] MSH-0105-A7F2 | MESH | started | ...`. */
  console?: boolean;
}

const MONTHLY = /^jobs_(\d{4}-\d{2})\.jsonl(?:\.gz)?$/;

/**
 * What happened to jobs, in one file a month (UTC), which any number of processes write, in Node and in Python.
 *
 * Writing never throws for a fault of the disk. Events are read as they were written, secrets and personal paths masked.
 * The folder and the month's file are made by the first event. IDs that are not safe in a path throw `bad_job_id`.
 */
export class JobEvents {
  readonly folder: string;
  readonly #isPrinted: boolean;
  readonly #redact: Redact;
  readonly #claimed: ClaimedIds;
  #month = "";
  #file: LineFile | null = null;

  constructor(folder: string, options: JobEventsOptions = {}) {
    this.folder = resolve(folder);
    this.#isPrinted = options.console ?? false;
    loadNow();
    this.#redact = (options.redact ?? true) ? homeRedactor() : (line) => line;
    this.#claimed = new ClaimedIds(this.folder);
  }

  /** Returns an ID of today (UTC) that nobody has been given in this folder. Throws `bad_job_id` for an unknown type. */
  generateJobId(type = "MSH", types?: JobTypes): string {
    const now = new Date();
    return JobId.generate(type, (id) => !this.#claimed.claim(id, now, this.#path(now)), types);
  }

  /** Logs that a job begins; `type` is `mesh`, `import`, or a word of your own, and need not be named for typed IDs. */
  started(jobId: string, fields: StartFields = {}, type?: string): void {
    const kind = type ?? TYPES[jobId.toUpperCase().split("-")[0] ?? ""] ?? "job";
    const keys = KEYS[kind] ?? ANY_KEYS;
    const { details = {}, ...given } = fields;
    const others = Object.entries(given).filter(([key]) => !keys.includes(key));
    const known: { [key: string]: unknown } = {
      ...given,
      job_type: kind,
      status: "started",
      details: { ...details, ...Object.fromEntries(others) },
    };
    this.write(jobId, Object.fromEntries(keys.map((key) => [key, known[key] ?? null])));
  }

  /** Logs that a job goes on. */
  processing(jobId: string, details?: object): void {
    this.update(jobId, "processing", details);
  }

  /** Logs that a job has done its work. */
  completed(jobId: string, details?: object): void {
    this.update(jobId, "completed", details);
  }

  /** Logs that a job has failed; `error` is put into the details as `error`, its class as `error_type`. */
  error(jobId: string, details?: object, error?: unknown): void {
    const told = error === undefined ? {} : { error: error instanceof Error ? error.message : textOf(error) };
    this.update(jobId, "error", { ...told, ...(error instanceof Error ? { error_type: error.name } : {}), ...details });
  }

  /** Logs a job's status and nothing else of it. */
  update(jobId: string, status: string, details: object = {}): void {
    this.write(jobId, { status, details });
  }

  /**
   * Appends an event of these keys behind `timestamp` and `job_id`, with one write. What JSON cannot hold stands there as
   * its text.
   */
  write(jobId: string, event: { [key: string]: unknown }): void {
    const now = new Date();
    const whole = { timestamp: stamp(now), job_id: normalJobRef(jobId), ...(plain(event) as object) };
    this.#fileOf(now).append(this.#redact(pythonJson(whole)));
    if (this.#isPrinted) console.log(this.#redact(eventLine(whole)));
  }

  /** Returns all events of a job, the oldest first, of all months. */
  byJob(jobId: string): JobEvent[] {
    const wanted = normalJobRef(jobId);
    const found = this.files().flatMap((file) => [...linesWith(bytesOf(file), wanted)]);
    const events = this.#events(found).filter(({ job_id }) => job_id.toLowerCase() === wanted.toLowerCase());
    return events.sort((one, other) => byTime(one, other));
  }

  /** Returns the last `limit` events that have these values, the newest first. */
  recent(limit = 100, where: { job_type?: string; user_email?: string; status?: string } = {}): JobEvent[] {
    const found: JobEvent[] = [];
    for (const file of this.files().reverse()) {
      if (found.length >= limit) break;
      const events = this.#events(linesOf(bytesOf(file))).filter((event) => has(event, where));
      found.push(...events.reverse().sort((one, other) => byTime(other, one)));
    }
    return found.slice(0, Math.max(limit, 0));
  }

  /** Returns the events from `start` to `end`, both included, the oldest first. */
  between(start: Date, end: Date, jobType?: string): JobEvent[] {
    const [first, last] = [stamp(start, "000"), stamp(end, "999")];
    const months = (file: string) => monthOf(file) >= first.slice(0, 7) && monthOf(file) <= last.slice(0, 7);
    const events = this.files()
      .filter(months)
      .flatMap((file) => this.#events(linesOf(bytesOf(file))));
    const isWithin = ({ timestamp }: JobEvent) => timestamp >= first.slice(0, -1) && timestamp <= last;
    const wanted = jobType === undefined ? {} : { job_type: jobType };
    return events.filter((event) => isWithin(event) && has(event, wanted)).sort(byTime);
  }

  /**
   * Returns the last event of each job that began, never ended and has been silent for longer, the longest silent first:
   * the sign of a hard crash.
   */
  unfinished(olderThanMs = 0, now = Date.now()): JobEvent[] {
    const last = new Map<string, JobEvent>();
    for (const event of this.files().flatMap((file) => this.#events(linesOf(bytesOf(file))))) {
      const known = last.get(event.job_id);
      if (known === undefined || byTime(known, event) <= 0) last.set(event.job_id, event);
    }
    const isSilent = ({ status, timestamp }: JobEvent) =>
      status !== "completed" && status !== "error" && now - Date.parse(timestamp) > olderThanMs;
    return [...last.values()].filter(isSilent).sort(byTime);
  }

  /** Returns the monthly files that are there, the oldest first; those packed with gzip too. */
  files(): string[] {
    try {
      const names = readdirSync(this.folder).filter((name) => MONTHLY.test(name));
      return names.sort().map((name) => join(this.folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  /** Lets go of the month's file; an event that comes later opens it again. */
  close(): void {
    this.#file?.close();
  }

  #path(moment: Date): string {
    return join(this.folder, `jobs_${moment.toISOString().slice(0, 7)}.jsonl`);
  }

  #fileOf(moment: Date): LineFile {
    const month = moment.toISOString().slice(0, 7);
    if (this.#file === null || month !== this.#month) {
      this.#file?.close();
      this.#file = new LineFile(this.#path(moment), false);
      this.#month = month;
    }
    return this.#file;
  }

  /** The events on these lines; a line that is none is passed over. */
  #events(lines: Iterable<string>): JobEvent[] {
    const events: JobEvent[] = [];
    for (const line of lines) {
      const event = eventOf(this.#redact(line));
      if (event !== null) events.push(event);
    }
    return events;
  }
}

const TYPES: { [code: string]: string } = { MSH: "mesh", IMP: "import" };
const ANY_KEYS = ["job_type", "user_email", "project_id", "filename", "status", "details"];
const KEYS: { [type: string]: string[] } = {
  mesh: [...ANY_KEYS.slice(0, 5), "strategy", "quality_params", "details"],
  import: [...ANY_KEYS.slice(0, 4), "file_size", "status", "details"],
};

/** Returns an event as the service's console shows it. */
function eventLine(event: JobEvent | { [key: string]: unknown }): string {
  const kind = event.job_type as string | undefined;
  const parts = [event.job_id, (kind ?? "update").toUpperCase(), event.status];
  if (event.filename) parts.push(event.filename);
  const [title, key] = ASIDES[kind ?? ""] ?? [];
  if (key !== undefined && event[key]) parts.push(`${title}: ${textOf(event[key])}`);
  return `[JOB LOG] ${parts.map((part) => textOf(part).replace(/\r\n?|\n/g, "\n    ")).join(" | ")}`;
}

const ASIDES: { [type: string]: [title: string, key: string] } = {
  mesh: ["Strategy", "strategy"],
  import: ["User", "user_email"],
};

/** A time as the files have it: six digits, of which the clock gives three. */
function stamp(moment: Date, digits = "000"): string {
  return moment.toISOString().replace("Z", `${digits}Z`);
}

function byTime(one: JobEvent, other: JobEvent): number {
  const [a, b] = [one, other].map(({ timestamp }) => timestamp.replace("Z", "")) as [string, string];
  return a < b ? -1 : a > b ? 1 : 0;
}

function has(event: JobEvent, wanted: { [key: string]: string }): boolean {
  return Object.entries(wanted).every(([key, value]) => event[key] === value);
}

function monthOf(file: string): string {
  return /jobs_(\d{4}-\d{2})/.exec(file)?.[1] ?? "";
}

function eventOf(line: string): JobEvent | null {
  try {
    const event = JSON.parse(line);
    return typeof event?.job_id === "string" && typeof event.timestamp === "string" ? event : null;
  } catch {
    return null; // cut off, or something else
  }
}

function bytesOf(file: string): Buffer {
  const bytes = readFileSync(file);
  return file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

function* linesOf(bytes: Buffer): Generator<string> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    yield bytes.toString("utf8", at, end < 0 ? bytes.length : end);
    at = end < 0 ? bytes.length : end + 1;
  }
}

/** Yields the lines that hold a text; all others are passed over without being looked at one by one. */
function* linesWith(bytes: Buffer, text: string): Generator<string> {
  for (let at = bytes.indexOf(text); at >= 0; ) {
    const start = at === 0 ? 0 : bytes.lastIndexOf(10, at) + 1;
    const end = bytes.indexOf(10, at);
    yield bytes.toString("utf8", start, end < 0 ? bytes.length : end);
    at = end < 0 ? -1 : bytes.indexOf(text, end);
  }
}

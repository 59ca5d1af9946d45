// `jobtrail`: the core's API in JavaScript. The one file that loads the WASM module.

import packed from "jobtrail:wasm";
import load, * as glue from "../dist/wasm/jobtrail.js";
import type { LogRecord } from "./types.js";
import type { Offsets } from "./zone.js";

export type { Json, Level, LogRecord } from "./types.js";
export { type Offsets, offsetsOf } from "./zone.js";

/** How a redactor treats local paths. */
export interface RedactOptions {
  /** `home` (default): a personal prefix becomes `~`; `strict`: only the last part stays; `off`. */
  paths?: "home" | "strict" | "off";
  /** Folders under which a path becomes relative (with `strict`). */
  roots?: string[];
  /** Mask e-mail addresses too. */
  emails?: boolean;
  /** Mask IP addresses too. */
  ips?: boolean;
  /** Mask telephone numbers too. */
  phones?: boolean;
  /** Patterns of tokens to mask too: `CASE-%n6` is `CASE-` and six digits (see `docs/redaction.md`). */
  patterns?: string[];
  /** Ids of rules that mask nothing. */
  off?: string[];
  /** Texts that stay where one is the whole of what would be masked. */
  allow?: string[];
  /** What stands in the place of a secret instead of `[redacted:RULE]`: letters, digits and `*#_-.`. */
  mask?: string;
}

/** Job types beside `MSH` (mesh) and `IMP` (import): code (2 to 8 letters) and name. */
export type JobTypes = { [code: string]: string };

/** How to read a log. */
export interface ReadOptions extends RedactOptions {
  /** Mask secrets and personal paths; on by default. */
  redact?: boolean;
  /** The zone of stamps that name none, see `offsetsOf`; default UTC. */
  offsets?: Offsets;
  /** The day (`2026-01-05`) of the first stamp that has only a time of day. */
  date?: string;
  jobTypes?: JobTypes;
}

/** The parts of a job ID. */
export interface JobIdParts {
  /** As written, in upper case: `MSH-0105-B9E1`. */
  id: string;
  type: string;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
  suffix: string;
}

/** What every error of this package has: a word from a closed list. */
export interface JobtrailError extends Error {
  code: "bad_query" | "bad_pattern" | "bad_time" | "bad_job_id" | "bad_option";
}

/** A refused query: where, and what would be right. */
export interface QueryError extends JobtrailError {
  /** 0-based, in UTF-16 units. */
  column: number;
  expected: string;
}

let ready: Promise<void> | null = null;
let loaded = false;

/**
 * Loads the WASM module, once; everything else here needs it. Later calls give the same promise. Without an argument
 * the module inside this file is used.
 *
 * @param module the module's bytes or the compiled module, for a page that fetches it itself
 */
export function init(module?: BufferSource | WebAssembly.Module): Promise<void> {
  ready ??= start(module).catch((error: unknown) => {
    ready = null;
    throw error;
  });
  return ready;
}

/**
 * Loads the WASM module at once, where that may be done: in Node and in workers. Does nothing where it is loaded already.
 *
 * @param bytes gives the module's bytes; those of `packedModule` after gunzip
 */
export function initSync(bytes: () => BufferSource): void {
  if (loaded) return;
  glue.initSync({ module: bytes() });
  loaded = true;
  ready = Promise.resolve();
}

/** Returns the gzip of the WASM module, for `initSync`. */
export function packedModule(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
}

/** Returns the WASM module's bytes, for a worker that is to run it too. */
export async function moduleBytes(): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([packedModule()]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function start(module: BufferSource | WebAssembly.Module | undefined): Promise<void> {
  await load({ module_or_path: module ?? (await moduleBytes()) });
  loaded = true;
}

/** The options as the WASM side takes them: pairs become flat. */
function spelled({ jobTypes, offsets, ...rest }: ReadOptions = {}): object {
  return { ...rest, offsets: offsets?.flat(), jobTypes: flat(jobTypes) };
}

function flat(types: JobTypes = {}): string[] {
  return Object.entries(types).flat();
}

function needInit(): void {
  if (!loaded) throw new Error("jobtrail is not loaded yet, expected `await init()` before this call");
}

/** Returns a line (its continuation lines included) as the record that it is. Never fails on text. */
export function parseLine(text: string, options?: ReadOptions): LogRecord {
  needInit();
  return glue.parseLine(text, spelled(options));
}

/** Returns `text` with its secrets and personal paths masked; doing it twice changes nothing more. */
export function redact(text: string, options?: RedactOptions): string {
  needInit();
  return glue.redact(text, options) ?? text;
}

/**
 * Returns a value as `JSON.stringify` sees it, with every text in it redacted at any depth; the value itself where nothing
 * is masked. A text is redacted as the value of its key, so `{ password: "x" }` is masked.
 */
export function redactObject<T>(value: T, options?: RedactOptions): T {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return value;
  const redacted = redact(text, options);
  return redacted === text ? value : (JSON.parse(redacted) as T);
}

/** Masks secrets and personal paths with the same options each time. */
export class Redactor {
  readonly #options: RedactOptions | undefined;

  constructor(options: RedactOptions = {}) {
    // Without any option none is looked for at each text.
    this.#options = Object.keys(options).length > 0 ? { ...options } : undefined;
  }

  /** Returns `text` with its secrets and personal paths masked, as `redact` does. */
  redact(text: string): string {
    return redact(text, this.#options);
  }

  /** Returns `value` with every text in it redacted, as `redactObject` does. */
  redactObject<T>(value: T): T {
    return redactObject(value, this.#options);
  }
}

/** Job IDs: `TYPE-MMDD-XXXX`. */
export const JobId = {
  /** Returns the parts of an ID (lower case is taken). Throws `bad_job_id`, with `part`, for what is none. */
  parse(text: string, types?: JobTypes): JobIdParts {
    needInit();
    const [id, type, month, day, suffix] = glue.parseJobId(text, flat(types));
    return { id, type, month, day, suffix };
  },

  /** True if `text` is a job ID of a known type. */
  isValid(text: string, types?: JobTypes): boolean {
    try {
      JobId.parse(text, types);
      return true;
    } catch (error) {
      if ((error as Partial<JobtrailError>).code === "bad_job_id") return false;
      throw error;
    }
  },

  /**
   * Returns an ID of today (UTC) that `taken` answers false to. Throws `bad_job_id` for an unknown type, and when the
   * day has none left.
   */
  generate(type = "MSH", taken: (id: string) => boolean = () => false, types?: JobTypes): string {
    needInit();
    const [seed = 0n] = crypto.getRandomValues(new BigUint64Array(1));
    return glue.generateJobId(type, flat(types), Date.now(), seed, taken);
  },
};

/**
 * A parsed query. Its constructor throws a `QueryError`. `toString()` gives its canonical text, in which times stay as
 * they were typed: what to keep of a query.
 */
export class Query extends glue.Query {
  constructor(text: string) {
    needInit();
    super(text);
  }
}

/** One thing that can stand at a place of a query. */
export interface Completion {
  /** What to put in: a name with its operator, an operator, a value with the quotes that it needs. */
  text: string;
  kind: "field" | "operator" | "value";
  /** What it means; may be empty. */
  detail: string;
}

/** What can stand at a place of a query, the likeliest first. */
export interface Completions {
  /** The text from here up to `end` is replaced by an item's; in UTF-16 units. */
  start: number;
  end: number;
  items: Completion[];
  /** What is expected there, in words. */
  expected: string;
}

/**
 * Returns what can stand at `cursor` (UTF-16 units, the end by default) of a query, which may be wrong or unfinished.
 *
 * @param values the values known of a field, by its full name (`job_id`), such as a store's jobs
 */
export function completeQuery(
  text: string,
  cursor: number = text.length,
  values: (field: string) => readonly string[] = () => [],
): Completions {
  needInit();
  const bytes = new TextEncoder().encode(text);
  const units = (end: number) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, end)).length;
  const before = new TextEncoder().encode(text.slice(0, cursor)).length;
  const lines = (field: string) =>
    values(field)
      .filter((value) => !value.includes("\n"))
      .join("\n");
  const found: Completions = JSON.parse(glue.completeQuery(text, before, lines));
  return { ...found, start: units(found.start), end: units(found.end) };
}

/** Keeps a log's redacted lines and answers queries. Hand bytes in, take windows of records out. */
export class LogStore extends glue.LogStore {
  constructor(options?: ReadOptions) {
    needInit();
    super(spelled(options));
  }

  /** Adds bytes; an unfinished last line waits. */
  override append(bytes: Uint8Array): void {
    for (const piece of pieces(bytes)) super.append(piece);
  }

  /** Adds bytes of a named source; of each source an unfinished last line waits. */
  override appendFrom(source: string, bytes: Uint8Array): void {
    for (const piece of pieces(bytes)) super.appendFrom(source, piece);
  }

  /**
   * Returns the values that rows have in a facet, each with its number of rows, the most frequent first. Rows without a
   * value are not counted. No text is read: a million rows take some milliseconds.
   */
  facetOf(rows: Rows, facet: Facet, limit?: number): [value: string, count: number][] {
    return JSON.parse(this.facet(rows, facet, limit));
  }

  /**
   * Returns how rows spread over time: at most `bars` slices (2 to 2000) of the shortest round length that covers them,
   * each with its counts by level. A record without a time counts with the one before it.
   */
  histogramOf(rows: Rows, bars: number): Histogram {
    return JSON.parse(this.histogram(rows, bars));
  }
}

/** Bytes in pieces: each takes room in the module's memory while it is read, and large ones leave holes there. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  const size = 256 * 1024;
  yield bytes.subarray(0, size);
  for (let at = size; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What rows can be counted by: the key of a record that holds the value. */
export type Facet = "level" | "logger" | "component" | "job_id" | "user_id" | "project_id";

/** Rows over time. */
export interface Histogram {
  /** Where the first slice begins (RFC 3339); null where no row has a time. */
  from: string | null;
  slice_ms: number;
  /** Of each slice the number of rows of each level, lowest first, then of those without one. */
  counts: number[][];
  /** Rows that have no time, not even that of a record before them. */
  undated: number;
}

/** The rows that a query took; free it when done. */
export type Rows = glue.Rows;

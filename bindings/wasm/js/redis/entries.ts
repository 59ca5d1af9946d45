// Entries of a job's log, made and read: `{"timestamp":1734470400000,"type":"info","message":"...","metadata":{...}}`.

import { type JobtrailError, redact } from "../index.js";
import { plain, textOf } from "../node/json-text.js";

export type LogType = "info" | "warn" | "error" | "debug";

/** An entry as it was read. */
export interface LogEntry {
  /** Unix milliseconds. */
  timestamp: number;
  type: LogType;
  message: string;
  metadata?: { [key: string]: unknown };
}

/** An entry as it is handed over; keys of your own are kept. */
export interface NewEntry {
  /** Unix milliseconds, seconds (below 10^11), a Date, or nothing for now. */
  timestamp?: number | Date | null;
  /** `info`, `warn`, `error`, `debug`, or another name of a level. */
  type: string;
  message: string;
  metadata?: object | null;
  [key: string]: unknown;
}

/** What masks a text. */
export type Redact = (text: string) => string;

/** Returns what masks secrets and personal paths, or what leaves a text as it is. */
export function redactor(isOn: boolean): Redact {
  return isOn ? (text) => redact(text) : (text) => text;
}

const TYPES: { [name: string]: LogType } = {
  ...{ info: "info", warn: "warn", error: "error", debug: "debug" },
  ...{ trace: "debug", warning: "warn", critical: "error", fatal: "error" },
};
const FIRST_MS = 1e11; // 1973; as seconds, the year 5138
const END_MS = 1e14; // what is larger counts microseconds
const MAX_ENTRY_BYTES = 1024 * 1024;

/** An entry on its way: its text as Redis gets it, and its line of the console. */
export interface Line {
  text: string;
  console: string;
}

/** Returns the line of an entry. Throws `bad_option` for one that is none. */
export function lineOf(job: string, entry: NewEntry, worker: string | undefined, mask: Redact): Line {
  if (typeof entry !== "object" || entry === null || entry.message === undefined || entry.message === null) {
    throw badOption("bad entry, expected an object with type and message");
  }
  const { timestamp, type, message, metadata, ...rest } = entry;
  const kind = typeOf(type);
  const told = typeof message === "string" ? message : textOf(message);
  const head = { timestamp: timeMs(timestamp), type: kind, message: told };
  const facts = plain(metadata ?? undefined);
  const isNamed = worker !== undefined && (metadata === undefined || metadata === null || isRecord(facts));
  const named = isNamed ? { worker, ...(isRecord(facts) ? facts : {}) } : facts;
  const isBare = !isNamed && (metadata === undefined || metadata === null);
  const whole = isBare ? { ...head, ...others(rest) } : { ...head, metadata: named, ...others(rest) };
  let text = JSON.stringify(whole);
  const size = text.length > MAX_ENTRY_BYTES / 4 ? new TextEncoder().encode(text).length : 0;
  if (size > MAX_ENTRY_BYTES) {
    text = JSON.stringify({ ...head, message: told.slice(0, MAX_ENTRY_BYTES / 16), metadata: { cut_bytes: size } });
  }
  const shown = told.slice(0, MAX_ENTRY_BYTES / 16);
  return { text: mask(text), console: oneLine(mask(`[JobLogManager] [${job}] ${kind.toUpperCase()}: ${shown}`)) };
}

function others(rest: object): object {
  return Object.keys(rest).length > 0 ? (plain(rest) as object) : {};
}

/** Returns the entries in the order of their times, equal times as they stood, and how many texts were none. */
export function readEntries(texts: readonly string[], mask: Redact): { entries: LogEntry[]; broken: number } {
  const found: { at: number; entry: LogEntry }[] = [];
  let before = 0;
  for (const text of texts) {
    const entry = readEntry(mask(text));
    if (entry === null) continue;
    if (Number.isFinite(entry.timestamp)) before = entry.timestamp;
    found.push({ at: before, entry });
  }
  const entries = found.sort((one, other) => one.at - other.at).map(({ entry }) => entry);
  return { entries, broken: texts.length - found.length };
}

function readEntry(text: string): LogEntry | null {
  try {
    const entry: unknown = JSON.parse(text);
    return isRecord(entry) && typeof entry.message === "string" ? (entry as unknown as LogEntry) : null;
  } catch {
    return null;
  }
}

function typeOf(name: unknown): LogType {
  const found = typeof name === "string" && Object.hasOwn(TYPES, name.toLowerCase()) && TYPES[name.toLowerCase()];
  if (found) return found;
  throw badOption(`bad type \`${textOf(name).slice(0, 40)}\`, expected info, warn, error or debug`);
}

function timeMs(stamp: unknown): number {
  if (stamp === undefined || stamp === null) return Date.now();
  const ms = stamp instanceof Date ? stamp.getTime() : stamp;
  if (typeof ms === "number" && ms >= 0 && ms < END_MS) {
    return Math.floor(ms >= FIRST_MS || stamp instanceof Date ? ms : ms * 1000);
  }
  throw badOption(`bad timestamp \`${textOf(stamp).slice(0, 40)}\`, expected Unix milliseconds or seconds, or a Date`);
}

/** Returns the error to throw for an option or an argument that cannot be had. */
export function badOption(text: string): JobtrailError {
  return Object.assign(new Error(text), { code: "bad_option" as const });
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns a text whose control characters reach no terminal. */
function oneLine(text: string): string {
  const escaped = (char: string) =>
    JSON.stringify(char)
      .slice(1, -1)
      .replace(/^([^\\])$/, unicode);
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (char) => (char === "\t" ? char : escaped(char)));
}

function unicode(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

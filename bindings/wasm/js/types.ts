// The shapes that cross between the parts: the record, and the two interfaces (Source, Store) that are all the panel
// knows of where lines come from and who keeps them. No code.

/** A level's name, lowest first. */
export type Level = "TRACE" | "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL";

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** One record of a log. The names are the same in the command line's JSON and in Python. */
export interface LogRecord {
  /** RFC 3339 UTC with 6 digits, such as `2026-01-05T14:30:01.000000Z`. */
  timestamp: string | null;
  level: Level | null;
  /** The name inside the process: logger, target, category, tag. */
  logger: string | null;
  /** The process or service: host, worker, backend, ... */
  component: string | null;
  pid: number | null;
  thread: string | null;
  job_id: string | null;
  project_id: string | null;
  user_id: string | null;
  status: string | null;
  message: string;
  /** The stack trace, lines separated by `\n`. */
  exception: string | null;
  /** Everything else, in its order. */
  fields: { [key: string]: Json };
  /** The parser that took the line; `plain` if none did. */
  format: string;
  source: string | null;
  /** 1-based; only if reading began at the start of the source. */
  line: number | null;
  /** Bytes from the start of what was read. */
  offset: number;
}

/** What to show of a store. A part left out does not filter. */
export interface Selection {
  /** Any of these levels. */
  levels?: Level[];
  job?: string;
  /** An age (`15m`), a clock time, a date, RFC 3339, `today`, `yesterday`. */
  since?: string;
  until?: string;
  /** The query language, as in the command line. */
  query?: string;
  /** The present time in milliseconds since 1970, for ages and clock times. */
  nowMs: number;
}

/** Rows by level; `NONE` counts the rows without one. */
export type LevelCounts = { [level in Level | "NONE"]: number };

/** What a selection gave. */
export interface Selected {
  /** Records in the store. */
  total: number;
  /** Records that the selection takes. */
  count: number;
  /** Of the selection without its levels. */
  levels: LevelCounts;
  /** The newest job IDs in the store, newest first; 500 at most. */
  jobs: string[];
}

/** The part of a selection that an error is about. */
export type FilterPart = "query" | "job" | "since" | "until";

/** Why a selection was refused. */
export interface FilterProblem {
  part: FilterPart;
  /** `bad_query`, `bad_time` or `bad_pattern`. */
  code: string;
  message: string;
  /** 0-based, in UTF-16 units of the part's own text. */
  column: number;
  expected: string;
}

/** What `select` answers. A part that was refused counts as it was when it was last good. */
export interface SelectAnswer {
  selected: Selected;
  problem: FilterProblem | null;
}

/** How a store reads. */
export interface StoreOptions {
  /** Mask secrets and personal paths; on unless said otherwise. */
  redact?: boolean;
  /** The zone of stamps that name none: `UTC` (default), `local`, or an IANA name. */
  tz?: string;
}

/** Keeps lines and answers selections; in a worker, or on this thread. */
export interface Store {
  /** Adds bytes of a source; an unfinished last line waits for the next call. Takes the bytes' buffer away. */
  append(source: string, bytes: Uint8Array): void;
  /** The next bytes of the source stand at this byte of it; 0 for a file that was rotated. What is there stays. */
  begin(source: string, offset: number): void;
  /** The source has come to rest: its last line counts though it has no line feed. */
  settle(source: string): void;
  /** Makes a selection the current one. */
  select(selection: Selection): Promise<SelectAnswer>;
  /** Records of the current selection. */
  window(start: number, count: number): Promise<LogRecord[]>;
  /** The redacted text of records of the current selection, a line feed after each. */
  text(start: number, count: number): Promise<string>;
  /** Gives back memory and ends the worker. */
  close(): void;
}

/** How a source is doing. */
export type SourceState =
  | { kind: "loading" }
  /** Connected, all that there is has been given. */
  | { kind: "live" }
  /** All given, nothing more will come. */
  | { kind: "ended" }
  /** Failed; will be tried again at `retryAtMs` (milliseconds since 1970). */
  | { kind: "failed"; message: string; status: number | null; retryAtMs: number };

/** Takes what a source gives. */
export interface Sink {
  lines(source: string, bytes: Uint8Array): void;
  begin(source: string, offset: number): void;
  settle(source: string): void;
  state(state: SourceState): void;
}

/** Gives lines until closed. */
export interface Source {
  open(sink: Sink): void;
  /** Tries again at once if it waits. */
  retry(): void;
  close(): void;
}

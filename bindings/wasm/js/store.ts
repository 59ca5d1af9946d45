// A Store on this thread: the WASM LogStore, a selection, and one query for each filter so that an error points into
// the text that the user typed.

import { LogStore, Query, type Rows } from "./index.js";
import type {
  FilterPart,
  FilterProblem,
  Level,
  LevelCounts,
  LogRecord,
  SelectAnswer,
  Selection,
  Store,
  StoreOptions,
} from "./types.js";
import { offsetsOf } from "./zone.js";

const LEVELS: (Level | "NONE")[] = ["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "NONE"];

/** Returns a store on this thread; `init()` must have ended. */
export function localStore(options: StoreOptions = {}): Store {
  return new LocalStore(options);
}

class LocalStore implements Store {
  readonly #log: LogStore;
  #rows: Rows | null = null;

  constructor(options: StoreOptions) {
    this.#log = new LogStore({ redact: options.redact ?? true, offsets: offsetsOf(options.tz ?? "UTC") });
  }

  append(source: string, bytes: Uint8Array): void {
    this.#log.appendFrom(source, bytes);
  }

  restart(source: string): void {
    this.#log.restart(source);
  }

  settle(source: string): void {
    this.#log.finishFrom(source);
  }

  async select(selection: Selection): Promise<SelectAnswer> {
    const refused: { problem?: FilterProblem } = {};
    const all = [
      parse("query", selection.query, (text) => text, refused),
      parse("job", selection.job, (text) => `job:${quoted(text)}`, refused),
      parse("since", selection.since, (text) => `since:${quoted(text)}`, refused),
      parse("until", selection.until, (text) => `until:${quoted(text)}`, refused),
    ].reduce((whole, part) => whole.and(part));
    if (refused.problem) return { problem: refused.problem };
    const nowMs = selection.nowMs;
    const rows = this.#log.select(all, nowMs);
    const counts = this.#log.countByLevel(rows);
    const levels = Object.fromEntries(LEVELS.map((level, index) => [level, counts[index] ?? 0])) as LevelCounts;
    this.#rows?.free();
    if (selection.levels?.length) {
      rows.free();
      this.#rows = this.#log.select(all.and(new Query(`level:${selection.levels.join(",").toLowerCase()}`)), nowMs);
    } else {
      this.#rows = rows;
    }
    const selected = { total: this.#log.length, count: this.#rows.length, levels, jobs: this.#log.jobs() };
    return { selected };
  }

  async window(start: number, count: number): Promise<LogRecord[]> {
    return this.#rows ? (JSON.parse(this.#log.window(this.#rows, start, count)) as LogRecord[]) : [];
  }

  async text(start: number, count: number): Promise<string> {
    return this.#rows ? this.#log.text(this.#rows, start, count) : "";
  }

  close(): void {
    this.#rows?.free();
    this.#rows = null;
    this.#log.free();
  }
}

/** Parses one filter; a refusal is kept in `refused` and the answer then takes every row. */
function parse(
  part: FilterPart,
  text: string | undefined,
  spell: (text: string) => string,
  refused: { problem?: FilterProblem },
): Query {
  const typed = text?.trim() ? text : "";
  if (typed === "") return new Query("");
  const spelled = spell(typed);
  try {
    return new Query(spelled);
  } catch (error) {
    const { code, column, expected, message } = error as FilterProblem;
    // Only the user's own text is shown: what was put before it is taken off the column.
    const before = Math.max(0, spelled.indexOf(typed));
    refused.problem ??= { part, code, message, expected, column: Math.min(Math.max(column - before, 0), typed.length) };
    return new Query("");
  }
}

/** A phrase of the query language that stands for exactly this text. */
function quoted(text: string): string {
  const trimmed = text.trim();
  return /^[\w.:+-]+$/.test(trimmed) ? trimmed : `"${trimmed.replace(/["\\]/g, "\\$&")}"`;
}

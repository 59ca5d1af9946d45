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
import { offsetsOf, todayIn } from "./zone.js";

const LEVELS: (Level | "NONE")[] = ["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "NONE"];

/** Older jobs can be looked for, they are not listed. */
const LISTED_JOBS = 500;

const PARTS = ["query", "job", "since", "until"] as const;

/** How a filter's text is said in the query language. */
const SPELLING: { [part in FilterPart]: (typed: string) => string } = {
  query: (typed) => typed,
  job: (typed) => `job:${quoted(typed)}`,
  since: (typed) => `since:${quoted(typed)}`,
  until: (typed) => `until:${quoted(typed)}`,
};

/** Returns a store on this thread; `init()` must have ended. */
export function localStore(options: StoreOptions = {}): Store {
  return new LocalStore(options);
}

class LocalStore implements Store {
  readonly #log: LogStore;
  /** The last query of each filter that was not refused, and its text. */
  readonly #good = new Map<FilterPart, { typed: string; query: Query }>();
  #rows: Rows | null = null;

  constructor(options: StoreOptions) {
    const tz = options.tz ?? "UTC";
    // Lines that tell a time of day only (`[14:30:01] ...`) are read as today's.
    this.#log = new LogStore({ redact: options.redact ?? true, offsets: offsetsOf(tz), date: todayIn(tz) });
  }

  append(source: string, bytes: Uint8Array): void {
    this.#log.appendFrom(source, bytes);
  }

  begin(source: string, offset: number): void {
    this.#log.begin(source, offset);
  }

  settle(source: string): void {
    this.#log.finishFrom(source);
  }

  async select(selection: Selection): Promise<SelectAnswer> {
    const refused: FilterProblem[] = [];
    const all = PARTS.map((part) => this.#query(part, selection[part] ?? "", refused)).reduce((one, other) =>
      one.and(other),
    );
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
    const selected = { total: this.#log.length, count: this.#rows.length, levels, jobs: this.#log.jobs(LISTED_JOBS) };
    return { selected, problem: refused[0] ?? null };
  }

  /** Returns the query of one filter; a refusal goes to `refused`, and the filter stays what it was. */
  #query(part: FilterPart, text: string, refused: FilterProblem[]): Query {
    const typed = text.trim();
    const good = this.#good.get(part);
    if (good?.typed === typed) return good.query;
    const spelled = typed === "" ? "" : SPELLING[part](typed);
    try {
      const query = new Query(spelled);
      this.#good.set(part, { typed, query });
      return query;
    } catch (error) {
      const { code, column, expected, message } = error as FilterProblem;
      // Only the user's own text is shown: what was put around it is taken off the column.
      const place = column - Math.max(0, spelled.indexOf(typed)) + text.indexOf(typed);
      refused.push({ part, code, message, expected, column: Math.min(Math.max(place, 0), text.length) });
      return good?.query ?? new Query("");
    }
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

/** A phrase of the query language that stands for exactly this text. */
function quoted(text: string): string {
  return /^[\w.:+-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

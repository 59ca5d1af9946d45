// Joins a source to a store and keeps the current selection fresh, never more often than the store can answer.

import type { FilterProblem, LogRecord, Selected, Selection, Sink, Source, SourceState, Store } from "../types.js";

/** Rest between two selections while lines stream in: as long as the last one took, within these bounds. */
const MIN_REST_MS = 80;
const MAX_REST_MS = 500;

/** What the panel shows. Read it after each call of the `changed` function. */
export class Feed implements Sink {
  sourceState: SourceState = { kind: "loading" };
  selected: Selected | null = null;
  /** Why a part of the last selection was refused; that part counts as it was before. */
  problem: FilterProblem | null = null;
  /** Why nothing works any more. */
  broken: string | null = null;
  /** Names of the sources that gave lines. */
  readonly sources = new Set<string>();
  /** Grows with each selection that the store has made current. */
  generation = 0;

  readonly #changed: () => void;
  #source: Source | null = null;
  #store: Store | null = null;
  #selection: () => Selection;
  /** Bytes that came before the store was ready. */
  #early: (() => void)[] = [];
  #running = false;
  #wanted = false;
  /** A filter changed while a selection was under way. */
  #hurried = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(store: Promise<Store>, source: Source, selection: () => Selection, changed: () => void) {
    this.#selection = selection;
    this.#changed = changed;
    this.#source = source;
    store.then(
      (ready) => this.#begin(ready),
      (error) => this.#break(error),
    );
    source.open(this);
  }

  lines(source: string, bytes: Uint8Array): void {
    this.sources.add(source);
    this.#withStore((store) => store.append(source, bytes));
    this.refresh();
  }

  begin(source: string, offset: number): void {
    this.#withStore((store) => store.begin(source, offset));
  }

  settle(source: string): void {
    this.#withStore((store) => store.settle(source));
    this.refresh();
  }

  state(state: SourceState): void {
    if (this.#closed) return;
    this.sourceState = state;
    this.#changed();
  }

  /** Selects anew, soon. */
  refresh(): void {
    this.#wanted = true;
    if (!this.#running && this.#timer === undefined) void this.#select();
  }

  /** Selects anew at once: the user has changed a filter. */
  reselect(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#hurried = this.#running;
    this.refresh();
  }

  /** Gives records of the selection that is current in the store, and which generation that was. */
  async window(start: number, count: number): Promise<{ generation: number; records: LogRecord[] }> {
    const generation = this.generation;
    return { generation, records: (await this.#store?.window(start, count)) ?? [] };
  }

  /** Gives the text of every selected record. */
  async text(): Promise<string> {
    return (await this.#store?.text(0, this.selected?.count ?? 0)) ?? "";
  }

  /** Gives the text of one record of the selection. */
  async textOf(row: number): Promise<string> {
    return (await this.#store?.text(row, 1)) ?? "";
  }

  retry(): void {
    this.#source?.retry();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#store?.close();
  }

  #begin(store: Store): void {
    if (this.#closed) {
      store.close();
      return;
    }
    this.#store = store;
    for (const act of this.#early.splice(0)) act();
    this.refresh();
  }

  #withStore(act: (store: Store) => void): void {
    if (this.#closed) return;
    const store = this.#store;
    if (store) act(store);
    else this.#early.push(() => this.#withStore(act));
  }

  async #select(): Promise<void> {
    const store = this.#store;
    if (!store || this.#closed) return;
    this.#running = true;
    this.#wanted = false;
    const began = performance.now();
    try {
      const answer = await store.select(this.#selection());
      if (this.#closed) return;
      this.problem = answer.problem;
      this.selected = answer.selected;
      this.generation += 1;
      this.#changed();
    } catch (error) {
      if (!this.#closed) this.#break(error);
      return;
    } finally {
      this.#running = false;
    }
    const restMs = Math.min(Math.max(performance.now() - began, MIN_REST_MS), MAX_REST_MS);
    if (this.#hurried) return this.reselect();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#wanted) void this.#select();
    }, restMs);
  }

  #break(error: unknown): void {
    this.broken = error instanceof Error ? error.message : String(error);
    this.#source?.close();
    this.#changed();
  }
}

// The list's state: which rows are drawn, where the scroller stands, and whether it follows the log's end. It senses
// and moves the scroller that it is handed; drawing is the element's.

import type { LogRecord } from "../types.js";
import type { Feed } from "./feed.js";
import { RowWindow } from "./window.js";

/** The elements that the list senses and places. */
export interface ListParts {
  scroller: HTMLElement;
  content: HTMLElement;
  rows: HTMLElement;
}

/** Records fetched in one go: a window of the selection. */
interface Page {
  generation: number;
  start: number;
  records: LogRecord[];
}

const NO_PAGE: Page = { generation: -1, start: 0, records: [] };

/** A list of rows of one height. `changed` is called when it has to be drawn anew. */
export class RowList {
  /** The list stands at its end and stays there as lines come. */
  follows = true;
  readonly #window = new RowWindow();
  readonly #changed: () => void;
  #page = NO_PAGE;
  /** The page asked for last. */
  #asked = "";
  /** Whom it was asked of. */
  #feed: Feed | null = null;
  /** Rows that there were when following stopped. */
  #countAtStop = 0;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The records to draw, and the place of the first one in the selection. */
  get page(): { start: number; records: LogRecord[] } {
    return this.#page;
  }

  /** The first row in sight. */
  get first(): number {
    return this.#window.first;
  }

  /** Number of rows that have come since following stopped. */
  get newCount(): number {
    return this.follows ? 0 : Math.max(0, this.#window.count - this.#countAtStop);
  }

  /** Forgets every row: another log. */
  reset(): void {
    this.#page = NO_PAGE;
    this.#asked = "";
    this.#feed = null;
    this.follows = true;
  }

  /** Begins or ends following. */
  follow(follows: boolean): void {
    this.follows = follows;
    this.#countAtStop = this.#window.count;
    this.#changed();
  }

  /** Returns a record of the page that is there. */
  record(row: number): LogRecord | undefined {
    return this.#page.records[row - this.#page.start];
  }

  /** Puts the parts where they belong after a drawing, and asks for the records that are missing. */
  place({ scroller, content, rows }: ListParts, feed: Feed | null): void {
    const list = this.#window;
    list.viewHeightPx = scroller.clientHeight;
    list.rowHeightPx = Number.parseFloat(getComputedStyle(scroller).getPropertyValue("--row")) || list.rowHeightPx;
    list.count = feed?.selected?.count ?? 0;
    content.style.height = `${list.heightPx}px`;
    if (this.follows) scroller.scrollTop = list.heightPx;
    list.scrolled(scroller.scrollTop);
    rows.style.transform = `translateY(${list.positionOf(this.#page.start)}px)`;
    if (feed) this.#fetch(feed);
  }

  /** Takes a movement of the scroller. */
  scrolled(scroller: HTMLElement): void {
    this.#window.scrolled(scroller.scrollTop);
    if (this.follows && !this.#window.atEnd) this.#countAtStop = this.#window.count;
    this.follows = this.#window.atEnd;
    this.#changed();
  }

  /** In a list too long for the browser, puts the scroll bar where it belongs. */
  rest(scroller: HTMLElement): void {
    const restingPx = this.#window.restingScrollTopPx;
    if (Math.abs(restingPx - scroller.scrollTop) < 1) return;
    scroller.scrollTop = restingPx;
    this.#window.rested(scroller.scrollTop);
    this.#changed();
  }

  /** Brings a row into sight. */
  reveal(scroller: HTMLElement, row: number): void {
    scroller.scrollTop = this.#window.reveal(row);
    this.#changed();
  }

  #fetch(feed: Feed): void {
    const { start, end } = this.#window.range;
    const { first, visible, count } = this.#window;
    const page = this.#page;
    const covers = page.start <= first && page.start + page.records.length >= Math.min(first + visible, count);
    const wanted = `${feed.generation} ${start} ${end}`;
    if ((covers && page.generation === feed.generation) || wanted === this.#asked) return;
    this.#asked = wanted;
    this.#feed = feed;
    feed.window(start, end - start).then(
      ({ generation, records }) => {
        // A later answer, or another log's, is not undone by an earlier one.
        if (feed !== this.#feed || generation < this.#page.generation) return;
        this.#page = { generation, start, records };
        this.#changed();
      },
      // A store that cannot answer says so through the feed, where every call ends up.
      () => this.#changed(),
    );
  }
}

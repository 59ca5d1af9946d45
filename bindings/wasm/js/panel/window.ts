// Which rows of a long list are on the screen. Rows have one height, so a million of them cost what the visible ones
// cost. Knows numbers only, no DOM; the element hands in what it senses.

/**
 * Browsers stop making elements higher at some point (Firefox near 17.9 million pixels). A list that would be higher is
 * scaled: the scroll bar covers it all, small movements still move by rows.
 */
const MAX_HEIGHT_PX = 10_000_000;

/** Rows kept ready above and below the visible ones. */
const SPARE_ROWS = 12;

/** A list's scroll position, in rows and pixels. */
export class RowWindow {
  rowHeightPx = 24;
  viewHeightPx = 0;
  count = 0;
  readonly #maxHeightPx: number;
  /** Position in the unscaled list. */
  #topPx = 0;
  /** What the scroller said last. */
  #scrollTopPx = 0;

  constructor(maxHeightPx = MAX_HEIGHT_PX) {
    this.#maxHeightPx = maxHeightPx;
  }

  /** Height that the scroller's content must have. */
  get heightPx(): number {
    return Math.min(this.count * this.rowHeightPx, this.#maxHeightPx);
  }

  /** First visible row. */
  get first(): number {
    return Math.min(Math.floor(this.#topPx / this.rowHeightPx), Math.max(0, this.count - 1));
  }

  /** Number of rows that the view can show, parts counted. */
  get visible(): number {
    return Math.ceil(this.viewHeightPx / this.rowHeightPx) + 1;
  }

  /** The rows to draw: `start` inclusive, `end` exclusive. */
  get range(): { start: number; end: number } {
    const start = Math.max(0, this.first - SPARE_ROWS);
    return { start, end: Math.min(this.count, this.first + this.visible + SPARE_ROWS) };
  }

  /** Where row `row` is drawn, in the scroller's content. */
  positionOf(row: number): number {
    return this.#scrollTopPx + row * this.rowHeightPx - this.#topPx;
  }

  /** True if the last row is in sight. */
  get atEnd(): boolean {
    return this.#topPx >= this.#maxTopPx - this.rowHeightPx / 2;
  }

  /** Takes the scroller's position. */
  scrolled(scrollTopPx: number): void {
    const moved = scrollTopPx - this.#scrollTopPx;
    const maxScrollPx = Math.max(0, this.heightPx - this.viewHeightPx);
    this.#scrollTopPx = scrollTopPx;
    if (scrollTopPx <= 0) this.#topPx = 0;
    else if (scrollTopPx >= maxScrollPx - 1) this.#topPx = this.#maxTopPx;
    else if (!this.#isScaled) this.#topPx = scrollTopPx;
    else if (Math.abs(moved) <= this.viewHeightPx) this.#topPx += moved;
    else this.#topPx = (scrollTopPx / maxScrollPx) * this.#maxTopPx;
    this.#topPx = Math.min(Math.max(this.#topPx, 0), this.#maxTopPx);
  }

  /** Where the scroller should stand for the present position; it drifts from it in a scaled list, and is set at rest. */
  get restingScrollTopPx(): number {
    if (!this.#isScaled) return this.#topPx;
    return (this.#topPx / Math.max(1, this.#maxTopPx)) * Math.max(0, this.heightPx - this.viewHeightPx);
  }

  /** Takes the scroller's position as meaning the same place as before: it was set from `restingScrollTopPx`. */
  rested(scrollTopPx: number): void {
    this.#scrollTopPx = scrollTopPx;
  }

  /** Moves so that `row` is in sight, by as little as needed; gives the position for the scroller. */
  reveal(row: number): number {
    const top = row * this.rowHeightPx;
    if (top < this.#topPx) this.#topPx = top;
    else if (top + this.rowHeightPx > this.#topPx + this.viewHeightPx) {
      this.#topPx = top + this.rowHeightPx - this.viewHeightPx;
    }
    this.#topPx = Math.min(Math.max(this.#topPx, 0), this.#maxTopPx);
    this.#scrollTopPx = this.restingScrollTopPx;
    return this.#scrollTopPx;
  }

  get #isScaled(): boolean {
    return this.count * this.rowHeightPx > this.#maxHeightPx;
  }

  get #maxTopPx(): number {
    return Math.max(0, this.count * this.rowHeightPx - this.viewHeightPx);
  }
}

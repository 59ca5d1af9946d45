// The panel: state, and how the parts hang together. It knows sources and stores by their interfaces only; who
// registers the element hands in how to make them (define.ts).

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { LogRecord, Selected, Source, SourceState, Store, StoreOptions } from "../types.js";
import { copyText, saveText } from "./clipboard.js";
import { detailsTemplate } from "./details.js";
import { Feed } from "./feed.js";
import { anySet, type Filters, NO_FILTERS, selectionOf } from "./filters.js";
import { RowList } from "./list.js";
import { connectionTemplate, messageTemplate, stateTemplate } from "./messages.js";
import { fromOf, keyOf, rowTemplate } from "./row.js";
import { style } from "./style.js";
import { toolbarTemplate } from "./toolbar.js";

/** How the panel gets its lines and where it keeps them. */
export interface PanelParts {
  openSource(src: string, options: { refreshMs: number }): Source;
  openStore(options: StoreOptions): Promise<Store>;
}

/** Properties whose change means another reading. */
const RECONNECT = ["src", "tz", "refresh", "noRedact"] as const;
/** How often ages such as `15m` are looked at again while no line comes. */
const AGE_CHECK_MS = 5000;
/** How long "Copied" stays. */
const NOTICE_MS = 2500;
/** The spoken count changes at most this often. */
const SPOKEN_EVERY_MS = 4000;

/**
 * Shows a log with filters, live. Attributes: `src`, `theme` (`light`, `dark`), `tz` (`UTC`, `local`, IANA name),
 * `refresh` (seconds between looks at a file; 0 for never), `empty-text`, `label`, `no-redact`. Events:
 * `jobtrail-rows` (`detail`: `total`, `count`), `jobtrail-state` (`detail`: the source's state), `jobtrail-filter`
 * (`detail`: the filters).
 */
export class JobtrailPanel extends LitElement {
  static override styles = style;
  static override properties = {
    src: {},
    theme: { reflect: true },
    tz: {},
    refresh: { type: Number },
    emptyText: { attribute: "empty-text" },
    label: {},
    noRedact: { type: Boolean, attribute: "no-redact" },
    filters: { attribute: false },
  };
  /** Set once, by who registers the element. */
  static parts: PanelParts;

  declare src: string;
  declare theme: string;
  declare tz: string;
  declare refresh: number;
  declare emptyText: string;
  declare label: string;
  declare noRedact: boolean;
  declare filters: Filters;

  #feed: Feed | null = null;
  readonly #list = new RowList(() => this.requestUpdate());
  /** The record in the details pane, and where it stands in the selection. */
  #chosen: { record: LogRecord; index: number; text: Promise<string | null> } | null = null;
  #showsOrigins = false;
  #toldState: SourceState | undefined;
  #notice = "";
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;
  #spoken = "";
  #spokenTimer: ReturnType<typeof setTimeout> | undefined;
  #ageTimer: ReturnType<typeof setInterval> | undefined;
  readonly #resized = new ResizeObserver(() => this.requestUpdate());

  constructor() {
    super();
    this.src = "";
    this.theme = "";
    this.tz = "UTC";
    this.refresh = 2;
    this.emptyText = "";
    this.label = "Job log";
    this.noRedact = false;
    this.filters = NO_FILTERS;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#connect();
    this.#ageTimer = setInterval(() => {
      if (this.filters.time !== "") this.#feed?.refresh();
    }, AGE_CHECK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#ageTimer);
    clearTimeout(this.#spokenTimer);
    clearTimeout(this.#noticeTimer);
    this.#resized.disconnect();
    this.#feed?.close();
    this.#feed = null;
  }

  protected override willUpdate(changed: PropertyValues<JobtrailPanel>): void {
    if (RECONNECT.some((name) => changed.has(name))) this.#connect();
    if (changed.has("filters")) this.#feed?.reselect();
  }

  protected override render(): TemplateResult {
    const feed = this.#feed;
    const count = feed?.selected?.count ?? 0;
    return html`<div class="panel">
      ${toolbarTemplate({
        filters: this.filters,
        problem: feed?.problem ?? null,
        selected: feed?.selected ?? null,
        change: (change) => this.#filter(change),
        copy: () => void this.#copy(this.#shownText(), `Copied ${lines(count)}`),
        save: () => void this.#saveShown(),
      })}
      ${stateTemplate(feed, () => feed?.retry())}
      <div class="view">
        <div
          class="list ${feed?.selected?.jobs.length ? "with-jobs" : ""} ${this.#hasOrigins() ? "with-from" : ""}"
          role="log"
          aria-live="off"
          aria-label=${this.label}
          aria-describedby="keys"
          tabindex="0"
          @scroll=${() => this.#list.scrolled(this.#part(".list"))}
          @scrollend=${() => this.#list.rest(this.#part(".list"))}
          @click=${this.#pressed}
          @keydown=${this.#keyed}
        >
          <div class="content"><div class="rows">${this.#drawRows()}</div></div>
        </div>
        ${messageTemplate(feed, {
          src: this.src,
          emptyText: this.emptyText,
          filtered: anySet(this.filters),
          clear: () => this.#filter(NO_FILTERS),
          retry: () => feed?.retry(),
        })}
        ${this.#list.newCount === 0 ? nothing : this.#newLines(this.#list.newCount)}
      </div>
      ${this.#drawDetails()}
      <span id="keys" hidden>Enter opens the first line's details, arrow keys go through the lines, Escape closes.</span>
      <footer>
        ${connectionTemplate(feed)}
        <span class="counts" aria-hidden="true">${this.#notice || countText(feed?.selected)}</span>
        <span class="spoken" role="status">${this.#notice || this.#spoken}</span>
        <span class="space"></span>
        <button class="plain follow" aria-pressed=${this.#list.follows ? "true" : "false"} @click=${this.#toggleFollow}>
          Follow
        </button>
      </footer>
    </div>`;
  }

  protected override firstUpdated(): void {
    this.#resized.observe(this.#part(".list"));
  }

  protected override updated(): void {
    const parts = { scroller: this.#part(".list"), content: this.#part(".content"), rows: this.#part(".rows") };
    this.#list.place(parts, this.#feed);
  }

  #part(selector: string): HTMLElement {
    const found = this.renderRoot.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`the panel has no ${selector}`);
    return found;
  }

  #connect(): void {
    this.#feed?.close();
    this.#feed = null;
    this.#list.reset();
    this.#chosen = null;
    this.#showsOrigins = false;
    if (this.src === "" || !this.isConnected) return;
    const { openSource, openStore } = (this.constructor as typeof JobtrailPanel).parts;
    this.#feed = new Feed(
      openStore({ tz: this.tz, redact: !this.noRedact }),
      openSource(this.src, { refreshMs: this.refresh * 1000 }),
      () => selectionOf(this.filters, Date.now()),
      () => this.#changed(),
    );
    if (this.hasUpdated) this.#resized.observe(this.#part(".list"));
  }

  #changed(): void {
    const { selected, sourceState } = this.#feed ?? {};
    if (selected) this.#tell("jobtrail-rows", { total: selected.total, count: selected.count });
    if (sourceState && sourceState !== this.#toldState) this.#tell("jobtrail-state", sourceState);
    this.#toldState = sourceState;
    this.#speak();
    this.requestUpdate();
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #filter(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    this.#list.follow(true);
    this.#tell("jobtrail-filter", this.filters);
  }

  /** Draws the rows of the page that is there; the next page is asked for after that. */
  #drawRows(): TemplateResult[] {
    const { start, records } = this.#list.page;
    const chosen = this.#chosen;
    const open = chosen ? keyOf(chosen.record) : null;
    const namesSource = (this.#feed?.sources.size ?? 0) > 1;
    return records.map((record, place) => {
      const index = start + place;
      const isOpen = keyOf(record) === open;
      // Lines of another source may have come before it.
      if (chosen && isOpen) chosen.index = index;
      return rowTemplate(record, { index, tz: this.tz, namesSource, open: isOpen });
    });
  }

  /** True once any row had something to say in the column of origins; the column then stays. */
  #hasOrigins(): boolean {
    const named = (this.#feed?.sources.size ?? 0) > 1;
    this.#showsOrigins ||= this.#list.page.records.some((record) => fromOf(record, named) !== "");
    return this.#showsOrigins;
  }

  #pressed(event: Event): void {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>(".row");
    if (!row) return;
    const pressed = target.closest<HTMLElement>("[data-act]");
    // Someone who marks text to copy it does not want the row opened.
    const marking = !pressed && getSelection()?.type === "Range";
    if (pressed?.dataset.act === "job") this.#filter({ job: pressed.dataset.job ?? "" });
    else if (!marking) this.#choose(Number(row.dataset.index));
  }

  #keyed(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    // Enter on a row's own button is that button's.
    const onList = event.target === event.currentTarget;
    if (event.key === "Escape" && this.#chosen) this.#close();
    else if (event.key === "Enter" && onList && !this.#chosen) this.#choose(this.#list.first);
    else if (step !== undefined && this.#chosen) this.#choose(this.#chosen.index + step);
    else return;
    event.preventDefault();
  }

  /** Opens the details of a row; of the same row again, closes them. */
  #choose(index: number): void {
    const record = this.#list.record(index);
    if (!record) return;
    if (this.#chosen && keyOf(this.#chosen.record) === keyOf(record)) this.#close();
    else this.#open(record, index);
  }

  #open(record: LogRecord, index: number): void {
    // The row's place changes when earlier lines come from another source: its text is asked for now.
    const text = this.#feed?.textOf(index).catch(() => null) ?? Promise.resolve(null);
    this.#chosen = { record, index, text };
    this.#list.follow(false);
    // The pane takes room from the list: only then is it known whether the row is still in sight.
    void this.updateComplete.then(() => this.#list.reveal(this.#part(".list"), index));
  }

  #close(): void {
    this.#chosen = null;
    this.requestUpdate();
    this.#part(".list").focus({ preventScroll: true });
  }

  #drawDetails(): TemplateResult | typeof nothing {
    const chosen = this.#chosen;
    if (!chosen) return nothing;
    return detailsTemplate(chosen.record, this.tz, {
      copyLine: () => void this.#copy(chosen.text, "Copied the line"),
      copyJson: () => void this.#copy(JSON.stringify(chosen.record, null, 2), "Copied the record as JSON"),
      filterJob: (job) => this.#filter({ job }),
      close: () => this.#close(),
    });
  }

  #newLines(count: number): TemplateResult {
    const words = `${count.toLocaleString("en")} new ${count === 1 ? "line" : "lines"}`;
    return html`<button class="new-lines" @click=${this.#toggleFollow}>↓ ${words}</button>`;
  }

  #toggleFollow(): void {
    this.#list.follow(!this.#list.follows);
  }

  /** Gives the text of what is shown; null if the store cannot answer any more, which the feed tells by itself. */
  async #shownText(): Promise<string | null> {
    return (await this.#feed?.text().catch(() => null)) ?? null;
  }

  async #saveShown(): Promise<void> {
    const text = await this.#shownText();
    if (text === null) this.#note("There is nothing to save");
    else saveText(text, "jobtrail.log");
  }

  async #copy(wanted: string | null | Promise<string | null>, done: string): Promise<void> {
    const text = await wanted;
    if (text === null) this.#note("There is nothing to copy");
    else this.#note((await copyText(text)) ? done : "The browser does not allow copying here");
  }

  /** Says something in the place of the count, for a moment. */
  #note(text: string): void {
    this.#notice = text;
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => this.#note(""), NOTICE_MS);
    if (text === "") clearTimeout(this.#noticeTimer);
    this.requestUpdate();
  }

  /** Renews the spoken count, not with every line: a screen reader would never end. */
  #speak(): void {
    this.#spokenTimer ??= setTimeout(
      () => {
        this.#spokenTimer = undefined;
        this.#spoken = countText(this.#feed?.selected);
        this.requestUpdate();
      },
      this.#spoken === "" ? 0 : SPOKEN_EVERY_MS,
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "jobtrail-panel": JobtrailPanel;
  }
}

function countText(selected: Selected | null | undefined): string {
  if (!selected) return "";
  const { count, total } = selected;
  return count === total ? lines(total) : `${count.toLocaleString("en")} of ${lines(total)}`;
}

function lines(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "line" : "lines"}`;
}

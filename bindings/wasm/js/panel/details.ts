// The pane under the list: everything about one record. The list's rows keep their height.

import { html, nothing, type TemplateResult } from "lit";
import type { Json, LogRecord } from "../types.js";
import { lineCount } from "./row.js";
import { shownTime } from "./times.js";

/** What the pane's buttons do. */
export interface DetailsActions {
  copyLine(): void;
  copyJson(): void;
  filterJob(job: string): void;
  close(): void;
}

/** A longer object or list in the fields is spread over lines. */
const MAX_INLINE_CHARS = 80;

/** Draws the pane. */
export function detailsTemplate(record: LogRecord, tz: string, actions: DetailsActions): TemplateResult {
  const level = (record.level ?? "none").toLowerCase();
  const keyed = (event: KeyboardEvent) => {
    if (event.key === "Escape") actions.close();
  };
  return html`<section class="details ${level}" aria-label="Details of the chosen line" @keydown=${keyed}>
    <header>
      <span class="level">${record.level ?? "no level"}</span>
      ${record.timestamp === null ? nothing : stamp(record.timestamp, tz)}
      ${record.job_id === null ? nothing : jobButton(record.job_id, actions)}
      <span class="space"></span>
      <button class="plain" @click=${actions.copyLine}>Copy line</button>
      <button class="plain" @click=${actions.copyJson}>Copy JSON</button>
      <button class="plain close" aria-label="Close details" @click=${actions.close}>✕</button>
    </header>
    <div class="body" tabindex="0" role="group" aria-label="Record">
      <pre class="text">${record.message}</pre>
      ${record.exception === null ? nothing : trace(record.exception)} ${facts(record)}
    </div>
  </section>`;
}

function stamp(timestamp: string, tz: string): TemplateResult {
  const { date, clock } = shownTime(timestamp, tz);
  return html`<time datetime=${timestamp} title=${timestamp}>${date} ${clock}</time>`;
}

function jobButton(job: string, actions: DetailsActions): TemplateResult {
  return html`<button class="chip" title="Show only ${job}" @click=${() => actions.filterJob(job)}>${job}</button>`;
}

function trace(exception: string): TemplateResult {
  return html`<details class="exception" open>
    <summary>Stack trace · ${lineCount(exception)} lines</summary>
    <pre>${exception}</pre>
  </details>`;
}

function facts(record: LogRecord): TemplateResult {
  const place = record.line === null ? record.source : `${record.source ?? "line"}:${record.line}`;
  const own: [string, Json][] = [
    ["logger", record.logger],
    ["component", record.component],
    ["pid", record.pid],
    ["thread", record.thread],
    ["project_id", record.project_id],
    ["user_id", record.user_id],
    ["status", record.status],
  ];
  const rest: [string, Json][] = [
    ["source", place],
    ["format", record.format],
  ];
  const shown = [...own, ...Object.entries(record.fields), ...rest].filter(([, value]) => value !== null);
  return html`<dl>
    ${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${valueTemplate(value)}</dd></div>`)}
  </dl>`;
}

function valueTemplate(value: Json): TemplateResult | string {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return html`<pre>${spread(value, "")}</pre>`;
}

/** JSON in which only what is too long for a line is spread over several. */
function spread(value: Json, indent: string): string {
  const short = JSON.stringify(value);
  if (short.length <= MAX_INLINE_CHARS || value === null || typeof value !== "object") return short;
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => `${inner}${spread(item, inner)}`)
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${spread(item, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${items.join(",\n")}\n${indent}${close}`;
}

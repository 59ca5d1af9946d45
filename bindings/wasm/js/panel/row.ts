// One row of the list. Log text only ever becomes text nodes.

import { html, nothing, type TemplateResult } from "lit";
import type { LogRecord } from "../types.js";
import { shownTime } from "./times.js";

/** What a row needs beyond its record. */
export interface RowView {
  /** Place in the selection, from 0. */
  index: number;
  tz: string;
  /** Lines come from several sources: where nothing else tells them apart, their names do. */
  namesSource: boolean;
  /** The row's details are open. */
  open: boolean;
}

/** Longest message put into a row; the details show all of it. */
const MAX_ROW_CHARS = 1000;

/** Draws a row. The element finds the row by `data-index` and what was pressed by `data-act`. */
export function rowTemplate(record: LogRecord, view: RowView): TemplateResult {
  const level = (record.level ?? "none").toLowerCase();
  return html`<div
    class="row ${level} ${view.open ? "open" : ""}"
    data-index=${view.index}
    data-key=${keyOf(record)}
  >
    ${timeCell(record, view.tz)}
    <span class="level">${record.level ?? nothing}</span>
    ${jobCell(record)}
    <span class="from" title=${origin(record)}>${fromOf(record, view.namesSource)}</span>
    <span class="message">${firstLine(record.message)}${traceChip(record)}</span>
    <button
      class="more"
      data-act="details"
      tabindex="-1"
      aria-expanded=${view.open ? "true" : "false"}
      aria-label=${`Details of row ${view.index + 1}`}
    ></button>
  </div>`;
}

/** The shortest name of where a record comes from. */
export function fromOf(record: LogRecord, namesSource: boolean): string {
  return record.component ?? record.logger ?? (namesSource ? record.source : null) ?? "";
}

/** What makes a record the same one after more lines have come; offsets begin anew with a rotated file. */
export function keyOf({ source, offset, timestamp }: LogRecord): string {
  return `${source ?? ""}@${offset}@${timestamp ?? ""}`;
}

/** Number of lines in a stack trace. */
export function lineCount(text: string): number {
  return text.replace(/\n+$/, "").split("\n").length;
}

function timeCell(record: LogRecord, tz: string): TemplateResult {
  if (record.timestamp === null) return html`<span class="time"></span>`;
  const { date, clock } = shownTime(record.timestamp, tz);
  return html`<time class="time" datetime=${record.timestamp}><span class="date">${date} </span>${clock}</time>`;
}

function jobCell({ job_id: job }: LogRecord): TemplateResult {
  if (job === null) return html`<span class="job"></span>`;
  const title = `Show only ${job}`;
  return html`<span class="job"><button class="chip" data-act="job" data-job=${job} tabindex="-1" title=${title}>${job}</button></span>`;
}

function traceChip(record: LogRecord): TemplateResult | typeof nothing {
  if (record.exception === null) return nothing;
  const lines = lineCount(record.exception);
  return html`<button class="trace-chip" data-act="details" tabindex="-1">stack trace, ${lines} lines</button>`;
}

function firstLine(message: string): string {
  const end = message.indexOf("\n");
  const line = end < 0 ? message : `${message.slice(0, end)} …`;
  return line.length > MAX_ROW_CHARS ? `${line.slice(0, MAX_ROW_CHARS)} …` : line;
}

function origin(record: LogRecord): string {
  return [record.source, record.component, record.logger].filter((part) => part !== null).join(" · ");
}

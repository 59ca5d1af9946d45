// The state of the filters, and how it becomes a selection.

import type { Level, Selection } from "../types.js";

/** A quick filter: one button, one or two levels. */
export interface QuickLevel {
  name: string;
  levels: Level[];
}

/** The buttons, most urgent first. */
export const QUICK_LEVELS: QuickLevel[] = [
  { name: "Errors", levels: ["ERROR", "CRITICAL"] },
  { name: "Warnings", levels: ["WARNING"] },
  { name: "Info", levels: ["INFO"] },
  { name: "Debug", levels: ["DEBUG", "TRACE"] },
];

/** Choices of the time filter; `custom` opens two fields of free text. */
export const TIMES: [value: string, label: string][] = [
  ["", "Any time"],
  ["5m", "Last 5 minutes"],
  ["15m", "Last 15 minutes"],
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["today", "Today"],
  ["custom", "From … to …"],
];

/** What the user has set. */
export interface Filters {
  query: string;
  job: string;
  /** One of `TIMES`. */
  time: string;
  since: string;
  until: string;
  /** Names of the pressed quick filters. */
  levels: string[];
}

/** Nothing set. */
export const NO_FILTERS: Filters = { query: "", job: "", time: "", since: "", until: "", levels: [] };

/** True if any filter could leave a row out. */
export function anySet(filters: Filters): boolean {
  const { query, job, time, levels } = filters;
  return query.trim() !== "" || job.trim() !== "" || time !== "" || levels.length > 0;
}

/** Spells the filters as a selection. */
export function selectionOf(filters: Filters, nowMs: number): Selection {
  const custom = filters.time === "custom";
  return {
    query: filters.query,
    job: filters.job,
    since: custom ? filters.since : filters.time,
    until: custom ? filters.until : "",
    levels: QUICK_LEVELS.filter(({ name }) => filters.levels.includes(name)).flatMap(({ levels }) => levels),
    nowMs,
  };
}

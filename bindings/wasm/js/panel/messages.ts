// What the panel says instead of rows, or above them: loading, empty, nothing found, failed.

import { html, nothing, type TemplateResult } from "lit";
import type { Feed } from "./feed.js";

/** What a message needs to know, and what its buttons do. */
export interface MessageView {
  src: string;
  emptyText: string;
  filtered: boolean;
  clear(): void;
  retry(): void;
}

/** Draws a bar over the rows when the source has failed; `nothing` when all is well. */
export function stateTemplate(feed: Feed | null, retry: () => void): TemplateResult | typeof nothing {
  if (feed?.broken) return html`<div class="banner" role="alert">The panel has stopped: ${feed.broken}</div>`;
  if (feed?.sourceState.kind !== "failed" || !feed.selected?.total) return nothing;
  return html`<div class="banner" role="alert">
    <span>Not live: ${feed.sourceState.message}. Trying again.</span>
    <button class="plain" @click=${retry}>Try now</button>
  </div>`;
}

/** Draws a dot and a word for how the source is doing. */
export function connectionTemplate(feed: Feed | null): TemplateResult {
  const kind = feed?.broken ? "failed" : (feed?.sourceState.kind ?? "ended");
  const word = { loading: "Loading", live: "Live", ended: "At rest", failed: "Not live" }[kind];
  return html`<span class="connection ${kind}">${word}</span>`;
}

/** Draws the message in the middle of an empty list; `nothing` when there are rows. */
export function messageTemplate(feed: Feed | null, view: MessageView): TemplateResult | typeof nothing {
  if (!feed) return center("No log chosen", "Set the attribute src to the address of a log.");
  if (feed.broken || feed.selected?.count) return nothing;
  if (feed.selected?.total) {
    return center(
      "No line matches these filters",
      `${feed.selected.total.toLocaleString("en")} lines are there.`,
      view.filtered ? html`<button class="plain" @click=${view.clear}>Clear filters</button>` : nothing,
    );
  }
  const state = feed.sourceState;
  if (state.kind === "failed") {
    return center(
      state.status === 404 ? "This log is not there" : "The log cannot be read",
      `${state.message}. Trying again.`,
      html`<button class="plain" @click=${view.retry}>Try now</button>`,
      "alert",
    );
  }
  if (state.kind === "loading" || !feed.selected) return center("Loading …", "");
  return center(view.emptyText || emptyText(view.src), "New lines will appear here.");
}

/** What an empty log means depends on which it is: a month's job events, or any other. */
function emptyText(src: string): string {
  return /(^|[/=])jobs_\d{4}-\d{2}\.jsonl/.test(decodeURIComponent(src))
    ? "No jobs have run yet this month"
    : "No lines yet";
}

function center(
  title: string,
  text: string,
  action: TemplateResult | typeof nothing = nothing,
  role: "alert" | "note" = "note",
): TemplateResult {
  return html`<div class="center" role=${role}>
    <p class="title">${title}</p>
    ${text === "" ? nothing : html`<p>${text}</p>`} ${action}
  </div>`;
}

// The controls over the list: search, time, job, quick filters by level, copy and save.

import { html, nothing, type TemplateResult } from "lit";
import type { FilterPart, FilterProblem, LevelCounts, Selected } from "../types.js";
import { type Filters, QUICK_LEVELS, type QuickLevel, TIMES } from "./filters.js";

/** What the controls show and do. */
export interface ToolbarView {
  filters: Filters;
  problem: FilterProblem | null;
  selected: Selected | null;
  change(change: Partial<Filters>): void;
  copy(): void;
  save(): void;
}

/** Draws the controls. */
export function toolbarTemplate(view: ToolbarView): TemplateResult {
  return html`<div class="toolbar" role="group" aria-label="Filters">
      <div class="fields">${searchField(view)} ${timeField(view)} ${jobField(view)}</div>
      <div class="buttons">
        <div class="levels" role="group" aria-label="Levels">
          ${QUICK_LEVELS.map((quick) => levelButton(quick, view))}
        </div>
        <span class="space"></span>
        <button class="plain" ?disabled=${!view.selected?.count} @click=${view.copy}>Copy shown</button>
        <button class="plain" ?disabled=${!view.selected?.count} @click=${view.save}>Save</button>
      </div>
    </div>
    ${view.problem === null ? nothing : problemTemplate(view.problem, view.filters)}`;
}

function searchField({ filters, problem, change }: ToolbarView): TemplateResult {
  return html`<input
    class="search"
    type="search"
    spellcheck="false"
    autocomplete="off"
    aria-label="Search"
    aria-invalid=${invalid("query", problem)}
    aria-describedby="problem"
    placeholder='Search: failed, "connection lost", level>=warning, user:7, -health'
    .value=${filters.query}
    @input=${(event: Event) => change({ query: typedIn(event) })}
  />`;
}

function timeField({ filters, problem, change }: ToolbarView): TemplateResult {
  const free = (part: "since" | "until", label: string, hint: string) =>
    html`<input
      class="time-text"
      spellcheck="false"
      autocomplete="off"
      aria-label=${label}
      aria-invalid=${invalid(part, problem)}
      placeholder=${hint}
      .value=${filters[part]}
      @input=${(event: Event) => change({ [part]: typedIn(event) })}
    />`;
  return html`<select
      class="time-choice"
      aria-label="Time"
      .value=${filters.time}
      @change=${(event: Event) => change({ time: typedIn(event) })}
    >
      ${TIMES.map(([value, label]) => html`<option value=${value} ?selected=${value === filters.time}>${label}</option>`)}
    </select>
    ${filters.time === "custom" ? [free("since", "From", "from: 14:30, 2h, 2026-01-05"), free("until", "To", "to: 15:00, now")] : nothing}`;
}

function jobField({ filters, problem, selected, change }: ToolbarView): TemplateResult {
  return html`<input
      class="job-choice"
      list="jobs"
      spellcheck="false"
      autocomplete="off"
      aria-label="Job"
      aria-invalid=${invalid("job", problem)}
      placeholder="Any job"
      .value=${filters.job}
      @input=${(event: Event) => change({ job: typedIn(event) })}
    />
    <datalist id="jobs">${selected?.jobs.map((job) => html`<option value=${job}></option>`)}</datalist>`;
}

function levelButton({ name, levels }: QuickLevel, { filters, selected, change }: ToolbarView): TemplateResult {
  const pressed = filters.levels.includes(name);
  const others = filters.levels.filter((other) => other !== name);
  return html`<button
    class="quick ${(levels[0] ?? "").toLowerCase()}"
    aria-pressed=${pressed ? "true" : "false"}
    @click=${() => change({ levels: pressed ? others : [...others, name] })}
  >
    ${name} <span class="count">${countOf(levels, selected?.levels)}</span>
  </button>`;
}

/** The text that was refused, and under it a mark at the column. */
function problemTemplate(problem: FilterProblem, filters: Filters): TemplateResult {
  const typed = filters[problem.part];
  return html`<div class="problem" id="problem" role="alert">
    <span>${sentence(problem)}</span>
    <pre aria-hidden="true">${typed}\n${" ".repeat(problem.column)}^</pre>
  </div>`;
}

function sentence({ part, expected, column }: FilterProblem): string {
  const name = { query: "Search", job: "Job", since: "From", until: "To" }[part];
  return `${name}: expected ${expected} at column ${column + 1}`;
}

function countOf(levels: QuickLevel["levels"], counts: LevelCounts | undefined): string {
  return levels.reduce((sum, level) => sum + (counts?.[level] ?? 0), 0).toLocaleString("en");
}

function invalid(part: FilterPart, problem: FilterProblem | null): "true" | "false" {
  return problem?.part === part ? "true" : "false";
}

function typedIn(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}

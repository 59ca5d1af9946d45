// How the panel looks. Colours follow the page's scheme (or the `theme` attribute); every colour, the font and the
// height can be set from outside by a `--jobtrail-...` property.

import { css } from "lit";

const theme = css`
  :host {
    color-scheme: light dark;
    --bg: var(--jobtrail-background, light-dark(#ffffff, #11151c));
    --raised: var(--jobtrail-raised, light-dark(#f5f7fa, #191f29));
    --hover: var(--jobtrail-hover, light-dark(#eef2f8, #1e2633));
    --fg: var(--jobtrail-text, light-dark(#1a2230, #dce3ee));
    --muted: var(--jobtrail-muted, light-dark(#586478, #94a1b5));
    --line: var(--jobtrail-border, light-dark(#dbe1ea, #2b3442));
    --accent: var(--jobtrail-accent, light-dark(#1f5fd0, #7db0ff));
    --on-accent: light-dark(#ffffff, #0c1626);
    --error: var(--jobtrail-error, light-dark(#b3261e, #ff9c94));
    --error-bg: light-dark(#fdeceb, #391a1c);
    --critical-bg: light-dark(#b3261e, #ff9c94);
    --on-critical: light-dark(#ffffff, #330b0d);
    --warning: var(--jobtrail-warning, light-dark(#855400, #f3c063));
    --warning-bg: light-dark(#fff4dd, #33280f);
    --info: var(--jobtrail-info, light-dark(#14633f, #74d3a2));
    --info-bg: light-dark(#e6f5ec, #142c20);
    --debug: var(--jobtrail-debug, light-dark(#4a5870, #a3b1c6));
    --debug-bg: light-dark(#edf0f5, #222b38);
    --mono: var(--jobtrail-font, ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas,
      "DejaVu Sans Mono", monospace);
    --sans: var(--jobtrail-ui-font, system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif);
    display: block;
    height: var(--jobtrail-height, 480px);
    min-height: 220px;
    color: var(--fg);
    font: 13px / 1.4 var(--sans);
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
`;

const frame = css`
  .panel {
    container: panel / inline-size;
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow: hidden;
    background: var(--bg);
    border: 1px solid var(--line);
    border-radius: var(--jobtrail-radius, 10px);
  }
  .space {
    flex: 1;
  }
  .toolbar {
    display: grid;
    gap: 8px;
    padding: 10px;
    background: var(--raised);
    border-bottom: 1px solid var(--line);
  }
  .fields,
  .buttons {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  input,
  select,
  button {
    font: inherit;
    color: inherit;
    height: 30px;
    border: 1px solid var(--line);
    border-radius: 7px;
    background: var(--bg);
  }
  input,
  select {
    padding: 0 9px;
    min-width: 0;
  }
  input::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  input[aria-invalid="true"] {
    border-color: var(--error);
    background: var(--error-bg);
  }
  .search {
    flex: 1 1 260px;
    font-family: var(--mono);
    font-size: 12.5px;
  }
  .job-choice {
    width: 150px;
    font-family: var(--mono);
    font-size: 12.5px;
  }
  .time-text {
    width: 170px;
  }
  button {
    cursor: pointer;
    padding: 0 11px;
    white-space: nowrap;
  }
  button:hover:not(:disabled) {
    background: var(--hover);
  }
  button:disabled {
    cursor: default;
    color: var(--muted);
    opacity: 0.7;
  }
  .levels {
    display: flex;
    gap: 6px;
  }
  .quick {
    border-radius: 15px;
    border-color: transparent;
    font-weight: 550;
  }
  .quick .count {
    margin-left: 3px;
    font-variant-numeric: tabular-nums;
    font-weight: 400;
  }
  .quick.error {
    color: var(--error);
    background: var(--error-bg);
  }
  .quick.warning {
    color: var(--warning);
    background: var(--warning-bg);
  }
  .quick.info {
    color: var(--info);
    background: var(--info-bg);
  }
  .quick.debug {
    color: var(--debug);
    background: var(--debug-bg);
  }
  .quick:hover:not(:disabled) {
    border-color: currentcolor;
  }
  .quick.error:hover {
    background: var(--error-bg);
  }
  .quick.warning:hover {
    background: var(--warning-bg);
  }
  .quick.info:hover {
    background: var(--info-bg);
  }
  .quick.debug:hover {
    background: var(--debug-bg);
  }
  .quick[aria-pressed="true"] {
    border-color: currentcolor;
    box-shadow: inset 0 0 0 1px currentcolor;
  }
  .quick[aria-pressed="true"]::before {
    content: "✓ ";
  }
  .problem {
    padding: 6px 12px 8px;
    color: var(--error);
    background: var(--error-bg);
    border-bottom: 1px solid var(--line);
  }
  .problem pre {
    margin: 2px 0 0;
    font: 12.5px / 1.3 var(--mono);
    overflow-x: auto;
  }
  .banner {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 6px 12px;
    color: var(--warning);
    background: var(--warning-bg);
    border-bottom: 1px solid var(--line);
  }
  footer {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 5px 10px;
    color: var(--muted);
    background: var(--raised);
    border-top: 1px solid var(--line);
    font-variant-numeric: tabular-nums;
  }
  footer button {
    height: 24px;
    padding: 0 9px;
  }
  .follow[aria-pressed="true"] {
    color: var(--on-accent);
    background: var(--accent);
    border-color: var(--accent);
  }
  .connection {
    display: flex;
    align-items: center;
    gap: 6px;
    margin-right: 6px;
    color: var(--fg);
  }
  .connection::before {
    content: "";
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--muted);
  }
  .connection.live::before {
    background: light-dark(#1a8f55, #4cc78a);
  }
  .connection.failed::before {
    background: light-dark(#c4372d, #ff8a80);
  }
  .spoken {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
`;

const list = css`
  .view {
    position: relative;
    flex: 1;
    min-height: 0;
  }
  .list {
    --row: 26px;
    --job: 0;
    --from: 0;
    height: 100%;
    overflow: auto;
    overflow-anchor: none;
    font: 12.5px / 26px var(--mono);
  }
  .list.with-jobs {
    --job: 17ch;
  }
  .list.with-from {
    --from: minmax(0, 14ch);
  }
  .content {
    position: relative;
    overflow: clip;
    min-height: 100%;
  }
  .rows {
    position: absolute;
    inset: 0 0 auto;
  }
  .row {
    display: grid;
    grid-template-columns: 25ch 10ch var(--job) var(--from) minmax(0, 1fr) 26px;
    height: var(--row);
    padding-left: 9px;
    border-left: 3px solid transparent;
    white-space: pre;
    cursor: pointer;
  }
  .row > :is(.level, .job, .from):not(:empty) {
    margin-right: 10px;
  }
  .row > * {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .row:hover {
    background: var(--hover);
  }
  .row.error,
  .row.critical {
    border-left-color: var(--error);
    background: color-mix(in srgb, var(--error-bg) 55%, transparent);
  }
  .row.warning {
    border-left-color: var(--warning);
  }
  .row.open {
    background: color-mix(in srgb, var(--accent) 14%, var(--bg));
  }
  .time {
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  .level {
    align-self: center;
    justify-self: start;
    padding: 0 6px;
    border-radius: 4px;
    font: 600 11px / 18px var(--mono);
  }
  .level:empty {
    visibility: hidden;
  }
  .error .level,
  .level.error {
    color: var(--error);
    background: var(--error-bg);
  }
  .critical .level {
    color: var(--on-critical);
    background: var(--critical-bg);
  }
  .warning .level {
    color: var(--warning);
    background: var(--warning-bg);
  }
  .info .level {
    color: var(--info);
    background: var(--info-bg);
  }
  .debug .level,
  .trace .level,
  .none .level {
    color: var(--debug);
    background: var(--debug-bg);
  }
  .job {
    display: flex;
    align-items: center;
  }
  .from {
    color: var(--muted);
  }
  .chip {
    height: 20px;
    max-width: 100%;
    padding: 0 7px;
    overflow: hidden;
    text-overflow: ellipsis;
    border-radius: 10px;
    color: var(--accent);
    background: color-mix(in srgb, var(--accent) 9%, var(--bg));
    border-color: color-mix(in srgb, var(--accent) 32%, var(--bg));
    font: 11.5px / 18px var(--mono);
    vertical-align: middle;
  }
  .trace-chip {
    height: 19px;
    margin-left: 10px;
    padding: 0 7px;
    color: var(--error);
    background: var(--bg);
    border-color: color-mix(in srgb, var(--error) 40%, var(--bg));
    font: 11px / 17px var(--sans);
    vertical-align: middle;
  }
  .more {
    align-self: center;
    width: 22px;
    height: 22px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--muted);
    line-height: 20px;
  }
  .more::before {
    content: "›";
    display: inline-block;
    font-size: 16px;
  }
  .more[aria-expanded="true"]::before {
    transform: rotate(90deg);
  }
  .new-lines {
    position: absolute;
    left: 50%;
    bottom: 12px;
    transform: translateX(-50%);
    border-radius: 16px;
    color: var(--on-accent);
    background: var(--accent);
    border-color: var(--accent);
    font-weight: 600;
    box-shadow: 0 3px 12px rgb(0 0 0 / 25%);
  }
  .new-lines:hover:not(:disabled) {
    background: var(--accent);
    filter: brightness(1.08);
  }
  .center {
    position: absolute;
    inset: 0;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 4px;
    padding: 16px;
    text-align: center;
    color: var(--muted);
    pointer-events: none;
  }
  .center p {
    margin: 0;
  }
  .center .title {
    color: var(--fg);
    font-size: 15px;
    font-weight: 600;
  }
  .center button {
    margin-top: 10px;
    pointer-events: auto;
  }
`;

const pane = css`
  .details {
    display: flex;
    flex-direction: column;
    max-height: 50%;
    border-top: 2px solid var(--line);
    background: var(--bg);
  }
  .details.error,
  .details.critical {
    border-top-color: var(--error);
  }
  .details.warning {
    border-top-color: var(--warning);
  }
  .details header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 6px 10px;
    background: var(--raised);
    border-bottom: 1px solid var(--line);
  }
  .details header time {
    font: 12.5px var(--mono);
    color: var(--muted);
  }
  .details header button:not(.chip) {
    height: 25px;
    padding: 0 9px;
  }
  .details .body {
    overflow: auto;
    padding: 10px 12px;
  }
  .details pre {
    margin: 0;
    font: 12.5px / 1.5 var(--mono);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .exception {
    margin-top: 10px;
    padding: 7px 10px;
    border-radius: 7px;
    background: var(--error-bg);
  }
  .exception summary {
    cursor: pointer;
    color: var(--error);
    font-weight: 600;
  }
  .exception pre {
    margin-top: 6px;
  }
  dl {
    display: grid;
    gap: 2px 14px;
    margin: 10px 0 0;
  }
  dl > div {
    display: grid;
    grid-template-columns: minmax(90px, 16ch) minmax(0, 1fr);
    gap: 12px;
    font: 12.5px / 1.5 var(--mono);
  }
  dt {
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  dd {
    margin: 0;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
`;

const narrow = css`
  @container panel (max-width: 900px) {
    .row {
      grid-template-columns: 14ch 10ch var(--job) minmax(0, 1fr) 26px;
    }
    .row .date,
    .row .from {
      display: none;
    }
  }
  @container panel (max-width: 560px) {
    .toolbar,
    .fields,
    .buttons {
      gap: 6px;
    }
    .toolbar {
      padding: 8px;
    }
    .fields .search {
      flex-basis: 100%;
    }
    .fields :is(.time-choice, .job-choice, .time-text) {
      flex: 1 1 40%;
      width: auto;
    }
    .levels {
      flex: 1 1 100%;
      gap: 4px;
    }
    .quick {
      flex: 1 1 auto;
      padding: 0 6px;
      font-size: 12px;
    }
    .buttons .space {
      display: none;
    }
    .buttons .plain {
      flex: 1;
    }
    .list {
      --row: 48px;
      line-height: 22px;
    }
    .row {
      grid-template-columns: auto auto minmax(0, 1fr) 26px;
      column-gap: 10px;
      grid-template-rows: 22px 22px;
      padding-block: 2px;
      border-bottom: 1px solid var(--line);
    }
    .row > :is(.time, .level):empty {
      display: none;
    }
    .row > :is(.level, .job):not(:empty) {
      margin-right: 0;
    }
    .row .message {
      grid-area: 2 / 1 / 3 / 4;
    }
    .row .more {
      grid-area: 1 / 4 / 3 / 5;
    }
  }
`;

/** The panel's style sheets. */
export const style = [theme, frame, list, pane, narrow];

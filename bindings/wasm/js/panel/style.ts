// How the panel's frame looks, and all of its style sheets in their order.

import { css } from "lit";
import { details } from "./style-details.js";
import { list } from "./style-list.js";
import { theme } from "./style-theme.js";

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

/** The panel's style sheets; the narrow forms last, for they overrule. */
export const style = [theme, frame, list, details, narrow];

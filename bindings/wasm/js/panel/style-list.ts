// How the rows, and what lies over them, look.

import { css } from "lit";

/** The list of rows. */
export const list = css`
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
    right: 36px;
    bottom: 10px;
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

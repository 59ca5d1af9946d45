// How the details pane looks.

import { css } from "lit";

/** The pane under the list. */
export const details = css`
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

// Colours, fonts and sizes: they follow what the system prefers (or the `theme` attribute), and each can be set from outside by a
// `--jobtrail-...` property.

import { css } from "lit";

/** The host element and its variables. */
export const theme = css`
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

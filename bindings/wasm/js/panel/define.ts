// Registers `<jobtrail-panel>`.

import { JobtrailPanel, type PanelParts } from "./element.js";

/** Registers the element with the parts given; a second call, or a page that has it already, changes nothing. */
export function definePanel(parts: PanelParts): void {
  if (customElements.get("jobtrail-panel")) return;
  JobtrailPanel.parts = parts;
  customElements.define("jobtrail-panel", JobtrailPanel);
}

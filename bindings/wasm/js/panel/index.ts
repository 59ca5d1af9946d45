// `jobtrail/panel`: importing it registers `<jobtrail-panel>`, with lines over HTTP and a store in a worker.

import { openUrl } from "../client.js";
import { openStore } from "../remote.js";
import { definePanel } from "./define.js";

definePanel({ openSource: openUrl, openStore });

export { JobtrailPanel, type PanelParts } from "./element.js";
export type { Filters } from "./filters.js";

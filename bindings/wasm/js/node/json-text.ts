// Values as JSON text, whatever a program hands over: what JSON cannot hold stands there as its text.

/** Returns a value that JSON has (see `plain`) as Python's `json.dumps` writes it: spaced, everything beyond ASCII escaped. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).map(([key, one]) => `${quoted(key)}: ${pythonJson(one)}`);
    return `{${pairs.join(", ")}}`;
  }
  return typeof value === "string" ? quoted(value) : JSON.stringify(value);
}

function quoted(text: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escaped);
}

/**
 * Returns the value as JSON has it. What JSON cannot hold stands there as its text: a `bigint`, a symbol, a function, NaN,
 * a `Map` or `Set` as its entries, an error as its text, a ring as `[circular]`. Never throws.
 */
export function plain(value: unknown, above: readonly unknown[] = []): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return textOf(value);
  if (above.includes(value)) return "[circular]";
  if (above.length > 50) return "[too deep]";
  try {
    if (value instanceof Error) return textOf(value);
    if ("toJSON" in value && typeof value.toJSON === "function") return plain(value.toJSON(), [...above, value]);
    if (value instanceof Set) return [...value].map((one) => plain(one, [...above, value]));
    const pairs: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
    if (Array.isArray(value)) return value.map((one) => plain(one, [...above, value]));
    const kept = pairs.filter(([, one]) => one !== undefined);
    return Object.fromEntries(kept.map(([key, one]) => [String(key), plain(one, [...above, value])]));
  } catch (fault) {
    return `<without text: ${fault instanceof Error ? fault.name : "error"}>`;
  }
}

/** Returns a value's text; for one that has none, what can be said. */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch (fault) {
    return `<without text: ${fault instanceof Error ? fault.name : "error"}>`;
  }
}

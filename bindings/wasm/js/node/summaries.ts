// Values made short enough for a log: what a job was asked to do, never the whole of it. The same as in Python.

import { plain } from "./json-text.js";

/** How much of a value is shown. */
interface Measure {
  levels: number;
  items: number;
  characters: number;
}

// From generous to nothing but a count; the first one that fits is taken.
const MEASURES: Measure[] = [
  { levels: 5, items: 30, characters: 400 },
  { levels: 4, items: 15, characters: 200 },
  { levels: 3, items: 8, characters: 80 },
  { levels: 2, items: 5, characters: 40 },
  { levels: 1, items: 3, characters: 20 },
];
const NOTHING: Measure = { levels: 0, items: 0, characters: 20 };

/**
 * Returns a value like this one whose JSON takes no more than `maxBytes` (UTF-8), at least 64.
 *
 * Long texts keep their beginning, long lists and objects their first items, each with how much there was; what is nested
 * too deep is a count. A workflow graph, of nodes with a `class_type` or in the form of its editor, is never shown: only
 * how many nodes of which type it has. Bytes are a count. Never throws; the value is not changed.
 */
export function summarize(value: unknown, maxBytes = 2000): unknown {
  for (const measure of MEASURES) {
    const short = shortened(value, measure);
    if (Buffer.byteLength(JSON.stringify(short)) <= maxBytes) return short;
  }
  return shortened(value, NOTHING);
}

function shortened(value: unknown, measure: Measure): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean") return value;
  if (ArrayBuffer.isView(value)) return `(${many(value.byteLength, "byte")})`;
  if (value instanceof ArrayBuffer) return `(${many(value.byteLength, "byte")})`;
  if (Array.isArray(value)) return shortList(value, measure);
  if (value instanceof Map) return shortObject([...value], measure);
  if (isPlainObject(value)) return shortObject(Object.entries(value), measure);
  const text = plain(value);
  return typeof text === "string" ? shortText(text, measure.characters) : shortened(text, measure);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function shortText(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  return `${characters.slice(0, most).join("")}\u2026 (${many(characters.length, "character")})`;
}

function shortList(items: unknown[], measure: Measure): unknown {
  if (measure.levels === 0) return `(${many(items.length, "item")})`;
  const inner = { ...measure, levels: measure.levels - 1 };
  const shown = items.slice(0, measure.items).map((item) => shortened(item, inner));
  return items.length > shown.length ? [...shown, `\u2026 (${items.length - shown.length} more)`] : shown;
}

function shortObject(pairs: [unknown, unknown][], measure: Measure): unknown {
  const types = nodeTypes(pairs);
  if (types !== null) return shortWorkflow(types, measure);
  if (measure.levels === 0) return `(${many(pairs.length, "key")})`;
  const inner = { ...measure, levels: measure.levels - 1 };
  const first = pairs.slice(0, measure.items);
  const shown = Object.fromEntries(first.map(([key, value]) => [shortText(String(key), 60), shortened(value, inner)]));
  return pairs.length > first.length ? { ...shown, "\u2026": `${pairs.length - first.length} more` } : shown;
}

function shortWorkflow(types: string[], measure: Measure): unknown {
  const nodes = many(types.length, "node");
  if (measure.levels === 0) return `(workflow of ${nodes})`;
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  const counted = [...counts].sort(([a, m], [b, n]) => n - m || byCodePoint(a, b));
  const shown = Object.fromEntries(
    counted.slice(0, measure.items).map(([name, count]) => [shortText(name, 60), count]),
  );
  const rest = counted.length - Math.min(counted.length, measure.items);
  return { workflow: nodes, types: rest > 0 ? { ...shown, "\u2026": `${rest} more` } : shown };
}

/** Returns the types of a workflow's nodes; null for what is no workflow. */
function nodeTypes(pairs: [unknown, unknown][]): string[] | null {
  const nodes = pairs.find(([key]) => key === "nodes")?.[1];
  if (Array.isArray(nodes) && pairs.some(([key]) => key === "links")) {
    return nodes.map((node) => (isPlainObject(node) ? String((node as { type?: unknown }).type ?? "None") : "?"));
  }
  const isGraph = pairs.length > 0 && pairs.every(([, node]) => isPlainObject(node) && "class_type" in node);
  return isGraph ? pairs.map(([, node]) => String((node as { class_type: unknown }).class_type)) : null;
}

function byCodePoint(a: string, b: string): number {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return Buffer.compare(left, right);
}

function many(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

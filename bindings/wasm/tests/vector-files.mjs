// Finds the shared cases on the disk.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../../tests/vectors/", import.meta.url);

/** Path under tests/vectors and text (bytes for a `.log`) of every file. */
export function vectorFiles() {
  return Object.fromEntries(
    readdirSync(fileURLToPath(folder), { recursive: true })
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => /\.(jsonl|log)$/.test(path) && !path.startsWith("fixme/"))
      .sort()
      .map((path) => [path, readFileSync(new URL(path, folder), path.endsWith(".log") ? null : "utf8")]),
  );
}

/** The number of cases in each file, as core counted them. */
export function vectorCounts() {
  return JSON.parse(readFileSync(new URL("counts.json", folder), "utf8"));
}

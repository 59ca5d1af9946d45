// A zone's table of offsets from UTC, read out of Intl: core takes a table, for it has no data of its own.

/** A pair for each change of offset: milliseconds since 1970 of the change, seconds east of UTC from then on. */
export type Offsets = [atMs: number, secondsEast: number][];

const HOUR_MS = 3_600_000;
/** Half a month: no zone has changed its offset twice within that. */
const STEP_MS = 15 * 24 * HOUR_MS;
const FIRST_YEAR = 1990;
const YEARS_AHEAD = 3;

/**
 * Returns the table of `zone` (`UTC`, `local` or an IANA name) from 1990 to three years ahead; empty for UTC.
 * Throws an error with `code` `bad_option` for a name that the platform does not know.
 */
export function offsetsOf(zone: string): Offsets {
  if (zone === "UTC") return [];
  const offsetAt = reader(zone);
  const table: Offsets = [[Date.UTC(FIRST_YEAR, 0), offsetAt(Date.UTC(FIRST_YEAR, 0))]];
  const end = Date.UTC(new Date().getUTCFullYear() + YEARS_AHEAD, 0);
  let offset = table[0]?.[1] ?? 0;
  for (let at = Date.UTC(FIRST_YEAR, 0); at < end; at += STEP_MS) {
    const next = offsetAt(at + STEP_MS);
    if (next !== offset) table.push([changeIn(offsetAt, at, at + STEP_MS), next]);
    offset = next;
  }
  return table;
}

/** Returns today's date in `zone`, as `2026-01-05`. */
export function todayIn(zone: string): string {
  const offsetMs = zone === "UTC" ? 0 : reader(zone)(Date.now()) * 1000;
  return new Date(Date.now() + offsetMs).toISOString().slice(0, 10);
}

/** Finds the minute in which the offset changes, by halving. */
function changeIn(offsetAt: (ms: number) => number, from: number, to: number): number {
  const before = offsetAt(from);
  let [low, high] = [from, to];
  while (high - low > 60_000) {
    const middle = Math.floor((low + high) / 120_000) * 60_000;
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** Returns a function that gives a zone's offset in seconds at a time. */
function reader(zone: string): (ms: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      ...(zone === "local" ? {} : { timeZone: zone }),
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    throw Object.assign(new Error(`no time zone \`${zone}\`, expected \`UTC\`, \`local\` or an IANA name`), {
      code: "bad_option",
    });
  }
  return (ms) => {
    const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part as { [name: string]: number };
    return (Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000) / 1000;
  };
}

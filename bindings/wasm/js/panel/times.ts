// Times as the panel shows them: the digits of the record, in the reader's zone.

/** A stamp in its parts, for columns of their own. */
export interface ShownTime {
  date: string;
  clock: string;
}

/** Returns the parts of `timestamp` (RFC 3339 UTC) in the zone `tz` (`UTC`, `local` or an IANA name). */
export function shownTime(timestamp: string, tz: string): ShownTime {
  const fraction = timestamp.slice(20, 23);
  if (tz === "UTC") return { date: timestamp.slice(0, 10), clock: `${timestamp.slice(11, 19)}.${fraction}` };
  const [date = "", clock = ""] = formatOf(tz).format(new Date(timestamp)).split(", ");
  return { date, clock: `${clock}.${fraction}` };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(tz: string): Intl.DateTimeFormat {
  const known = formats.get(tz);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-CA", {
    ...(tz === "local" ? {} : { timeZone: tz }),
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  formats.set(tz, made);
  return made;
}

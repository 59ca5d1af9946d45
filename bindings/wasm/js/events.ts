// Reads a stream of server-sent events (HTML standard, section 9.2.6). Written out because EventSource hides the status
// of a refused request, and Node 20 has none.

/** One event: its name, its data (lines joined by `\n`) and the last ID seen so far. */
export interface StreamEvent {
  name: string;
  data: string;
  id: string | null;
}

/** Yields the events of `chunks`; comments and events without data are passed over. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  let name = "";
  let data: string[] = [];
  let id: string | null = null;
  for await (const line of readLines(chunks)) {
    if (line === "") {
      if (data.length > 0) yield { name: name || "message", data: data.join("\n"), id };
      name = "";
      data = [];
      continue;
    }
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") name = value;
    else if (field === "data") data.push(value);
    else if (field === "id" && !value.includes("\0")) id = value;
  }
}

/** Yields complete lines without their end (`\n`, `\r\n` or `\r`). */
async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A carriage return at the very end may be half of `\r\n`: it waits.
    const lines = rest.endsWith("\r") ? [rest] : rest.split(/\r\n|\n|\r/);
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** What the platform answered instead of what was asked for. */
export class Problem extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** A change needs this header: no other site can make a browser send it. */
const CHANGE = { "content-type": "application/json", "x-muster-csrf": "1" };

async function request(path, init = {}) {
  const response = await fetch(path, { credentials: "same-origin", ...init });
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  if (response.status === 401 && body.code === "api.unauthenticated") dispatchEvent(new Event("signed-out"));
  throw new Problem(response.status, body.code ?? "", body.detail ?? `the server answered with ${response.status}`);
}

export const query = (parameters) => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) search.set(name, value);
  return search.size === 0 ? "" : `?${search}`;
};

export const get = async (path, signal) => (await request(path, { signal })).json();

export const post = async (path, body = {}) =>
  (await request(path, { method: "POST", headers: CHANGE, body: JSON.stringify(body) })).json();

async function* lines(response) {
  let rest = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    yield* parts;
  }
}

/** The items of a streaming method as they come, until it ends or the signal is aborted. */
export async function* stream(path, signal) {
  const response = await request(path, { headers: { accept: "application/x-ndjson" }, signal });
  for await (const line of lines(response)) {
    if (line === "") continue;
    const item = JSON.parse(line);
    if (item.error?.code && item.error.status) throw new Problem(item.error.status, item.error.code, item.error.detail);
    yield item;
  }
}

const wait = (ms, signal) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
    signal.addEventListener("abort", resolve, { once: true });
  });

/**
 * Server-sent events of every type, taken up where the connection broke. EventSource would need to know each type
 * before it comes.
 */
export async function* events(path, signal, onState) {
  let last = "";
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const headers = { accept: "text/event-stream", ...(last && { "last-event-id": last }) };
      const response = await request(path, { headers, signal });
      onState(true);
      let event = {};
      for await (const line of lines(response)) {
        const at = line.indexOf(": ");
        if (at > 0) event[line.slice(0, at)] = line.slice(at + 2);
        else if (line === "" && event.data && event.event !== "end" && event.event !== "error") {
          failures = 0;
          last = event.id ?? last;
          yield JSON.parse(event.data);
          event = {};
        } else if (line === "") event = {};
      }
    } catch (error) {
      if (signal.aborted || error.status === 401 || error.status === 403) return;
    }
    onState(false);
    await wait(Math.random() * Math.min(30_000, 1_000 * 2 ** failures), signal);
  }
}

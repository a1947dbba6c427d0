import * as fc from "fast-check";
import { judgeOf } from "./answers.ts";
import { type Answer, type ApiDoor, ask } from "./ask.ts";
import { documentOf, type Operation, operationsIn } from "./document.ts";
import { type Request, rightRequests, wrongRequests } from "./requests.ts";
import { Things } from "./things.ts";
import { wellMade } from "./well-made.ts";
import { TOO_LONG } from "./wrong-values.ts";

export interface TryOptions extends ApiDoor {
  readonly seed: number;
  /** How many right and how many wrong requests each method gets, beside a well-made one. */
  readonly right: number;
  readonly wrong: number;
}

export interface TryReport {
  readonly operations: number;
  /** The methods that answered with a 2xx. */
  readonly reached: ReadonlySet<string>;
  readonly requests: number;
  readonly byStatus: ReadonlyMap<number, number>;
  readonly findings: readonly string[];
}

const AT_ONCE = 6;
/** What ends things for others: when all else was tried, and in this order. */
const LAST = [/^DesiredStateService_Apply/, /_(Delete|Revoke)/, /^CommandService_UnenrollDevice$/];

const phaseOf = ({ id, method, path }: Operation): number => {
  const last = LAST.findIndex((names) => names.test(id));
  if (last >= 0) return 3 + last;
  return method === "POST" && !path.includes("{") ? 0 : method === "GET" && !path.includes("{") ? 1 : 2;
};

/**
 * Sends each method of the API what its description allows, and what it does not: nothing may fail, each answer must be
 * as described, and what is wrong must be refused. The same seed makes the same requests.
 */
export async function tryApi(options: TryOptions): Promise<TryReport> {
  const document = await documentOf(options);
  const judge = judgeOf(document);
  const operations = operationsIn(document);
  const things = new Things();
  const reached = new Set<string>();
  const byStatus = new Map<number, number>();
  const findings: string[] = [];
  let requests = 0;

  const send = async (operation: Operation, request: Request): Promise<string | undefined> => {
    const number = ++requests;
    const { method, path, streams } = operation;
    const address = addressOf(operation, request, things);
    const body = bodyOf(operation, request, things, number);
    const answer = await ask(options, { method, address, body, streams });
    byStatus.set(answer.status, (byStatus.get(answer.status) ?? 0) + 1);
    if (answer.status < 300) {
      reached.add(operation.id);
      remember(things, operation, address, answer);
    }
    const finding = judge(operation, answer) ?? taken(request, answer);
    if (finding === undefined) return undefined;
    const sent = body === undefined ? "" : ` ${JSON.stringify(body).slice(0, 600)}`;
    return `${method} ${path} (${request.name}): ${finding}\n    ${address.slice(0, 300)}${sent}`;
  };

  const tryOne = async (operation: Operation): Promise<void> => {
    const careful = await send(operation, {
      ...CAREFUL,
      ...(operation.body !== undefined && { body: { base: "well-made", fields: {} } }),
    });
    if (careful !== undefined) findings.push(careful);
    for (const [requestsOf, numRuns] of [
      [rightRequests, options.right],
      [wrongRequests, options.wrong],
    ] as const) {
      let last: string | undefined;
      const holds = fc.asyncProperty(requestsOf(document, operation), async (request) => {
        const finding = await send(operation, request);
        last = finding ?? last;
        return finding === undefined;
      });
      const run = await fc.check(holds, { seed: options.seed, numRuns, interruptAfterTimeLimit: 20_000 });
      if (run.failed && last !== undefined) findings.push(last);
    }
  };

  for (const phase of [0, 1, 2, 3, 4, 5]) {
    const waiting = operations.filter((operation) => phaseOf(operation) === phase);
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await tryOne(next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
  return { operations: operations.length, reached, requests, byStatus, findings };
}

const CAREFUL: Request = { name: "well-made", isWrong: false, place: -1, query: {} };

function addressOf(operation: Operation, { part, place, query }: Request, things: Things): string {
  const path = operation.path;
  const whole =
    part === undefined
      ? things.address(operation, place)
      : things.address({ ...operation, path: path.replace(/\{\w+\}(?!.*\{)/, part) }, place);
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) search.append(name, String(things.filled(each, place)));
  }
  return search.size === 0 ? whole : `${whole}?${search.toString()}`;
}

function bodyOf(operation: Operation, { body, wrong, place }: Request, things: Things, number: number): unknown {
  if (body === undefined) return undefined;
  const base = body.base === "none" ? {} : wellMade(number, (kind) => things.idOf(kind))[operation.id];
  const whole = things.filled({ ...(base as object), ...(body.fields as object) }, place);
  return wrong === undefined ? whole : replaced(whole, wrong.at, wrong.value);
}

/** The body with another value at one place. */
function replaced(body: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined)
    return typeof value === "object" && !Array.isArray(value) ? { ...(body as object), ...value } : value;
  const fields = (typeof body === "object" && body !== null && !Array.isArray(body) ? body : {}) as Record<
    string,
    unknown
  >;
  return { ...fields, [name]: replaced(fields[name], rest, value) };
}

function remember(things: Things, { method, path }: Operation, address: string, { text, contentType }: Answer): void {
  if (!contentType.startsWith("application/json")) return;
  const json: unknown = JSON.parse(text);
  if (method === "POST" && !path.includes("{")) things.made(path, json);
  if (method === "GET") things.found(address.split("?")[0] ?? "", json);
}

/** Whether something wrong got in. */
function taken({ isWrong, wrong }: Request, { status, text }: Answer): string | undefined {
  if (!isWrong || status >= 400 || (wrong?.value === TOO_LONG && !text.includes(TOO_LONG))) return undefined;
  return `took it with ${status}`;
}

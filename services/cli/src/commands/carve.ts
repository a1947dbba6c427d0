import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Schema } from "@muster/api-client/call";
import type { Api } from "../api/client.ts";
import { deviceId } from "../api/device.ts";
import { spanSeconds } from "../api/span.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import { print } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";

type Carve = Schema<"inventory.Carve">;

export interface SaveOptions extends GlobalOptions {
  readonly to?: string;
}

export interface CarveOptions extends SaveOptions {
  readonly timeout: string;
  readonly wait: boolean;
}

/** osquery looks once a minute for files that it is to send. */
const ASK_EVERY_MS = 1_000;

/** Has a device send files, waits until they are here and saves them. */
export async function startCarve(device: string, path: string, options: CarveOptions): Promise<void> {
  const timeoutMs = spanSeconds("timeout", options.timeout) * 1_000;
  const { api } = openSession(options);
  await mustBeNew(options.to);
  const id = await deviceId(api, device);
  const carve = await api.client.post("/api/v1/carves", { body: { deviceId: id, path } });
  if (!options.wait) return print(`${carve.id}\n`);
  const ended = await untilEnded(api, carve, timeoutMs);
  if (ended === undefined)
    throw new Failure(
      EXIT.unreachable,
      `nothing is here after ${options.timeout}; once it is, \`muster carve save ${carve.id}\` saves it`,
    );
  if (ended.state !== "completed") throw new Failure(EXIT.failed, ended.error || `the carve is ${ended.state}`);
  await save(api, ended.id, options.to);
}

/** Saves what a carve brought. */
export async function saveCarve(id: string, options: SaveOptions): Promise<void> {
  await mustBeNew(options.to);
  await save(openSession(options).api, id, options.to);
}

async function untilEnded(api: Api, { deviceId, id }: Carve, timeoutMs: number): Promise<Carve | undefined> {
  const givenUpAt = performance.now() + timeoutMs;
  for (;;) {
    // Newest first.
    const { carves } = await api.client.get("/api/v1/carves", { query: { deviceId, pageSize: 500 } });
    const carve = carves.find((each) => each.id === id);
    if (carve !== undefined && carve.state !== "requested" && carve.state !== "receiving") return carve;
    if (carve !== undefined) tell(carve);
    if (performance.now() > givenUpAt) return undefined;
    await delay(ASK_EVERY_MS);
  }
}

/** A line for people that is written over and over; programs get none. */
function tell({ blocksExpected, blocksReceived, state }: Carve): void {
  if (!process.stderr.isTTY) return;
  const progress = state === "requested" ? "waiting for the device" : `${blocksReceived} of ${blocksExpected} blocks`;
  process.stderr.write(`\r\u001b[K${progress}`);
}

async function save(api: Api, id: string, to = `carve-${id}.tar`): Promise<void> {
  const { body } = await api.client.open("get", "/api/v1/carves/{id}/content", { path: { id } });
  if (body === null) throw new Failure(EXIT.fault, "the answer has no content");
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  if (to === "-") return pipeline(Readable.fromWeb(body), process.stdout, { end: false });
  // "wx": a file that is there stays as it is.
  await pipeline(Readable.fromWeb(body), createWriteStream(to, { flags: "wx" }));
  print(`${to}\n`);
}

/** Before anything is asked: what was brought here would find no place. */
async function mustBeNew(to: string | undefined): Promise<void> {
  if (to === undefined || to === "-") return;
  if (await stat(to).catch(() => undefined)) throw usage(`${to} is there already: name another file`);
}

import { setTimeout as delay } from "node:timers/promises";
import type { Schema } from "@muster/api-client/call";
import type { Json } from "../api/client.ts";
import { deviceId } from "../api/device.ts";
import { labelIds } from "../api/label.ts";
import { spanMs } from "../api/span.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { print } from "../output/print.ts";
import { styled } from "../output/style.ts";
import { type GlobalOptions, openSession } from "./session.ts";

export interface TailOptions extends GlobalOptions {
  readonly type?: readonly string[];
  readonly service?: readonly string[];
  readonly label?: readonly string[];
  readonly device?: readonly string[];
  readonly since?: string;
  readonly fromPosition?: string;
  readonly format?: string;
}

const MAX_BACKOFF_MS = 30_000;

/** Prints events as they happen until it is stopped; a connection that breaks is taken up where it was. */
export async function tailEvents(options: TailOptions): Promise<void> {
  const { api, format } = openSession(options);
  const query = {
    types: options.type ?? [],
    services: options.service ?? [],
    labelIds: await labelIds(api, options.label ?? []),
    deviceIds: await Promise.all((options.device ?? []).map((name) => deviceId(api, name))),
    since: options.since === undefined ? "" : timeOf(options.since, new Date()),
    // What is no format is refused by the platform.
    format: (options.format ?? "") as Schema<"notification.EventFormat">,
  };
  let position = options.fromPosition ?? "";
  let failures = 0;
  for (;;) {
    try {
      for await (const { id, data } of api.client.events("/api/v1/events", { query, after: position })) {
        failures = 0;
        position = id;
        print(format === "table" && options.format === undefined ? lineOf(JSON.parse(data)) : `${data}\n`);
      }
      // It ended as it should: the platform lets no stream go on for ever.
      failures = 0;
    } catch (error) {
      if (error instanceof Failure && error.exitCode !== EXIT.unreachable) throw error;
      process.stderr.write(`${styled("dim", `${messageOf(error)}; connecting again`, process.stderr)}\n`);
    }
    await delay(Math.random() * Math.min(MAX_BACKOFF_MS, 500 * 2 ** failures++));
  }
}

/** "2h" is two hours before now; anything else is a time that the platform reads. */
function timeOf(text: string, now: Date): string {
  const ago = spanMs(text);
  return ago === undefined ? text : new Date(now.getTime() - ago).toISOString();
}

function lineOf({ time, type, deviceId, actor }: Json): string {
  const parts = [styled("dim", time), styled("cyan", type), deviceId, actor === "" ? "" : styled("dim", actor)];
  return `${parts.filter((part) => part !== "").join("  ")}\n`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

import { readFile } from "node:fs/promises";
import { writeDurably } from "../state/write-durably.ts";
import { type OsqueryConfig, readOsqueryConfig } from "./osquery-config.ts";

/** osquery's configuration as the server gave it last; kept on the disk, so that a machine without a network goes by it. */
export interface Settings {
  readonly current: OsqueryConfig;
  /** Names the configuration to the server, which then need not send it again. */
  readonly etag: string | undefined;
  /** Takes the server's answer; says whether it is another configuration. */
  adopt(answer: unknown): Promise<boolean>;
}

export async function openSettings(path: string, host: string): Promise<Settings> {
  let raw = await readFile(path, "utf8").catch(() => "{}");
  let answer = parse(raw);
  let current = readOsqueryConfig(answer, host);
  return {
    get current() {
      return current;
    },
    get etag() {
      return typeof answer.etag === "string" ? answer.etag : undefined;
    },
    async adopt(next) {
      const text = JSON.stringify(next);
      // The server's word for: you have it already.
      if (text === raw || (next as { etag?: unknown }).etag === "ok") return false;
      await writeDurably(path, text);
      raw = text;
      answer = parse(text);
      current = readOsqueryConfig(answer, host);
      return true;
    },
  };
}

function parse(text: string): { readonly etag?: unknown } {
  try {
    return JSON.parse(text) as { readonly etag?: unknown };
  } catch {
    return {};
  }
}

import type { DeviceParts } from "../device-parts.ts";
import { isObject, type Json, type JsonObject } from "./declaration.ts";
import type { DeclarationSet } from "./declaration-set.ts";
import { clientCapabilities } from "./payload-types.ts";
import { difference, nested } from "./status-difference.ts";
import { STATUS_ITEMS, type StatusContext } from "./status-items.ts";

/** Told without being asked for. */
const ALWAYS = ["management.client-capabilities", "management.declarations"] as const;

export interface StatusReport {
  readonly body: JsonObject;
  readonly items: readonly string[];
  /** To be called when the server has taken it. */
  readonly taken: () => void;
}

/** The names of the status items that active subscriptions ask for. */
const subscriptions = (declarations: DeclarationSet): string[] => {
  const names = declarations
    .active("com.apple.configuration.management.status-subscriptions")
    .flatMap(({ payload }) =>
      Array.isArray(payload["StatusItems"]) ? (payload["StatusItems"] as readonly Json[]) : [],
    )
    .map((item) => (isObject(item) ? item["Name"] : undefined))
    .filter((name) => typeof name === "string");
  return [...new Set(names)];
};

/** Knows what the server was told, and tells only what is news. */
export class StatusReporter {
  readonly #parts: DeviceParts;
  readonly #declarations: DeclarationSet;
  readonly #told = new Map<string, Json>();

  constructor(parts: DeviceParts, declarations: DeclarationSet) {
    this.#parts = parts;
    this.#declarations = declarations;
  }

  value(name: string, context: StatusContext): Json | undefined {
    if (name === "management.declarations") return this.#declarations.report();
    if (name === "management.client-capabilities")
      return clientCapabilities(this.#parts.hardware.kind, [...ALWAYS, ...Object.keys(STATUS_ITEMS)]);
    return STATUS_ITEMS[name]?.(context);
  }

  /** A full report replaces what the server knows. Undefined: there is nothing to tell. */
  report(context: StatusContext, full: boolean): StatusReport | undefined {
    const now = new Map<string, Json>();
    const news = new Map<string, Json>();
    const errors: JsonObject[] = [];
    for (const name of new Set([...ALWAYS, ...subscriptions(this.#declarations)])) {
      const value = this.value(name, context);
      if (value === undefined) {
        if (!this.#told.has(`error ${name}`) || full)
          errors.push({
            StatusItem: name,
            Reasons: [{ Code: "Error.Unknown", Description: `${name} is not known here` }],
          });
        now.set(`error ${name}`, true);
        continue;
      }
      now.set(name, value);
      const told = full ? value : difference(this.#told.get(name), value);
      if (told !== undefined) news.set(name, told);
    }
    if (news.size === 0 && errors.length === 0 && !full) return undefined;
    const body = { StatusItems: nested(news), Errors: errors, ...(full ? { FullReport: true } : {}) };
    const taken = (): void => {
      this.#told.clear();
      for (const [name, value] of now) this.#told.set(name, value);
    };
    return { body, items: [...news.keys()], taken };
  }
}

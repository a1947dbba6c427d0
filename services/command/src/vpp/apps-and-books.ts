import { AppsAndBooksError } from "../domain/vpp/apps-and-books-error.ts";
import type { EventFailure } from "../domain/vpp/event-failures.ts";
import { dateOf } from "../domain/vpp/location-token.ts";
import type { AssetName, Assignees, ClientConfig, EventStatus, StoreAsset } from "../domain/vpp/store.ts";
import type { AppsAndBooksStore } from "../usecases/vpp/store-port.ts";

type Json = Readonly<Record<string, unknown>>;

const TIMEOUT_MS = 20_000;
/** A list that never ends is Apple's fault; it must not be ours as well. */
const MAX_PAGES = 5_000;

/** Apple's Apps and Books management API, version 2. Every method throws AppsAndBooksError. */
export class AppsAndBooks implements AppsAndBooksStore {
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin.replace(/\/$/, "");
  }

  async maxAssignees(): Promise<number> {
    const limits = recordOf((await this.#call("GET", "/service/config"))["limits"]);
    const most = Math.min(count(limits["maxSerialNumbers"]) || 1, count(limits["maxClientUserIds"]) || 1);
    return Math.max(1, most);
  }

  async clientConfig(bearer: string): Promise<ClientConfig> {
    return configOf(await this.#call("GET", "/client/config", bearer));
  }

  async claim(bearer: string, id: string): Promise<ClientConfig> {
    return configOf(
      await this.#call("POST", "/client/config", bearer, { mdmInfo: { id, name: "Muster", metadata: "" } }),
    );
  }

  async assets(bearer: string, only: Partial<AssetName> = {}): Promise<StoreAsset[]> {
    return (await this.#pages("/assets", "assets", bearer, only)).map((asset) => ({
      adamId: text(asset["adamId"]),
      pricingParam: text(asset["pricingParam"]) || "STDQ",
      productType: text(asset["productType"]),
      deviceAssignable: asset["deviceAssignable"] === true,
      revocable: asset["revocable"] === true,
      platforms: Array.isArray(asset["supportedPlatforms"]) ? asset["supportedPlatforms"].map(text) : [],
      totalCount: count(asset["totalCount"]),
      assignedCount: count(asset["assignedCount"]),
      availableCount: count(asset["availableCount"]),
    }));
  }

  async holders(bearer: string, { adamId, pricingParam }: AssetName): Promise<Set<string>> {
    const assignments = await this.#pages("/assignments", "assignments", bearer, { adamId, pricingParam });
    return new Set(assignments.map((each) => text(each["serialNumber"]) || text(each["clientUserId"])));
  }

  associate(bearer: string, asset: AssetName, assignees: Assignees): Promise<string> {
    return this.#manage("/assets/associate", bearer, asset, assignees);
  }

  disassociate(bearer: string, asset: AssetName, assignees: Assignees): Promise<string> {
    return this.#manage("/assets/disassociate", bearer, asset, assignees);
  }

  async eventStatus(bearer: string, eventId: string): Promise<EventStatus> {
    const answer = await this.#call("GET", `/status?eventId=${encodeURIComponent(eventId)}`, bearer);
    if (answer["eventStatus"] === "COMPLETE") return { kind: "complete" };
    if (answer["eventStatus"] !== "FAILED") return { kind: "pending" };
    return { kind: "failed", failures: listOf(answer["failures"]).map(failureOf) };
  }

  async hasPerson(bearer: string, clientUserId: string): Promise<boolean> {
    const users = await this.#pages("/users", "users", bearer, { clientUserId });
    return users.some((user) => user["clientUserId"] === clientUserId && user["status"] !== "Retired");
  }

  async addPerson(bearer: string, clientUserId: string, managedAppleId: string): Promise<void> {
    await this.#call("POST", "/users/create", bearer, { users: [{ clientUserId, managedAppleId }] });
  }

  async #manage(path: string, bearer: string, asset: AssetName, assignees: Assignees): Promise<string> {
    const given = Object.entries(assignees).filter(([, list]) => list.length > 0);
    const answer = await this.#call("POST", path, bearer, { assets: [asset], ...Object.fromEntries(given) });
    return text(answer["eventId"]);
  }

  async #pages(path: string, key: string, bearer: string, query: Readonly<Record<string, string>>): Promise<Json[]> {
    const all: Json[] = [];
    let index: unknown = 0;
    for (let page = 0; page < MAX_PAGES && typeof index === "number"; page++) {
      const search = new URLSearchParams({ ...query, pageIndex: String(index) });
      const answer = await this.#call("GET", `${path}?${search.toString()}`, bearer);
      all.push(...listOf(answer[key]));
      index = answer["nextPageIndex"];
    }
    return all;
  }

  async #call(method: string, path: string, bearer?: string, body?: Json): Promise<Json> {
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      headers: {
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      const message = "Apps and Books does not answer";
      throw new AppsAndBooksError({ status: 0, number: 0, message, retryAfterMs: 0 }, { cause: error });
    });
    const answer = await response.json().then(recordOf, (): Json => ({}));
    const number = count(answer["errorNumber"]);
    if (response.ok && number === 0) return answer;
    const retryAfter = Number(response.headers.get("retry-after") ?? 0);
    throw new AppsAndBooksError({
      status: response.status,
      number,
      message: text(answer["errorMessage"]).slice(0, 300) || `Apps and Books answered ${response.status}`,
      retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1_000 : 0,
    });
  }
}

function configOf(answer: Json): ClientConfig {
  const { id, name } = recordOf(answer["mdmInfo"]);
  return {
    appleId: text(answer["uId"]),
    location: text(answer["locationName"]).slice(0, 200),
    manager: text(id) === "" ? undefined : { id: text(id), name: text(name).slice(0, 200) },
    expiresAt: dateOf(answer["tokenExpirationDate"]),
  };
}

function failureOf(failure: Json): EventFailure {
  const info = recordOf(failure["errorInfo"]);
  const named = [info["serialNumbers"], info["clientUserIds"]].flatMap((list) => (Array.isArray(list) ? list : []));
  return {
    errorNumber: count(failure["errorNumber"]),
    errorMessage: text(failure["errorMessage"]),
    assignees: new Set(named.map(text)),
  };
}

const recordOf = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.map(recordOf) : []);
const text = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? `${value}` : "";
const count = (value: unknown): number => (Number.isSafeInteger(value) ? Math.max(0, Number(value)) : 0);

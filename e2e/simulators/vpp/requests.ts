import type { Holder, Location } from "./location.ts";
import { INVALID, MISSING, type StoreError, WRONG_METHOD } from "./store-error.ts";

type Json = Readonly<Record<string, unknown>>;

export interface Asked {
  readonly location: Location;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json;
  readonly pageSize: number;
}

export const LIMITS = {
  maxAssets: 25,
  maxUsers: 100,
  maxClientUserIds: 1_000,
  maxSerialNumbers: 1_000,
  maxRevokeClientUserIds: 100,
  maxRevokeSerialNumbers: 100,
  maxMdmIdLength: 100,
  maxMdmNameLength: 100,
  maxMdmMetadataLength: 255,
} as const;

type Answer = Json | StoreError;

const ROUTES: Readonly<Record<string, (asked: Asked) => Answer>> = {
  "GET /client/config": ({ location }) => configOf(location),
  "POST /client/config": ({ body, location }) => {
    const { mdmInfo } = body;
    if (typeof mdmInfo !== "object" || mdmInfo === null) return MISSING;
    const { id, metadata, name } = mdmInfo as Json;
    if (![id, name, metadata].every((each) => typeof each === "string" && each.length <= 100)) return INVALID;
    location.mdmInfo = mdmInfo as Json;
    return configOf(location);
  },
  "GET /assets": (asked) => {
    const { location, query } = asked;
    const products = [...location.products.values()].filter(
      ({ adamId, productType }) => matches(query, "adamId", adamId) && matches(query, "productType", productType),
    );
    return paged(asked, "assets", products, ({ adamId, deviceAssignable, productType, totalCount }) => ({
      adamId,
      pricingParam: "STDQ",
      productType,
      deviceAssignable,
      revocable: productType === "App",
      supportedPlatforms: ["iOS", "macOS"],
      totalCount,
      assignedCount: location.assigned(adamId),
      availableCount: Math.max(0, totalCount - location.assigned(adamId)),
      retiredCount: 0,
    }));
  },
  "GET /assignments": (asked) => {
    const { location, query } = asked;
    const found = location.assignments.filter(
      ({ adamId, holder }) =>
        matches(query, "adamId", adamId) && Object.entries(holder).every(([key, value]) => matches(query, key, value)),
    );
    return paged(asked, "assignments", found, ({ adamId, holder, pricingParam }) => ({
      adamId,
      pricingParam,
      ...holder,
    }));
  },
  "POST /assets/associate": ({ body, location }) => {
    const named = managed(body);
    if ("errorNumber" in named) return named;
    const unknown = named.adamIds.some((adamId) => !location.products.has(adamId));
    const unfit = named.holders.some(
      (holder) =>
        "serialNumber" in holder && named.adamIds.some((id) => location.products.get(id)?.deviceAssignable !== true),
    );
    return unknown || unfit ? INVALID : { eventId: location.associate(named.adamIds, named.holders) };
  },
  "POST /assets/disassociate": ({ body, location }) => {
    const named = managed(body);
    return "errorNumber" in named ? named : { eventId: location.disassociate(named.adamIds, named.holders) };
  },
  "POST /assets/revoke": ({ body, location }) => {
    const holders = holdersIn(body);
    return holders.length === 0 ? MISSING : { eventId: location.revoke(holders) };
  },
  "GET /users": (asked) => {
    const people = [...asked.location.people.values()].filter(
      ({ clientUserId, status }) =>
        matches(asked.query, "clientUserId", clientUserId) &&
        (asked.query.get("activeOnly") !== "true" || status !== "Retired"),
    );
    return paged(asked, "users", people, (person) => ({ ...person }));
  },
  "POST /users/create": (asked) => changePeople(asked, "CREATE"),
  "POST /users/update": (asked) => changePeople(asked, "UPDATE"),
  "POST /users/retire": (asked) => changePeople(asked, "RETIRE"),
  "GET /status": ({ location, query }) => location.status(query.get("eventId") ?? "") ?? INVALID,
};

export function answer(asked: Asked): Answer {
  const route = ROUTES[`${asked.method} ${asked.path}`];
  if (route !== undefined) return route(asked);
  return Object.keys(ROUTES).some((each) => each.endsWith(` ${asked.path}`))
    ? WRONG_METHOD
    : { ...INVALID, status: 404 };
}

const configOf = ({ mdmInfo, name }: Location): Json => ({
  countryISO2ACode: "DE",
  defaultPlatform: "volumestore",
  locationName: name,
  websiteURL: "https://business.apple.com",
  subscribedNotificationTypes: [],
  ...(mdmInfo && { mdmInfo }),
});

const matches = (query: URLSearchParams, key: string, value: string): boolean => [null, value].includes(query.get(key));

function paged<T>(
  { location, pageSize, query }: Asked,
  key: string,
  all: readonly T[],
  shown: (each: T) => Json,
): Answer {
  const index = Number(query.get("pageIndex") ?? 0);
  const totalPages = Math.max(1, Math.ceil(all.length / pageSize));
  if (!Number.isInteger(index) || index < 0 || index >= totalPages) return INVALID;
  const page = all.slice(index * pageSize, (index + 1) * pageSize);
  return {
    [key]: page.map(shown),
    currentPageIndex: index,
    ...(index + 1 < totalPages && { nextPageIndex: index + 1 }),
    size: page.length,
    totalPages,
    versionId: location.versionId,
  };
}

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === "string" && each !== "") : [];

const holdersIn = (body: Json): Holder[] => [
  ...textsIn(body["serialNumbers"]).map((serialNumber) => ({ serialNumber })),
  ...textsIn(body["clientUserIds"]).map((clientUserId) => ({ clientUserId })),
];

function managed(
  body: Json,
): { readonly adamIds: readonly string[]; readonly holders: readonly Holder[] } | StoreError {
  const assets = Array.isArray(body["assets"]) ? (body["assets"] as Json[]) : [];
  const adamIds = textsIn(assets.map(({ adamId }) => adamId));
  const holders = holdersIn(body);
  if (adamIds.length === 0 || adamIds.length < assets.length || holders.length === 0) return MISSING;
  const tooMany =
    adamIds.length > LIMITS.maxAssets ||
    textsIn(body["serialNumbers"]).length > LIMITS.maxSerialNumbers ||
    textsIn(body["clientUserIds"]).length > LIMITS.maxClientUserIds;
  return tooMany ? INVALID : { adamIds, holders };
}

function changePeople({ body, location }: Asked, eventType: "CREATE" | "UPDATE" | "RETIRE"): Answer {
  const users = Array.isArray(body["users"]) ? (body["users"] as Json[]) : [];
  if (users.length === 0 || users.length > LIMITS.maxUsers) return INVALID;
  if (!users.every(({ clientUserId }) => typeof clientUserId === "string")) return MISSING;
  const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);
  return {
    eventId: location.changePeople(
      eventType,
      users.map((user) => ({
        clientUserId: String(user["clientUserId"]),
        email: textOf(user["email"]),
        managedAppleId: textOf(user["managedAppleId"]),
      })),
    ),
  };
}

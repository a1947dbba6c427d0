import { canonical, digestOf } from "./canonical.ts";
import { KINDS, type Kind, kindOf, LISTS } from "./kind.ts";
import type { Payload } from "./payload-key.ts";
import { assetsIn, configurationsIn } from "./references.ts";
import { subscribedItems, USER_ITEMS } from "./status-items.ts";
import { type Target, takes } from "./target.ts";

/** A declaration as an administrator wrote it. */
export interface Source {
  readonly identifier: string;
  readonly type: string;
  readonly payload: Payload;
  /** The condition of the activation that is made for it. */
  readonly predicate: string;
  readonly contentSha256: string;
}

export interface Member {
  readonly kind: Kind;
  readonly identifier: string;
  readonly serverToken: string;
  /** What a device is answered, JSON. */
  readonly body: string;
  readonly contentSha256: string;
}

/** What a channel has to keep to. */
export interface DeclarationSet {
  /** The DeclarationsToken. */
  readonly digest: string;
  /** The answer to declaration-items, JSON. */
  readonly items: string;
  readonly members: readonly Member[];
}

/** Identifiers that begin so are the server's own. */
export const OWN_PREFIX = "muster.";

const ACTIVATION = "com.apple.activation.simple";
const SUBSCRIPTIONS = "com.apple.configuration.management.status-subscriptions";
const ORGANIZATION = "com.apple.management.organization-info";
const CAPABILITIES = "com.apple.management.server-capabilities";

/**
 * Composes what one channel has to keep to out of the declarations that are for it (roots) and those that they refer to. What
 * the device cannot take is left out, together with what cannot do without it; what is left of an activation stays.
 */
export function composeSet(
  roots: readonly Source[],
  known: ReadonlyMap<string, Source>,
  target: Target,
  organization: string,
): DeclarationSet {
  const taken = new Map<string, Source>();
  const activated = new Set<string>();

  const takeConfiguration = (source: Source): boolean => {
    const assets = assetsIn(source.payload).map((identifier) => known.get(identifier));
    if (!takes(target, source.type) || assets.some((asset) => asset === undefined || !takes(target, asset.type)))
      return false;
    for (const asset of assets) if (asset !== undefined) taken.set(asset.identifier, asset);
    taken.set(source.identifier, source);
    return true;
  };

  const takeActivation = (source: Source): void => {
    if (!takes(target, source.type)) return;
    const configurations = configurationsIn(source.payload).filter((identifier) => {
      const configuration = known.get(identifier);
      return configuration !== undefined && takeConfiguration(configuration);
    });
    if (configurations.length === 0) return;
    for (const identifier of configurations) activated.add(identifier);
    taken.set(source.identifier, {
      ...source,
      payload: { ...source.payload, StandardConfigurations: configurations },
    });
  };

  for (const source of roots) {
    const kind = kindOf(source.type);
    if (kind === "activation") takeActivation(source);
    else if (kind === "configuration") takeConfiguration(source);
    else if (takes(target, source.type)) taken.set(source.identifier, source);
  }
  // A user's channel is left alone until there is something for it.
  if (!target.user || taken.size > 0)
    for (const own of ownDeclarations(target, organization, [...taken.values()])) taken.set(own.identifier, own);
  const activations = [...taken.values()]
    .filter(({ identifier, type }) => kindOf(type) === "configuration" && !activated.has(identifier))
    .map(activationOf);
  return setOf([...taken.values(), ...activations].map(memberOf));
}

/** One activation for each configuration: one that a device cannot use does not keep the others from being used. */
const activationOf = ({ identifier, predicate }: Source): Source => ({
  identifier: `${OWN_PREFIX}activation.${digestOf(identifier)}`,
  type: ACTIVATION,
  payload: { StandardConfigurations: [identifier], ...(predicate !== "" && { Predicate: predicate }) },
  predicate: "",
  contentSha256: "",
});

/** What the server declares by itself, unless an administrator said it otherwise. */
function ownDeclarations(target: Target, organization: string, others: readonly Source[]): Source[] {
  const items = target.user ? USER_ITEMS : subscribedItems(target.platform, target.personal);
  const own = (name: string, type: string, payload: Payload): Source[] =>
    takes(target, type) ? [{ identifier: OWN_PREFIX + name, type, payload, predicate: "", contentSha256: "" }] : [];
  const unlessDeclared = (name: string, type: string, payload: Payload): Source[] =>
    others.some((other) => other.type === type) ? [] : own(name, type, payload);
  return [
    ...own("status", SUBSCRIPTIONS, { StatusItems: items.map((Name) => ({ Name })) }),
    ...unlessDeclared("organization", ORGANIZATION, { Name: organization }),
    ...unlessDeclared("capabilities", CAPABILITIES, { Version: "1.0.0", SupportedFeatures: {} }),
  ];
}

function memberOf({ contentSha256, identifier, payload, type }: Source): Member {
  const kind = kindOf(type);
  if (kind === undefined) throw new Error(`${type} is no kind of declaration`);
  const serverToken = digestOf({ Type: type, Identifier: identifier, Payload: payload });
  const body = canonical({ Type: type, Identifier: identifier, ServerToken: serverToken, Payload: payload });
  return { kind, identifier, serverToken, body, contentSha256 };
}

function setOf(unsorted: readonly Member[]): DeclarationSet {
  const keyOf = ({ identifier, kind }: Member): string => `${kind}/${identifier}`;
  const members = [...unsorted].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const digest = digestOf(members.map((member) => [keyOf(member), member.serverToken]));
  const listOf = (kind: Kind) =>
    members
      .filter((member) => member.kind === kind)
      .map(({ identifier, serverToken }) => ({ Identifier: identifier, ServerToken: serverToken }));
  const lists = Object.fromEntries(KINDS.map((kind) => [LISTS[kind], listOf(kind)]));
  return { digest, items: canonical({ Declarations: lists, DeclarationsToken: digest }), members };
}

import { applyConfiguration, assetReferences, type ConfigurationContext, type Undo } from "./configurations.ts";
import {
  type Declaration,
  isObject,
  type Json,
  type JsonObject,
  KINDS,
  type KindList,
  keyOf,
  type Reason,
  Unusable,
  type Verdict,
} from "./declaration.ts";
import { isTrue, PredicateUnanswerable, type PredicateValues } from "./predicate.ts";

interface Held {
  readonly kind: KindList;
  readonly identifier: string;
  readonly serverToken: string;
  /** Undefined when what the server gave is none. */
  readonly declaration: Declaration | undefined;
  undo: Undo | undefined;
  verdict: Verdict;
}

export interface EvaluationContext extends Omit<ConfigurationContext, "asset"> {
  readonly status: PredicateValues["status"];
}

const UNKNOWN: Verdict = { active: false, valid: "unknown", reasons: [] };

const inactive = (code: string, description: string): Verdict => ({
  active: false,
  valid: "valid",
  reasons: [{ code: `Info.${code}`, description }],
});

const invalid = (reason: Reason): Verdict => ({ active: false, valid: "invalid", reasons: [reason] });

const reasonOf = (error: unknown): Reason =>
  error instanceof Unusable
    ? error.reason
    : { code: "Error.Unknown", description: error instanceof Error ? error.message : String(error) };

/** The declarations that a device holds, which of them are in effect, and why the others are not. */
export class DeclarationSet {
  readonly #held = new Map<string, Held>();

  tokenOf(kind: KindList, identifier: string): string | undefined {
    return this.#held.get(keyOf(kind, identifier))?.serverToken;
  }

  identifiers(kind: KindList): string[] {
    return this.#of(kind).map(({ identifier }) => identifier);
  }

  put(declaration: Declaration): void {
    const { kind, identifier, serverToken } = declaration;
    this.drop(kind, identifier);
    const held = { kind, identifier, serverToken, declaration, undo: undefined, verdict: UNKNOWN };
    this.#held.set(keyOf(kind, identifier), held);
  }

  /** Remembers something that the server listed and that is no declaration. */
  putUnreadable(kind: KindList, identifier: string, serverToken: string, error: unknown): void {
    this.drop(kind, identifier);
    const verdict = invalid(reasonOf(error));
    this.#held.set(keyOf(kind, identifier), {
      kind,
      identifier,
      serverToken,
      declaration: undefined,
      undo: undefined,
      verdict,
    });
  }

  drop(kind: KindList, identifier: string): void {
    const key = keyOf(kind, identifier);
    this.#held.get(key)?.undo?.();
    this.#held.delete(key);
  }

  /** Configurations of a type that are in effect. */
  active(type: string): Declaration[] {
    return this.#of("Configurations").flatMap(({ declaration, verdict }) =>
      declaration?.type === type && verdict.active ? [declaration] : [],
    );
  }

  /** The value of `management.declarations`. */
  report(): JsonObject {
    const list = (kind: KindList): JsonObject[] =>
      this.#of(kind).map(({ identifier, serverToken, verdict: { active, valid, reasons } }) => ({
        identifier,
        "server-token": serverToken,
        active,
        valid,
        ...(reasons.length === 0 ? {} : { reasons: reasons.map((reason): JsonObject => ({ ...reason })) }),
      }));
    return {
      activations: list("Activations"),
      configurations: list("Configurations"),
      assets: list("Assets"),
      management: list("Management"),
    };
  }

  /** Decides what is in effect now: activations by their predicates, configurations by them, assets by these. */
  async evaluate(context: EvaluationContext): Promise<void> {
    for (const held of this.#of("Management"))
      if (held.declaration !== undefined) held.verdict = { active: true, valid: "valid", reasons: [] };
    const properties: JsonObject = Object.assign({}, ...this.#payloads("com.apple.management.properties"));
    const values = { status: context.status, property: (name: string): Json | undefined => properties[name] };
    const wanted = new Set<string>();
    for (const held of this.#of("Activations")) {
      if (held.declaration === undefined) continue;
      held.verdict = this.#judgeActivation(held.declaration, values);
      if (held.verdict.active) for (const name of this.#configurationsOf(held.declaration)) wanted.add(name);
    }
    const used = new Set<string>();
    for (const held of this.#of("Configurations")) {
      if (held.declaration === undefined) continue;
      await this.#settle(held, held.declaration, wanted.has(held.identifier), context);
      if (held.verdict.active) for (const name of assetReferences(held.declaration)) used.add(name);
    }
    for (const held of this.#of("Assets"))
      if (held.declaration !== undefined)
        held.verdict = used.has(held.identifier)
          ? { active: true, valid: "valid", reasons: [] }
          : inactive("NotReferencedByConfiguration", "no active configuration refers to the asset");
  }

  async #settle(held: Held, declaration: Declaration, wanted: boolean, context: EvaluationContext): Promise<void> {
    if (!wanted) {
      held.undo?.();
      held.undo = undefined;
      held.verdict = inactive("NotReferencedByActivation", "no active activation refers to the configuration");
      return;
    }
    if (held.undo !== undefined) return;
    const asset = (identifier: string): Declaration | undefined =>
      this.#held.get(keyOf("Assets", identifier))?.declaration;
    try {
      held.undo = await applyConfiguration({ ...context, asset }, declaration);
      held.verdict = { active: true, valid: "valid", reasons: [] };
    } catch (error) {
      held.verdict = invalid(reasonOf(error));
    }
  }

  #judgeActivation(declaration: Declaration, values: PredicateValues): Verdict {
    if (declaration.type !== "com.apple.activation.simple")
      return invalid({ code: "Error.ActivationFailed", description: `${declaration.type} is not known` });
    const missing = this.#configurationsOf(declaration).filter(
      (name) => !this.#held.has(keyOf("Configurations", name)),
    );
    if (missing.length > 0)
      return invalid({
        code: "Error.MissingConfigurations",
        description: "configurations are missing",
        details: { Configurations: missing },
      });
    const predicate = declaration.payload["Predicate"];
    if (typeof predicate !== "string") return { active: true, valid: "valid", reasons: [] };
    try {
      if (isTrue(predicate, values)) return { active: true, valid: "valid", reasons: [] };
      return inactive("Predicate", "the predicate is false");
    } catch (error) {
      const code = error instanceof PredicateUnanswerable ? "UnableToEvaluatePredicate" : "UnableToParsePredicate";
      return invalid({ code: `Error.${code}`, description: error instanceof Error ? error.message : String(error) });
    }
  }

  #configurationsOf({ payload }: Declaration): string[] {
    const names = payload["StandardConfigurations"];
    return Array.isArray(names) ? names.filter((name: unknown) => typeof name === "string") : [];
  }

  #payloads(type: string): JsonObject[] {
    return [...this.#held.values()].flatMap(({ declaration }) =>
      declaration?.type === type && isObject(declaration.payload) ? [declaration.payload] : [],
    );
  }

  #of(kind: KindList): Held[] {
    return [...this.#held.values()].filter((held) => held.kind === kind);
  }
}

export const ALL_KINDS = Object.keys(KINDS) as readonly KindList[];

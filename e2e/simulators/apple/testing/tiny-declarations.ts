import { createHash } from "node:crypto";
import { dataOf } from "../plist/plist-value.ts";
import type { TinyMessage, TinyReply } from "./tiny-mdm-server.ts";

const KINDS = { Activations: "activation", Configurations: "configuration", Assets: "asset", Management: "management" };

interface TinyDeclaration {
  readonly Type: string;
  readonly Identifier: string;
  readonly ServerToken: string;
  readonly Payload: object;
}

/** A status report as a test reads it. */
export interface TinyStatusReport {
  readonly StatusItems: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Errors: readonly { readonly StatusItem: string }[];
  readonly FullReport?: boolean;
}

/** The server's half of declarative management: what is declared, and what was reported about it. */
export const tinyDeclarations = () => {
  const declared = new Map<string, TinyDeclaration>();
  const reports: TinyStatusReport[] = [];
  const asked: string[] = [];

  const hash = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");
  const itemsOf = (kind: string) =>
    [...declared.values()]
      .filter(({ Type }) => Type.startsWith(`com.apple.${kind}.`))
      .map(({ Identifier, ServerToken }) => ({ Identifier, ServerToken }));
  const token = (): string =>
    hash([...declared.values()].map(({ Identifier, ServerToken }) => Identifier + ServerToken).sort());
  const tokens = () => ({ SyncTokens: { DeclarationsToken: token(), Timestamp: "2026-01-02T03:04:05Z" } });
  const json = (body: unknown): TinyReply => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

  return {
    reports,
    last: (): TinyStatusReport => reports.at(-1) ?? { StatusItems: {}, Errors: [] },
    asked,
    tokens: (): Buffer => Buffer.from(JSON.stringify(tokens())),
    declare(Type: string, Identifier: string, Payload: object): void {
      declared.set(Identifier, { Type: `com.apple.${Type}`, Identifier, ServerToken: hash(Payload), Payload });
    },
    /** Declares a configuration and an activation of it. */
    activate(type: string, identifier: string, payload: object, predicate?: string): void {
      this.declare(`configuration.${type}`, identifier, payload);
      const Predicate = predicate === undefined ? {} : { Predicate: predicate };
      this.declare("activation.simple", `on ${identifier}`, { StandardConfigurations: [identifier], ...Predicate });
    },
    withdraw: (identifier: string): boolean => declared.delete(identifier),
    answer({ message }: TinyMessage): TinyReply | undefined {
      const endpoint = message["Endpoint"];
      if (message["MessageType"] !== "DeclarativeManagement" || typeof endpoint !== "string") return undefined;
      asked.push(endpoint);
      if (endpoint === "tokens") return json(tokens());
      if (endpoint === "status") {
        reports.push(JSON.parse(String(dataOf(message["Data"]))) as TinyStatusReport);
        return {};
      }
      if (endpoint === "declaration-items") {
        const lists = Object.entries(KINDS).map(([list, kind]) => [list, itemsOf(kind)]);
        return json({ Declarations: Object.fromEntries(lists), DeclarationsToken: token() });
      }
      const found = declared.get(endpoint.split("/")[2] ?? "");
      return found === undefined ? { status: 404 } : json(found);
    },
  };
};

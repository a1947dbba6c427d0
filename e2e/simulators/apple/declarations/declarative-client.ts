import type { DeviceParts } from "../device-parts.ts";
import type { ActiveEnrollment } from "../enrollment/active-enrollment.ts";
import { CheckinRefused, checkin } from "../wire/checkin-client.ts";
import type { MdmChannel } from "../wire/mdm-channel.ts";
import { isObject, type Json, type JsonObject, KINDS, type KindList, readDeclaration } from "./declaration.ts";
import { ALL_KINDS, DeclarationSet } from "./declaration-set.ts";
import type { PendingUpdate, StatusContext } from "./status-items.ts";
import { StatusReporter } from "./status-reporter.ts";

export interface ClientDeps {
  readonly parts: DeviceParts;
  readonly channel: MdmChannel;
  readonly enrollment: () => ActiveEnrollment | undefined;
}

interface Listed {
  readonly identifier: string;
  readonly serverToken: string;
}

const parse = (body: Buffer, what: string): JsonObject => {
  const value = JSON.parse(body.toString()) as Json;
  if (!isObject(value)) throw new Error(`${what} is no object`);
  return value;
};

const listed = (items: JsonObject, kind: KindList): Listed[] => {
  const list = items[kind];
  if (!Array.isArray(list)) throw new Error(`declaration-items have no ${kind}`);
  return (list as readonly Json[]).map((item) => {
    const { Identifier: identifier, ServerToken: serverToken } = isObject(item) ? item : {};
    if (typeof identifier !== "string" || typeof serverToken !== "string")
      throw new Error(`an item of ${kind} has no Identifier or ServerToken`);
    return { identifier, serverToken };
  });
};

/** A channel under declarative management: keeps its declarations in sync and tells of its status. */
export class DeclarativeClient {
  readonly #deps: ClientDeps;
  readonly declarations = new DeclarationSet();
  readonly #reporter: StatusReporter;
  #token: string | undefined;
  #update: PendingUpdate | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: ClientDeps) {
    this.#deps = deps;
    this.#reporter = new StatusReporter(deps.parts, this.declarations);
  }

  get pendingUpdate(): PendingUpdate | undefined {
    return this.#update;
  }

  /** Catches up with the server; `tokens` spares the question for them. What fails stands in the ledger. */
  async synchronize(tokens?: Buffer): Promise<void> {
    await this.#inTurn(async () => {
      const first = this.#token === undefined;
      const answer = parse(tokens ?? (await this.#ask("tokens")), "tokens")["SyncTokens"];
      const token = isObject(answer) ? answer["DeclarationsToken"] : undefined;
      if (typeof token !== "string") throw new Error("there is no DeclarationsToken");
      if (token !== this.#token) await this.#catchUp();
      await this.#evaluate();
      await this.#tell(first);
    });
  }

  /** Something about the device changed: activations are decided anew, and what is news is told. */
  async changed(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#evaluate();
      await this.#tell(false);
    });
  }

  /** Tells everything, as devices do about once a day. */
  async fullReport(): Promise<void> {
    await this.#inTurn(() => this.#tell(true));
  }

  /** The deadline of a declared update passes, and the device installs it or fails to. */
  async passDeadline(failure?: string): Promise<void> {
    const { state, ledger } = this.#deps.parts;
    const update = this.#update;
    if (update === undefined) throw new Error("no update is declared");
    if (failure === undefined) {
      state.os = { ...state.os, version: update.version, build: update.build ?? "99A999" };
      ledger.add({ kind: "updated", version: state.os.version, build: state.os.build });
      this.#update = undefined;
    } else this.#update = { ...update, state: "failed", failure };
    await this.changed();
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#deps.parts.ledger.add({ kind: "failed", what: `declarations of ${this.#deps.channel.name}`, reason });
    });
    this.#last = turn;
    await turn;
  }

  #enrolled(): ActiveEnrollment {
    const enrollment = this.#deps.enrollment();
    if (enrollment === undefined) throw new Error("the device is not enrolled");
    return enrollment;
  }

  async #ask(endpoint: string, data?: JsonObject): Promise<Buffer> {
    const { parts, channel } = this.#deps;
    const message = {
      Endpoint: endpoint,
      Data: data === undefined ? undefined : Buffer.from(JSON.stringify(data)),
    };
    return (await checkin(parts, this.#enrolled(), "DeclarativeManagement", message, channel)).body;
  }

  async #catchUp(): Promise<void> {
    const answer = parse(await this.#ask("declaration-items"), "declaration-items");
    const { Declarations: items, DeclarationsToken: token } = answer;
    if (!isObject(items) || typeof token !== "string") throw new Error("declaration-items are not whole");
    const wanted = ALL_KINDS.map((kind) => [kind, listed(items, kind)] as const);
    const [fetched, gone]: [string[], string[]] = [[], []];
    for (const [kind, list] of wanted) {
      const names = new Set(list.map(({ identifier }) => identifier));
      for (const identifier of this.declarations.identifiers(kind))
        if (!names.has(identifier)) {
          this.declarations.drop(kind, identifier);
          gone.push(identifier);
        }
      for (const { identifier, serverToken } of list)
        if (this.declarations.tokenOf(kind, identifier) !== serverToken) {
          await this.#fetch(kind, identifier, serverToken);
          fetched.push(identifier);
        }
    }
    this.#token = token;
    this.#deps.parts.ledger.add({ kind: "declarations", token, fetched, gone });
  }

  async #fetch(kind: KindList, identifier: string, serverToken: string): Promise<void> {
    try {
      const body = await this.#ask(`declaration/${KINDS[kind]}/${identifier}`);
      this.declarations.put(readDeclaration(kind, identifier, body));
    } catch (error) {
      if (error instanceof CheckinRefused) {
        if (error.status !== 404) throw error;
        this.declarations.drop(kind, identifier);
      } else this.declarations.putUnreadable(kind, identifier, serverToken, error);
    }
  }

  async #evaluate(): Promise<void> {
    const { parts } = this.#deps;
    const context = this.#context();
    await this.declarations.evaluate({
      parts,
      enrollment: this.#enrolled(),
      status: (path) => this.#reporter.value(path, context),
    });
    this.#update = this.#declaredUpdate();
  }

  #declaredUpdate(): PendingUpdate | undefined {
    const [declared] = this.declarations.active("com.apple.configuration.softwareupdate.enforcement.specific");
    if (declared === undefined) return undefined;
    const { TargetOSVersion, TargetBuildVersion, TargetLocalDateTime } = declared.payload;
    const [version, deadline] = [TargetOSVersion, TargetLocalDateTime];
    if (typeof version !== "string" || typeof deadline !== "string") return undefined;
    if (this.#update?.declaration === declared.identifier && this.#update.version === version) return this.#update;
    const current = this.#deps.parts.state.os.version;
    if (current.localeCompare(version, "en", { numeric: true }) >= 0) return undefined;
    return {
      version,
      deadline,
      declaration: declared.identifier,
      build: typeof TargetBuildVersion === "string" ? TargetBuildVersion : undefined,
      state: "waiting",
      failure: undefined,
    };
  }

  #context(): StatusContext {
    const lengths = this.declarations
      .active("com.apple.configuration.passcode.settings")
      .map(({ payload }) => Number(payload["MinimumLength"] ?? (payload["RequirePasscode"] === true ? 1 : 0)));
    return { parts: this.#deps.parts, passcodeLength: Math.max(0, ...lengths), pendingUpdate: this.#update };
  }

  async #tell(full: boolean): Promise<void> {
    const report = this.#reporter.report(this.#context(), full);
    if (report === undefined) return;
    await this.#ask("status", report.body);
    report.taken();
    this.#deps.parts.ledger.add({ kind: "status", full, items: report.items });
  }
}

import { EventEmitter, on } from "node:events";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger, type Logger } from "@muster/host/logging";
import type { ServiceName } from "../calls.ts";
import { Channel, clientOf } from "../client.ts";
import { SELF_CALL } from "../self-call.ts";
import { GrpcServer } from "../server.ts";
import { KeptCertificates } from "../tls/kept-certificates.ts";
import { Secured } from "../tls/secured.ts";
import { serviceUri } from "../tls/service-uri.ts";
import { CertificateFolder, type TestAuthority } from "./certificate-folder.ts";

const TOKEN = "a token that all services have";
const LOOK_EVERY_MS = 20;

/** What a service logged, as it was said. */
export class HeardLog {
  readonly lines: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  readonly #said = new EventEmitter();
  readonly log: Logger;

  constructor() {
    const hear = (fields: Record<string, unknown> | string, message: string) => {
      this.lines.push(typeof fields === "string" ? { message: fields, fields: {} } : { message, fields });
      this.#said.emit("line");
    };
    this.log = Object.assign(Object.create(createLogger("test", "silent")) as Logger, { info: hear, warn: hear });
  }

  /** Waits for the nth line that says this. */
  async said(message: string, times = 1): Promise<Readonly<Record<string, unknown>>> {
    const found = () => this.lines.filter((line) => line.message.includes(message))[times - 1]?.fields;
    const lines = on(this.#said, "line", { signal: AbortSignal.timeout(30_000) });
    for (;;) {
      const fields = found();
      if (fields !== undefined) return fields;
      await lines.next();
    }
  }
}

/** A service with certificates in a folder of its own, which answers what it is asked. */
export class SecuredService {
  readonly name: ServiceName;
  readonly folder: CertificateFolder;
  readonly heard = new HeardLog();
  readonly #lifecycle = new Lifecycle(this.heard.log);
  #secured: Secured | undefined;

  constructor(name: ServiceName, folder: string) {
    this.name = name;
    this.folder = new CertificateFolder(folder);
  }

  /** Gives it a certificate of this authority, and its trust; returns the certificate's serial number. */
  async trust(authority: TestAuthority, trusted: readonly TestAuthority[] = [authority]): Promise<string> {
    const { cert, key, serial } = await authority.issue(serviceUri(this.name));
    await this.folder.write({ ca: trusted.map(({ pem }) => pem).join(""), cert, key });
    return serial;
  }

  async open(): Promise<this> {
    const { files } = this.folder;
    const options = { files, service: this.name, log: this.heard.log, lifecycle: this.#lifecycle };
    const certificates = await KeptCertificates.open({ ...options, everyMs: LOOK_EVERY_MS });
    this.#secured = new Secured(this.name, certificates, this.heard.log);
    return this;
  }

  /** Listens; returns the port, and what ends the listening in order. */
  async listen(port = 0): Promise<{ port: number; close: () => Promise<void> }> {
    const lifecycle = new Lifecycle(this.heard.log);
    const { log } = this.heard;
    const server = new GrpcServer({ port, serviceToken: TOKEN, secured: this.#secured, log, lifecycle });
    return { port: await server.open(), close: () => lifecycle.stop() };
  }

  /** Asks a service, as this one, over a connection of its own; without certificates when it has none. */
  caller(service: ServiceName, port: number): (question: string) => Promise<string> {
    const channel = new Channel(`127.0.0.1:${port}`, TOKEN, this.#lifecycle, this.#secured?.to(service));
    const client = clientOf(SELF_CALL, channel);
    return async (question) =>
      String(await client.ask(Buffer.from(question), { tenant: "acme", actor: this.name }, { timeoutMs: 20_000 }));
  }

  close(): Promise<void> {
    return this.#lifecycle.stop();
  }
}

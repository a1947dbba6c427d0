import assert from "node:assert/strict";
import {
  type AutomatedEnrollmentDevice,
  AutomatedEnrollmentProfile,
  type AutomatedEnrollmentServer,
} from "@muster/contracts/gen/muster/enrollment/v1/automated_enrollment";
import { SimulatedAbm } from "@muster/e2e/simulators/abm/abm-server";
import { eventually } from "@muster/testkit/eventually";
import { acme, type RunningService, startRunningService } from "./running-service.ts";

const DEADLINE_MS = 60_000;

interface Started extends Pick<AutomatedTenant, "abm" | "server" | "service"> {
  readonly running: AsyncDisposableStack;
}

/** A tenant with a server at Apple Business Manager, whose service talks with a simulated one. */
export class AutomatedTenant {
  readonly abm: SimulatedAbm;
  readonly service: RunningService;
  readonly server: AutomatedEnrollmentServer;
  readonly #running: AsyncDisposableStack;

  private constructor({ abm, running, server, service }: Started) {
    this.#running = running;
    this.abm = abm;
    this.service = service;
    this.server = server;
  }

  static async start(serverName: string): Promise<AutomatedTenant> {
    await using starting = new AsyncDisposableStack();
    const abm = await new SimulatedAbm().start();
    starting.defer(() => abm.stop());
    const service = await startRunningService({ MUSTER_ABM_URL: abm.url });
    starting.defer(() => service.stop());
    const server = await makeServer(service, serverName);
    return new AutomatedTenant({ abm, service, server, running: starting.move() });
  }

  stop(): Promise<void> {
    return this.#running.disposeAsync();
  }

  makeServer(name: string): Promise<AutomatedEnrollmentServer> {
    return makeServer(this.service, name);
  }

  async makeProfile(name: string, more: Partial<AutomatedEnrollmentProfile> = {}): Promise<string> {
    const profile = AutomatedEnrollmentProfile.fromPartial({ name, supervised: true, mandatory: true, ...more });
    const made = await this.service.automated.createAutomatedEnrollmentProfile({ profile }, acme);
    return made.profile?.id ?? "";
  }

  upload(id: string, token: Buffer) {
    return this.service.automated.uploadAutomatedEnrollmentToken({ id, token }, acme);
  }

  async current(): Promise<AutomatedEnrollmentServer> {
    const { server } = await this.service.automated.getAutomatedEnrollmentServer({ id: this.server.id }, acme);
    return server ?? assert.fail("it is gone");
  }

  until(what: string, fits: (now: AutomatedEnrollmentServer) => boolean) {
    return eventually(
      what,
      async () => ((await this.current()).nextSyncAt !== undefined && fits(await this.current())) || undefined,
      DEADLINE_MS,
    );
  }

  /** Synchronizes, and waits until that is over, however it ends. */
  async sync(): Promise<AutomatedEnrollmentServer> {
    const before = new Date();
    await this.service.automated.syncAutomatedEnrollmentServer({ id: this.server.id }, acme);
    await this.until(
      "the synchronization to end",
      ({ nextSyncAt }) => (nextSyncAt ?? before) > new Date(before.getTime() + 1_000),
    );
    return this.current();
  }

  async devices(): Promise<Map<string, AutomatedEnrollmentDevice>> {
    const request = { serverId: this.server.id, notEnrolledOnly: false, pageSize: 500, pageToken: "" };
    const listed = await this.service.automated.listAutomatedEnrollmentDevices(request, acme);
    return new Map(listed.devices.map((device) => [device.serialNumber, device]));
  }

  async serials(): Promise<string[]> {
    return [...(await this.devices()).keys()];
  }

  /** Changes what is kept of the server. */
  set(changes: { cursor?: string; phase?: "fetch" }) {
    return this.service.data.database.system((work) =>
      work.sql.updateTable("automated_servers").set(changes).execute(),
    );
  }
}

async function makeServer(service: RunningService, name: string): Promise<AutomatedEnrollmentServer> {
  const wanted = { name, rules: [], defaultProfileId: "" };
  const { server } = await service.automated.createAutomatedEnrollmentServer(wanted, acme);
  return server ?? assert.fail("no server was made");
}

import { randomUUID } from "node:crypto";
import { nodeKey, type ServiceProcess } from "./service-process.ts";

type Rows = Record<string, string>[];
type Answers = Record<string, Rows>;

export interface Work {
  readonly queries: Record<string, string>;
  readonly discovery?: Record<string, string>;
  readonly accelerate?: number;
}

/** A host that speaks osquery's TLS API and answers what the test tells it to. */
export class OsqueryHost {
  readonly id: string;
  readonly key: string;
  readonly #service: ServiceProcess;
  readonly answers: Answers;

  constructor(service: ServiceProcess, answers: Answers = {}, id: string = randomUUID()) {
    this.#service = service;
    this.id = id;
    this.key = nodeKey(id);
    this.answers = { ...ubuntu(`host-${id.slice(0, 8)}`), ...answers };
  }

  async read(): Promise<Work> {
    const response = await this.#service.post("/api/osquery/distributed/read", { node_key: this.key });
    if (response.status !== 200) throw new Error(`distributed/read: ${response.status} ${await response.text()}`);
    return (await response.json()) as Work;
  }

  /** Answers each question with what the host has for its name, or for the longest beginning of it; else no rows. */
  async write({ queries }: Work): Promise<void> {
    const rows = Object.fromEntries(Object.keys(queries).map((name) => [name, this.#rowsFor(name)]));
    const statuses = Object.fromEntries(Object.keys(queries).map((name) => [name, 0]));
    const body = { node_key: this.key, queries: rows, statuses };
    const response = await this.#service.post("/api/osquery/distributed/write", body);
    if (response.status !== 200) throw new Error(`distributed/write: ${response.status} ${await response.text()}`);
  }

  /** Reads and answers until there is nothing more to answer; returns the names asked. */
  async settle(): Promise<string[]> {
    const names: string[] = [];
    for (;;) {
      const work = await this.read();
      const asked = Object.keys(work.queries);
      if (asked.length === 0) return names;
      names.push(...asked);
      await this.write(work);
    }
  }

  #rowsFor(name: string): Rows {
    const keys = Object.keys(this.answers).filter((key) => name.startsWith(key));
    return this.answers[keys.sort((a, b) => b.length - a.length)[0] ?? ""] ?? [];
  }
}

const ubuntu = (hostname: string): Answers => ({
  muster_detail_os_version: [
    { name: "Ubuntu", version: "22.04.4 LTS", major: "22", minor: "4", platform: "ubuntu", platform_like: "debian" },
  ],
  muster_detail_osquery_info: [{ uuid: "u", instance_id: "i", version: "5.14.1" }],
  muster_detail_system_info: [
    {
      hostname,
      computer_name: hostname,
      uuid: `uuid-${hostname}`,
      hardware_vendor: "Dell Inc.",
      hardware_model: "XPS 13",
      hardware_serial: `serial-${hostname}`,
      physical_memory: "16777216000",
    },
  ],
  muster_detail_interface_addresses: [{ interface: "eth0", address: "10.1.2.3", mask: "255.255.255.0" }],
  muster_detail_uptime: [{ total_seconds: String(Date.now() % 1e6) }],
  muster_detail_deb_packages: [
    { name: "bash", version: "5.1", vendor: "Debian" },
    { name: "openssl", version: "3.0.2", vendor: "Debian" },
  ],
});

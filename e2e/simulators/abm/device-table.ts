/** A device as an organisation bought it. */
export interface BoughtDevice {
  readonly serialNumber: string;
  readonly model?: string;
  readonly description?: string;
  readonly color?: string;
  readonly assetTag?: string;
  readonly deviceFamily?: string;
  readonly os?: string;
}

type Wire = Record<string, string>;

interface Change {
  readonly device: Wire;
  readonly op_type: "added" | "modified" | "deleted";
  readonly op_date: string;
}

interface Cursor {
  /** How many devices of the fetch were given. */
  readonly given: number;
  readonly done: boolean;
  /** From which change on it is for. */
  readonly changes: number;
  readonly age: number;
}

export interface Page {
  readonly cursor: string;
  readonly devices: readonly Wire[];
  readonly fetched_until: string;
  readonly more_to_follow: boolean;
}

/** A refusal by one of Apple's words. */
export class WordError extends Error {}

const wireOf = (device: BoughtDevice): Wire => ({
  serial_number: device.serialNumber,
  model: device.model ?? "MacBook Air",
  description: device.description ?? "MBAIR 13.6 MNGT/8C CPU",
  color: device.color ?? "MIDNIGHT",
  asset_tag: device.assetTag ?? "",
  device_family: device.deviceFamily ?? "Mac",
  os: device.os ?? "OSX",
  profile_status: "empty",
  profile_uuid: "",
  device_assigned_date: new Date().toISOString(),
  device_assigned_by: "buyer@acme.example",
});

/** The devices that are assigned to one server, and everything that happened to them. Times are Apple's: whole seconds. */
export class DeviceTable {
  readonly #devices = new Map<string, Wire>();
  readonly #changes: Change[] = [];
  /** Cursors of an earlier age have expired. */
  #age = 1;

  /** Assigns devices to the server, in the web page of the organisation. */
  add(...devices: readonly BoughtDevice[]): void {
    for (const device of devices) {
      const wire = wireOf(device);
      this.#devices.set(device.serialNumber, wire);
      this.#note(wire, "added");
    }
  }

  modify(serialNumber: string, changes: Wire): void {
    const known = this.#devices.get(serialNumber);
    if (known === undefined) throw new Error(`there is no device ${serialNumber}`);
    const wire = { ...known, ...changes };
    this.#devices.set(serialNumber, wire);
    this.#note(wire, "modified");
  }

  /** Takes devices away from the server. */
  remove(...serialNumbers: readonly string[]): void {
    for (const serialNumber of serialNumbers) {
      const known = this.#devices.get(serialNumber);
      if (known === undefined) throw new Error(`there is no device ${serialNumber}`);
      this.#devices.delete(serialNumber);
      this.#note(known, "deleted");
    }
  }

  /** Gives devices up: they are the organisation's no more. */
  disown(serialNumbers: readonly string[]): { devices: Record<string, "SUCCESS" | "NOT_ACCESSIBLE"> } {
    const known = serialNumbers.filter((serial) => this.#devices.has(serial));
    this.remove(...known);
    const results = serialNumbers.map((serial) => [serial, known.includes(serial) ? "SUCCESS" : "NOT_ACCESSIBLE"]);
    return { devices: Object.fromEntries(results) as Record<string, "SUCCESS" | "NOT_ACCESSIBLE"> };
  }

  /** As after a week: no cursor that was given out is good any more. */
  expireCursors(): void {
    this.#age += 1;
  }

  find(serialNumber: string): Wire | undefined {
    return this.#devices.get(serialNumber);
  }

  fetch(text: string | undefined, limit: number): Page {
    const from = text === undefined ? { given: 0, done: false, changes: this.#changes.length } : this.#open(text);
    if (from.done) throw new WordError("EXHAUSTED_CURSOR");
    const all = [...this.#devices.values()];
    const devices = all.slice(from.given, from.given + limit);
    const given = from.given + devices.length;
    return this.#page(devices, { given, done: given >= all.length, changes: from.changes }, given < all.length);
  }

  sync(text: string | undefined, limit: number): Page {
    if (text === undefined || text === "") throw new WordError("CURSOR_REQUIRED");
    const from = this.#open(text);
    const changes = this.#changes.slice(from.changes, from.changes + limit);
    const next = from.changes + changes.length;
    const devices = changes.map(({ device, op_date, op_type }) => ({ ...device, op_type, op_date }));
    return this.#page(devices, { given: 0, done: true, changes: next }, next < this.#changes.length);
  }

  #note(device: Wire, op_type: Change["op_type"]): void {
    this.#changes.push({ device, op_type, op_date: new Date().toISOString().replace(/\.\d+Z$/, "Z") });
  }

  #page(devices: readonly Wire[], cursor: Omit<Cursor, "age">, more: boolean): Page {
    const text = Buffer.from(JSON.stringify({ ...cursor, age: this.#age })).toString("base64");
    return { cursor: text, devices, fetched_until: new Date().toISOString(), more_to_follow: more };
  }

  #open(text: string): Cursor {
    let cursor: Cursor;
    try {
      cursor = JSON.parse(Buffer.from(text, "base64").toString()) as Cursor;
    } catch {
      throw new WordError("INVALID_CURSOR");
    }
    if (typeof cursor.age !== "number") throw new WordError("INVALID_CURSOR");
    if (cursor.age !== this.#age) throw new WordError("EXPIRED_CURSOR");
    return cursor;
  }
}

import { type DeviceTable, WordError } from "./device-table.ts";

/** A lock that an organisation has put on a device it lost. */
export interface ActivationLock {
  /** Without it only the organisation's own page opens the lock. */
  readonly escrowKey: string | undefined;
  readonly lostMessage: string | undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The devices whose activation Apple refuses. */
export class ActivationLocks {
  readonly #table: DeviceTable;
  readonly #locks = new Map<string, ActivationLock>();

  constructor(table: DeviceTable) {
    this.#table = table;
  }

  of(serialNumber: string): ActivationLock | undefined {
    return this.#locks.get(serialNumber);
  }

  lock(body: Record<string, unknown>): { serial_number: string; response_status: string } {
    const serial = textOf(body["device"]);
    if (serial === undefined) throw new WordError("DEVICE_ID_REQUIRED");
    const escrowKey = textOf(body["escrow_key"]);
    if (escrowKey !== undefined && !/^[0-9a-f]{64}$/.test(escrowKey)) throw new WordError("MALFORMED_ESCROW_KEY");
    const answer = (status: string) => ({ serial_number: serial, response_status: status });
    if (this.#table.find(serial) === undefined) return answer("NOT_ACCESSIBLE");
    if (this.#locks.has(serial)) return answer("DEVICE_ALREADY_LOCKED");
    this.#locks.set(serial, { escrowKey, lostMessage: textOf(body["lost_message"]) });
    return answer("SUCCESS");
  }
}

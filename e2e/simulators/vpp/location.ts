import { randomUUID } from "node:crypto";
import { NOT_ENOUGH, type StoreError, USER_UNKNOWN } from "./store-error.ts";

export interface Product {
  readonly adamId: string;
  readonly productType: "App" | "Book";
  readonly deviceAssignable: boolean;
  totalCount: number;
}

export interface Person {
  readonly clientUserId: string;
  email: string | undefined;
  managedAppleId: string | undefined;
  status: "Registered" | "Associated" | "Retired";
}

/** Who has a license: a device by its serial number, or a person. */
export type Holder = { readonly serialNumber: string } | { readonly clientUserId: string };

export interface Assignment {
  readonly adamId: string;
  readonly pricingParam: string;
  readonly holder: Holder;
}

/** Something that Apple does later than it was asked to. */
interface StoreEvent {
  readonly eventId: string;
  readonly eventType: "ASSOCIATE" | "DISASSOCIATE" | "REVOKE" | "CREATE" | "UPDATE" | "RETIRE";
  readonly numRequested: number;
  readonly failures: Failure[];
  readonly work: () => void;
  /** How many more requests go by before it is done. */
  pendingFor: number;
  done: boolean;
}

interface Failure extends Pick<StoreError, "errorNumber" | "errorMessage"> {
  readonly errorInfo: Readonly<Record<string, readonly string[]>>;
}

const failureOf = ({ errorMessage, errorNumber }: StoreError, errorInfo: Failure["errorInfo"]): Failure => ({
  errorNumber,
  errorMessage,
  errorInfo,
});

const sameHolder = (one: Holder, other: Holder): boolean => JSON.stringify(one) === JSON.stringify(other);

/** One location of an organization: what it bought, who has it, and what is under way. */
export class Location {
  readonly uId: string;
  readonly name: string;
  readonly products = new Map<string, Product>();
  readonly people = new Map<string, Person>();
  assignments: Assignment[] = [];
  mdmInfo: Readonly<Record<string, unknown>> | undefined;
  /** Another one after each change. */
  versionId = randomUUID();
  /** How many requests Apple takes before it has done something. */
  requestsUntilDone = 1;
  readonly #events = new Map<string, StoreEvent>();

  constructor(uId: string, name: string) {
    this.uId = uId;
    this.name = name;
  }

  buy(adamId: string, totalCount: number, more: Partial<Omit<Product, "adamId" | "totalCount">> = {}): void {
    const known = this.products.get(adamId);
    if (known !== undefined) known.totalCount += totalCount;
    else this.products.set(adamId, { adamId, totalCount, productType: "App", deviceAssignable: true, ...more });
    this.versionId = randomUUID();
  }

  assigned(adamId: string): number {
    return this.assignments.filter((each) => each.adamId === adamId).length;
  }

  holdersOf(adamId: string): string[] {
    return this.assignments
      .filter((each) => each.adamId === adamId)
      .map(({ holder }) => ("serialNumber" in holder ? holder.serialNumber : holder.clientUserId));
  }

  associate(adamIds: readonly string[], holders: readonly Holder[]): string {
    return this.#begin("ASSOCIATE", adamIds.length * holders.length, (failures) => {
      for (const adamId of adamIds) for (const holder of holders) this.#give(adamId, holder, failures);
    });
  }

  disassociate(adamIds: readonly string[], holders: readonly Holder[]): string {
    return this.#begin("DISASSOCIATE", adamIds.length * holders.length, () => {
      this.assignments = this.assignments.filter(
        (each) => !(adamIds.includes(each.adamId) && holders.some((holder) => sameHolder(holder, each.holder))),
      );
    });
  }

  revoke(holders: readonly Holder[]): string {
    return this.#begin("REVOKE", holders.length, () => {
      this.assignments = this.assignments.filter((each) => !holders.some((holder) => sameHolder(holder, each.holder)));
    });
  }

  changePeople(
    eventType: "CREATE" | "UPDATE" | "RETIRE",
    users: readonly Pick<Person, "clientUserId" | "email" | "managedAppleId">[],
  ): string {
    return this.#begin(eventType, users.length, (failures) => {
      for (const user of users) {
        const known = this.people.get(user.clientUserId);
        if (eventType === "CREATE" && (known === undefined || known.status === "Retired")) {
          const status = user.managedAppleId === undefined ? "Registered" : "Associated";
          this.people.set(user.clientUserId, { ...user, status });
        } else if (known === undefined) failures.push(failureOf(USER_UNKNOWN, { clientUserIds: [user.clientUserId] }));
        else if (eventType === "RETIRE") known.status = "Retired";
        else if (eventType === "UPDATE") Object.assign(known, user);
      }
    });
  }

  /** Time goes by with requests, so that nothing depends on the clock. */
  passTime(): void {
    for (const event of this.#events.values()) {
      if (event.done || event.pendingFor-- > 0) continue;
      event.done = true;
      event.work();
      this.versionId = randomUUID();
    }
  }

  status(eventId: string): Readonly<Record<string, unknown>> | undefined {
    const event = this.#events.get(eventId);
    if (event === undefined) return undefined;
    const { eventType, failures, numRequested } = event;
    const eventStatus = event.done ? (failures.length > 0 ? "FAILED" : "COMPLETE") : "PENDING";
    const numCompleted = event.done ? numRequested - failures.length : 0;
    return { eventStatus, eventType, numCompleted, numRequested, ...(failures.length > 0 && { failures }) };
  }

  #begin(eventType: StoreEvent["eventType"], numRequested: number, act: (failures: Failure[]) => void): string {
    const eventId = randomUUID();
    const failures: Failure[] = [];
    const work = () => act(failures);
    this.#events.set(eventId, {
      eventId,
      eventType,
      numRequested,
      failures,
      work,
      pendingFor: this.requestsUntilDone,
      done: false,
    });
    return eventId;
  }

  #give(adamId: string, holder: Holder, failures: Failure[]): void {
    const info =
      "serialNumber" in holder ? { serialNumbers: [holder.serialNumber] } : { clientUserIds: [holder.clientUserId] };
    if (this.assignments.some((each) => each.adamId === adamId && sameHolder(each.holder, holder))) return;
    const person = "clientUserId" in holder ? this.people.get(holder.clientUserId) : undefined;
    if ("clientUserId" in holder && (person === undefined || person.status === "Retired"))
      failures.push(failureOf(USER_UNKNOWN, info));
    else if (this.assigned(adamId) >= (this.products.get(adamId)?.totalCount ?? 0))
      failures.push(failureOf(NOT_ENOUGH, info));
    else this.assignments.push({ adamId, pricingParam: "STDQ", holder });
  }
}

import type { AssetName, Assignees, ClientConfig, EventStatus, StoreAsset } from "../../domain/vpp/store.ts";

/** What is asked of Apple's Apps and Books. Every method throws AppsAndBooksError. */
export interface AppsAndBooksStore {
  /** How many assignees one request may name (Service Config); needs no token. */
  maxAssignees(): Promise<number>;
  clientConfig(bearer: string): Promise<ClientConfig>;
  /** Says that the one with this id manages the location from now on. */
  claim(bearer: string, id: string): Promise<ClientConfig>;
  assets(bearer: string, only?: Partial<AssetName>): Promise<StoreAsset[]>;
  /** Everyone who has a license of the asset: serial numbers, and Apple's names of people. */
  holders(bearer: string, asset: AssetName): Promise<Set<string>>;
  /** @returns the event that tells when it is done. */
  associate(bearer: string, asset: AssetName, assignees: Assignees): Promise<string>;
  /** @returns the event that tells when it is done. */
  disassociate(bearer: string, asset: AssetName, assignees: Assignees): Promise<string>;
  eventStatus(bearer: string, eventId: string): Promise<EventStatus>;
  /** Whether the person is known and was not retired. */
  hasPerson(bearer: string, clientUserId: string): Promise<boolean>;
  /** The managed account associates the person at once, without an invitation. */
  addPerson(bearer: string, clientUserId: string, managedAppleId: string): Promise<void>;
}

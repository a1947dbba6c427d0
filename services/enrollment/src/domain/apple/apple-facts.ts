/** What Apple's protocol says of a device, beside what every machine says. */
export interface AppleFacts {
  /** The enrollment that speaks for it now. */
  readonly enrollmentId: string;
  readonly udid: string;
  readonly productName: string;
  readonly osVersion: string;
  readonly buildVersion: string;
  readonly topic: string;
  readonly accessRights: number;
  readonly awaitingConfiguration: boolean;
  readonly users: readonly AppleUser[];
}

/** A user of a device that has a command channel of their own. */
export interface AppleUser {
  readonly userId: string;
  readonly shortName: string;
  readonly longName: string;
}

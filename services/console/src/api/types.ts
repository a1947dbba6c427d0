// What this page reads of the API's answers; services/gateway/openapi.json tells all of it.

export type Time = string;

export interface Caller {
  readonly tenantId: string;
  readonly actor: string;
  readonly role: string;
  readonly actions: readonly string[];
}

export interface Activity {
  readonly id: string;
  readonly type: string;
  readonly deviceId: string;
  readonly actor: string;
  readonly time: Time;
  readonly data: Readonly<Record<string, unknown>>;
  readonly traceId: string;
  readonly position: string;
}

export interface DeviceCount {
  readonly platform: string;
  readonly osName: string;
  readonly osVersion: string;
  readonly count: number;
  readonly online: number;
}

export interface Device {
  readonly id: string;
  readonly displayName: string;
  readonly hostname: string;
  readonly platform: string;
  readonly ownership: string;
  readonly method: string;
  readonly osName: string;
  readonly osVersion: string;
  readonly agentVersion: string;
  readonly hardwareVendor: string;
  readonly hardwareModel: string;
  readonly hardwareSerial: string;
  readonly primaryAddress: string;
  readonly enrolledAt?: Time;
  readonly lastSeenAt?: Time;
  readonly factsAt?: Time;
  readonly online: boolean;
  readonly labelIds: readonly string[];
  readonly unenrolled: boolean;
  readonly duplicateOf: string;
}

export interface Fact {
  readonly name: string;
  readonly value: unknown;
  readonly since: Time;
}

export interface SoftwareItem {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly vendor: string;
  readonly deviceCount: number;
  readonly managedState: string;
}

export interface Label {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly kind: string;
  readonly query: string;
  readonly deviceCount: number;
}

export interface Selection {
  readonly deviceIds: readonly string[];
  readonly labelIds: readonly string[];
  readonly platforms: readonly string[];
}

export interface Row {
  readonly columns: Readonly<Record<string, string>>;
}

export interface Policy {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly query: string;
  readonly selection?: Selection;
  readonly severity: string;
  readonly resolution: string;
  readonly intervalSeconds: number;
  readonly remediationScriptId: string;
  readonly enabled: boolean;
  readonly revision: number;
  readonly passCount: number;
  readonly failCount: number;
  readonly unknownCount: number;
  readonly staleCount: number;
  readonly updatedAt?: Time;
}

export interface DeviceVerdict {
  readonly deviceId: string;
  readonly displayName: string;
  readonly policyId: string;
  readonly policyName: string;
  readonly severity: string;
  readonly verdict: string;
  readonly since?: Time;
  readonly answeredAt?: Time;
  readonly evidence: readonly Row[];
  readonly reason: string;
  readonly resolution: string;
}

export interface Command {
  readonly id: string;
  readonly deviceId: string;
  readonly type: string;
  readonly state: string;
  readonly runScript?: { readonly content: string };
  readonly apple?: { readonly requestType: string };
  readonly result?: {
    readonly exitCode: number;
    readonly output: string;
    readonly reason: string;
    readonly outputTruncated: boolean;
  };
  readonly createdBy: string;
  readonly reason: string;
  readonly createdAt: Time;
  readonly endedAt?: Time;
  readonly expiresAt?: Time;
}

export interface EscrowedSecret {
  readonly id: string;
  readonly kind: string;
  readonly escrowedAt?: Time;
  readonly lastReadAt?: Time;
  readonly provenAt?: Time;
  readonly endedAt?: Time;
  readonly value: string;
}

export interface LiveQuery {
  readonly id: string;
  readonly sql: string;
  readonly state: string;
  readonly targets: number;
  readonly answered: number;
  readonly failed: number;
  readonly createdBy: string;
  readonly createdAt: Time;
}

export interface Answer {
  readonly deviceId: string;
  readonly displayName: string;
  readonly rows: readonly Row[];
  readonly error: string;
}

export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly type: string;
  readonly requestType: string;
  readonly deviceCount: number;
  readonly waveSizes: readonly number[];
  readonly wave: number;
  readonly haltReason: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: Time;
  readonly counts?: {
    readonly waiting: number;
    readonly refused: number;
    readonly queued: number;
    readonly delivered: number;
    readonly acknowledged: number;
    readonly failed: number;
    readonly expired: number;
    readonly cancelled: number;
  };
}

export interface Webhook {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly labelIds: readonly string[];
  readonly enabled: boolean;
  readonly disabledReason: string;
  readonly secret: string;
  readonly pendingCount: number;
  readonly deadCount: number;
  readonly lastStatus: number;
  readonly lastSuccessAt?: Time;
  readonly consecutiveFailures: number;
}

export interface Sink {
  readonly id: string;
  readonly name: string;
  readonly format: string;
  readonly health?: {
    readonly state: string;
    readonly lagEvents: number;
    readonly lastSuccessAt?: Time;
    readonly lastError: string;
    readonly deliveredCount: number;
    readonly deadCount: number;
  };
}

export interface Subscriber {
  readonly id: string;
  readonly name: string;
  readonly connection?: { readonly stream: string; readonly consumer: string; readonly credentials: string };
  readonly health?: {
    readonly state: string;
    readonly lagEvents: number;
    readonly waitingEvents: number;
    readonly unsettledEvents: number;
    readonly settledAt?: Time;
    readonly lastError: string;
  };
}

export interface ParkedEvent {
  readonly id: string;
  readonly service: string;
  readonly consumer: string;
  readonly state: string;
  readonly type: string;
  readonly deviceId: string;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt?: Time;
  readonly nextTryAt?: Time;
}

export interface ConsumerHealth {
  readonly consumer: string;
  readonly service: string;
  readonly publisher: string;
  readonly behind: number;
  readonly oldestUnheard?: Time;
  readonly repaired: number;
  readonly parkedEvents: number;
  readonly deadLetters: number;
  readonly problem: string;
}

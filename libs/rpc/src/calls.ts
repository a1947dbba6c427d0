/** Which services each one calls over gRPC: with certificates, nobody else is answered. A test holds the chart to it. */
export const CALLS = {
  enrollment: ["inventory", "policy"],
  inventory: ["policy"],
  policy: [],
  command: ["enrollment", "inventory", "policy"],
  notification: [],
  gateway: ["enrollment", "inventory", "policy", "command", "notification"],
} as const;

export type ServiceName = keyof typeof CALLS;

export const isService = (name: string): name is ServiceName => Object.hasOwn(CALLS, name);

/** A service calls itself too, once, to see that its traces cross the wire. */
export const mayCall = (caller: ServiceName, called: ServiceName): boolean =>
  caller === called || (CALLS[caller] as readonly string[]).includes(called);

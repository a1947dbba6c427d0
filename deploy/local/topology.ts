/** What runs when the platform runs on one machine. */
export const SERVICES = [
  { name: "enrollment", sealsSecrets: true },
  { name: "inventory", sealsSecrets: false },
  { name: "policy", sealsSecrets: true },
  { name: "command", sealsSecrets: true },
  { name: "notification", sealsSecrets: true },
  { name: "gateway", sealsSecrets: true },
] as const satisfies readonly { name: string; sealsSecrets: boolean }[];

export type ServiceName = (typeof SERVICES)[number]["name"];

/** The ports of one service: its doors, its gRPC API, and health with metrics. */
export interface ServicePorts {
  readonly http: number;
  readonly grpc: number;
  readonly admin: number;
}

/** One replica of a service, as its process, its log and its pid file are called: inventory, inventory-2. */
export const replicaName = (service: ServiceName, replica: number): string =>
  replica === 0 ? service : `${service}-${replica + 1}`;

export const mainFile = (service: ServiceName): string => `services/${service}/src/main.ts`;
export const migrateFile = (service: ServiceName): string => `services/${service}/src/migrate.ts`;

export interface DeviceKey {
  readonly tenant: string;
  readonly deviceId: string;
}

/** One text for one device of one tenant, for maps. */
export const keyOf = ({ tenant, deviceId }: DeviceKey): string => `${tenant}/${deviceId}`;

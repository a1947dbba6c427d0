/** A device among all tenants' devices. */
export interface DeviceKey {
  readonly tenant: string;
  readonly deviceId: string;
}

export const keyOf = ({ tenant, deviceId }: DeviceKey): string => `${tenant}/${deviceId}`;

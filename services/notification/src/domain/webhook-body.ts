export interface ToldEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly tenant: string;
  readonly deviceId: string;
  readonly actor: string;
  readonly time: Date;
  readonly data: unknown;
}

/**
 * The body of a delivery: a CloudEvent 1.0 in its JSON form, with the `timestamp` that Standard Webhooks asks for
 * beside `type` and `data`.
 */
export function webhookBody({ id, type, source, tenant, deviceId, actor, time, data }: ToldEvent): string {
  return JSON.stringify({
    specversion: "1.0",
    id,
    source,
    type,
    ...(deviceId !== "" && { subject: deviceId }),
    time: time.toISOString(),
    timestamp: time.toISOString(),
    datacontenttype: "application/json",
    tenant,
    ...(actor !== "" && { actor }),
    data,
  });
}

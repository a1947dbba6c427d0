import {
  type AppleDesiredStateServiceServer,
  AppleDesiredStateServiceService,
} from "@muster/contracts/gen/muster/policy/v1/apple_service";
import { type ClientOf, clientOf } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";
import { caller, type TestPlatform } from "./test-platform.ts";

/** What a device reads at the endpoint "declaration-items". */
export interface Items {
  readonly Declarations: Readonly<
    Record<string, readonly { readonly Identifier: string; readonly ServerToken: string }[]>
  >;
  readonly DeclarationsToken: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface DeclarationChannel {
  readonly client: ClientOf<AppleDesiredStateServiceServer>;
  readonly ask: (deviceId: string, endpoint: string, data?: object, userId?: string) => Promise<Answer>;
  /** Once the device is known. */
  readonly itemsOf: (deviceId: string, userId?: string) => Promise<Items>;
  readonly report: (
    deviceId: string,
    configurations: readonly object[],
    items?: object,
    more?: object,
  ) => Promise<Answer>;
}

/** Devices at their declarations, as the command service passes their words on. */
export function openDeclarationChannel({ channel }: TestPlatform): DeclarationChannel {
  const client = clientOf<AppleDesiredStateServiceServer>(AppleDesiredStateServiceService, channel);
  const ask: DeclarationChannel["ask"] = async (deviceId, endpoint, data = {}, userId = "") => {
    const { body, status } = await client.answerDeclarations(
      { deviceId, userId, endpoint, data: Buffer.from(JSON.stringify(data)) },
      caller,
    );
    return { status, body: body.length === 0 ? undefined : (JSON.parse(Buffer.from(body).toString()) as unknown) };
  };
  return {
    client,
    ask,
    itemsOf: (deviceId, userId = "") =>
      eventually("the device to be known", async () => {
        const { body, status } = await ask(deviceId, "declaration-items", {}, userId);
        return status === 200 ? (body as Items) : undefined;
      }),
    report: (deviceId, configurations, items = {}, more = {}) =>
      ask(deviceId, "status", {
        StatusItems: { ...items, management: { declarations: { configurations } } },
        Errors: [],
        ...more,
      }),
  };
}

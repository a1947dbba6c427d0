import assert from "node:assert/strict";
import type { GatewayProcess } from "@muster/testkit/gateway-process";
import type { GatewayTables } from "../storage/tables.ts";

export interface Reply {
  readonly status: number;
  readonly json: Record<string, never>;
  readonly headers: Headers;
}

export type RequestHeaders = Readonly<Record<string, string>>;

type Gateway = Pick<GatewayProcess<GatewayTables>, "url" | "admin" | "database">;

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The cookie that an answer sets first, as the browser sends it back. */
export const cookieOf = ({ headers }: Pick<Reply, "headers">): string =>
  headers.getSetCookie()[0]?.split(";")[0] ?? assert.fail("no cookie");

/** Calls a gateway's API as programs and browsers do; `gateway` is asked for once it runs. */
export class ApiCaller {
  readonly #gateway: () => Gateway;

  constructor(gateway: () => Gateway) {
    this.#gateway = gateway;
  }

  send = async (method: string, path: string, headers: RequestHeaders, body?: unknown): Promise<Reply> => {
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(this.#gateway().url + path, init);
    const text = await response.text();
    const json = (text === "" ? {} : JSON.parse(text)) as Reply["json"];
    return { status: response.status, headers: response.headers, json };
  };

  asAdmin = (method: string, path: string, body?: unknown, headers: RequestHeaders = {}): Promise<Reply> =>
    this.send(method, path, { ...bearer(this.#gateway().admin.token), ...headers }, body);

  signIn = (email: string, password: string, headers: RequestHeaders = { "x-muster-csrf": "1" }): Promise<Reply> =>
    this.send("POST", "/api/v1/sign-in", headers, { email, password });

  /** What the gateway told of itself, in its order. */
  actions = async (): Promise<Record<string, unknown>[]> => {
    const { rows } = await this.#gateway().database.pool.query<{ body: string }>(
      "select body from outbox where type = 'muster.gateway.v1.ActionTaken' order by seq",
    );
    return rows.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  };
}

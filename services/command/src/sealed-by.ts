import type { Vault } from "@muster/vault/vault";
import type { AppleBody } from "./domain/apple/apple-body.ts";
import type { AnsweredSecret } from "./domain/apple/secret-answers.ts";
import type { Campaign } from "./domain/campaign/campaign.ts";

const bodyPlace = (tenant: string, bodyId: string) => `${tenant}/apple-body/${bodyId}`;
const secretPlace = (tenant: string, id: string) => `${tenant}/escrow-handover/${id}`;
const tokenPlace = (tenant: string, id: string) => `${tenant}/app-token/${id}`;
const keyPlace = (tenant: string, id: string) => `${tenant}/push-certificate/${id}`;
const orderPlace = ({ id, tenant }: Campaign) => `${tenant}/campaign-order/${id}`;

/** How what may hold a secret is written down: sealed, and bound to the place where it stands. */
export const sealedBy = (vault: Vault) => ({
  sealBody: (tenant: string, bodyId: string, body: AppleBody) =>
    vault.seal(bodyPlace(tenant, bodyId), Buffer.from(JSON.stringify(body))),
  openBody: (tenant: string, bodyId: string, sealed: Buffer) =>
    JSON.parse(vault.open(bodyPlace(tenant, bodyId), sealed).toString()) as AppleBody,
  sealSecret: (tenant: string, id: string, secret: AnsweredSecret) =>
    vault.seal(secretPlace(tenant, id), Buffer.from(JSON.stringify(secret))),
  openSecret: (tenant: string, id: string, sealed: Buffer) =>
    JSON.parse(vault.open(secretPlace(tenant, id), sealed).toString()) as AnsweredSecret,
  sealToken: (tenant: string, id: string, bearer: string) => vault.seal(tokenPlace(tenant, id), Buffer.from(bearer)),
  openToken: (tenant: string, id: string, sealed: Buffer) => vault.open(tokenPlace(tenant, id), sealed).toString(),
  sealKey: (tenant: string, id: string, key: string) => vault.seal(keyPlace(tenant, id), Buffer.from(key)),
  openKey: (tenant: string, id: string, sealed: Buffer) => vault.open(keyPlace(tenant, id), sealed).toString(),
  sealOrder: (campaign: Campaign, order: string) => vault.seal(orderPlace(campaign), Buffer.from(order)),
  openOrder: (campaign: Campaign, sealed: Buffer) => vault.open(orderPlace(campaign), sealed).toString(),
});

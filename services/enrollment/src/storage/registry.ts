import type { ServiceDatabase, Work } from "@muster/postgres/service-database";
import { announce } from "../contract/announcement.ts";
import type { Registry, RegistryWork } from "../usecases/ports.ts";
import { findCandidates, findDevice, listDevices, lockIdentities, saveDevices } from "./device-store.ts";
import { addSecret, countSecretUses, listSecrets, revokeSecret, secretsByHash } from "./secret-store.ts";
import type { EnrollmentDatabase } from "./tables.ts";
import { tenantToTell } from "./tenant-to-tell.ts";
import { addToken, countTokenUse, listTokens, replaceToken, revokeToken, tokenByHash } from "./token-store.ts";

/** The registry in Postgres. */
export const postgresRegistry = (database: ServiceDatabase<EnrollmentDatabase>): Registry => ({
  tenant: (tenant, work) => database.tenant(tenant, (transaction) => work(registryWork(transaction))),
  everywhere: (work) => database.system((transaction) => work(registryWork(transaction))),
});

export const registryWork = (work: Work<EnrollmentDatabase>): RegistryWork => ({
  lockIdentities: (claims) => lockIdentities(work.sql, claims),
  candidates: (claims) => findCandidates(work.sql, claims),
  device: (tenant, id) => findDevice(work.sql, tenant, id),
  devices: (tenant, filter) => listDevices(work.sql, tenant, filter),
  saveDevices: (devices) => saveDevices(work.sql, devices),
  secretsByHash: (sha256) => secretsByHash(work.sql, sha256),
  secrets: (tenant) => listSecrets(work.sql, tenant),
  addSecret: (secret) => addSecret(work.sql, secret),
  revokeSecret: (tenant, id, at) => revokeSecret(work.sql, tenant, id, at),
  countSecretUses: (uses) => countSecretUses(work.sql, uses),
  tokenByHash: (sha256) => tokenByHash(work.sql, sha256),
  tokens: (tenant) => listTokens(work.sql, tenant),
  addToken: (token) => addToken(work.sql, token),
  revokeToken: (tenant, id, at) => revokeToken(work.sql, tenant, id, at),
  replaceToken: (tenant, id, hash) => replaceToken(work.sql, tenant, id, hash),
  countTokenUse: (token) => countTokenUse(work.sql, token),
  tenantToTell: (sha256) => tenantToTell(work.sql, sha256),
  announce: (event, options) => announce(work, event, options),
});

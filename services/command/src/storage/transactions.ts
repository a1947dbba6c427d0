import type { ServiceDatabase, Work } from "@muster/postgres/service-database";
import type { Records, Transactions } from "../usecases/ports.ts";
import { findChannels, holdChannels, putChannels } from "./channels.ts";
import { findCommand, listCommands, queuedScripts } from "./command-queries.ts";
import { insertCommands, lockById, lockByIds, lockDeliverable, lockDue, lockOpen, saveCommands } from "./commands.ts";
import { findByToken, putDeviceToken, putUserEmail } from "./orbit-devices.ts";
import { copyScript, findBodies, insertBody } from "./script-bodies.ts";
import { deleteScript, findScript, insertScript, listScripts, updateScript } from "./scripts.ts";
import { forgetStrays, noteStrays } from "./stray-results.ts";
import type { CommandDatabase } from "./tables.ts";

/** What use cases see of a transaction. */
export const recordsOf = (work: Work<CommandDatabase>): Records => {
  const db = work.sql;
  return {
    emit: (event) => work.emit(event),
    commands: {
      lockDeliverable: (devices, now) => lockDeliverable(db, devices, now),
      lockByIds: (keys) => lockByIds(db, keys),
      lockById: (tenant, id) => lockById(db, tenant, id),
      lockOpen: (devices) => lockOpen(db, devices),
      lockDue: (now, limit) => lockDue(db, now, limit),
      save: (commands) => saveCommands(db, commands),
      insert: (commands) => insertCommands(db, commands),
      find: (tenant, id) => findCommand(db, tenant, id),
      list: (tenant, filter, limit) => listCommands(db, tenant, filter, limit),
      queuedScripts: (devices, now) => queuedScripts(db, devices, now),
    },
    channels: {
      find: (devices) => findChannels(db, devices),
      hold: (devices) => holdChannels(db, devices),
      put: (channels) => putChannels(db, channels),
    },
    scripts: {
      insert: (draft) => insertScript(db, draft),
      update: (draft) => updateScript(db, draft),
      find: (tenant, id) => findScript(db, tenant, id),
      list: (tenant) => listScripts(db, tenant),
      delete: (tenant, id) => deleteScript(db, tenant, id),
      insertBody: (body) => insertBody(db, body),
      copyToBody: (copy) => copyScript(db, copy),
      bodiesOf: (commands) => findBodies(db, commands),
    },
    strays: {
      note: (strays, now) => noteStrays(db, strays, now),
      forget: (before) => forgetStrays(db, before),
    },
    orbitDevices: {
      putToken: (device, sha256) => putDeviceToken(db, device, sha256),
      putUserEmail: (device, email) => putUserEmail(db, device, email),
      findByToken: (sha256) => findByToken(db, sha256),
    },
  };
};

export const transactionsOn = (database: ServiceDatabase<CommandDatabase>): Transactions => ({
  tenant: (tenant, work) => database.tenant(tenant, (transaction) => work(recordsOf(transaction))),
  system: (work) => database.system((transaction) => work(recordsOf(transaction))),
});

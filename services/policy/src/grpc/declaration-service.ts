import type { DeclarationServiceServer } from "@muster/contracts/gen/muster/policy/v1/declaration_service";
import type { Methods } from "@muster/rpc/server";
import { findDeclaration, type HeldDeclaration, listDeclarations } from "../storage/declarations/declarations.ts";
import { countStates, listOfDeclaration, listOfDevice } from "../storage/declarations/device-declarations.ts";
import { declarationOf, deviceDeclarationOf } from "../usecases/declarations/declaration-message.ts";
import {
  checkDeclaration,
  createDeclaration,
  type DeclarationDeps,
  removeDeclaration,
  updateDeclaration,
} from "../usecases/declarations/write-declaration.ts";

export function declarationMethods(deps: DeclarationDeps): Methods<DeclarationServiceServer> {
  const { database } = deps;
  const [create, update, remove] = [createDeclaration(deps), updateDeclaration(deps), removeDeclaration(deps)];
  const check = checkDeclaration(deps);
  const counted = (held: HeldDeclaration) =>
    database.tenant(held.tenant, async ({ sql }) => {
      const counts = await countStates(sql, held.tenant, [held.identifier]);
      return { declaration: declarationOf(held, counts(held.identifier)) };
    });
  return {
    createDeclaration: async ({ declaration }, caller) => counted(await create(caller, declaration)),
    updateDeclaration: async ({ declaration, expectedRevisions, id }, caller) =>
      counted(await update(caller, id, declaration, expectedRevisions)),
    checkDeclaration: async ({ declaration, id }, caller) => counted(await check(caller, id, declaration)),
    deleteDeclaration: async ({ id, expectedRevisions }, caller) => {
      await remove(caller, id, expectedRevisions);
      return {};
    },
    getDeclaration: async ({ id }, { tenant }) =>
      counted(await database.tenant(tenant, ({ sql }) => findDeclaration(sql, tenant, id))),
    listDeclarations: (_request, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        const held = await listDeclarations(sql, [tenant]);
        const counts = await countStates(
          sql,
          tenant,
          held.map(({ identifier }) => identifier),
        );
        return { declarations: held.map((each) => declarationOf(each, counts(each.identifier))) };
      }),
    listDeclarationDevices: (request, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        const { identifier } = await findDeclaration(sql, tenant, request.declarationId);
        const { nextPageToken, rows } = await listOfDeclaration(sql, tenant, identifier, request);
        return { devices: rows.map(deviceDeclarationOf), nextPageToken };
      }),
    listDeviceDeclarations: ({ deviceId }, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => ({
        declarations: (await listOfDevice(sql, tenant, deviceId)).map(deviceDeclarationOf),
      })),
  };
}

import type { AppLicenseServiceServer } from "@muster/contracts/gen/muster/command/v1/app_license_service";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import { refuse } from "../domain/refusals.ts";
import { listAppAssets } from "../storage/app-assets.ts";
import { listAppInstalls } from "../storage/app-installs.ts";
import { listAppLicenses } from "../storage/app-licenses.ts";
import { deleteAppToken, listAppTokens } from "../storage/app-tokens.ts";
import { assetMessage, installMessage, licenseMessage, tokenMessage } from "../usecases/vpp/app-messages.ts";
import { type UploadDeps, uploadToken } from "../usecases/vpp/upload-token.ts";

export function appLicenseMethods(deps: UploadDeps): Methods<AppLicenseServiceServer> {
  const { database } = deps;
  const upload = uploadToken(deps);
  return {
    uploadAppToken: async ({ content, takeOver }, caller) => ({ token: await upload(content, takeOver, caller) }),
    listAppTokens: async (_request, { tenant }) => {
      const rows = await database.tenant(tenant, (work) => listAppTokens(work.sql, tenant));
      return { tokens: rows.map(tokenMessage) };
    },
    deleteAppToken: async ({ id }, { tenant }) => {
      const gone = isUuid(id) && (await database.tenant(tenant, (work) => deleteAppToken(work.sql, tenant, id)));
      if (!gone) throw refuse("app_token.unknown", `there is no token ${id}`);
      return {};
    },
    listAppAssets: async (request, { tenant }) => {
      const size = pageSize(request.pageSize);
      const tokenId = request.tokenId === "" ? undefined : request.tokenId;
      if (tokenId !== undefined && !isUuid(tokenId)) return { assets: [], nextPageToken: "" };
      const after = placeIn(request.pageToken, 1);
      const filter = { tokenId, after };
      const rows = await database.tenant(tenant, (work) => listAppAssets(work.sql, tenant, filter, size + 1));
      const page = toPage(rows, size, (last) => [last.adam_id, last.token_id, last.pricing_param]);
      return { assets: page.rows.map(assetMessage), nextPageToken: page.nextPageToken };
    },
    listAppLicenses: async (request, { tenant }) => {
      const size = pageSize(request.pageSize);
      const deviceId = request.deviceId === "" ? undefined : request.deviceId;
      if (deviceId !== undefined && !isUuid(deviceId)) return { licenses: [], nextPageToken: "" };
      const place = placeIn(request.pageToken, 0, 2);
      const filter = { adamId: request.adamId, deviceId, after: place };
      const rows = await database.tenant(tenant, (work) => listAppLicenses(work.sql, tenant, filter, size + 1));
      const page = toPage(rows, size, (last) => [last.device_id, last.adam_id, last.token_id]);
      return { licenses: page.rows.map(licenseMessage), nextPageToken: page.nextPageToken };
    },
    listAppInstalls: async ({ deviceId }, { tenant }) => {
      if (!isUuid(deviceId)) return { installs: [] };
      const rows = await database.tenant(tenant, (work) => listAppInstalls(work.sql, tenant, deviceId));
      return { installs: rows.map(installMessage) };
    },
  };
}

/** The three keys of a page's last row, those at the given places ids. */
function placeIn(token: string, ...ids: readonly number[]): readonly [string, string, string] | undefined {
  const place = decodePageToken(token, 3);
  if (place === undefined) return undefined;
  const [first = "", second = "", third = ""] = place;
  if (ids.some((index) => !isUuid(place[index])))
    throw refuse("command.bad_request", "page_token is not one that this list gave");
  return [first, second, third];
}

import { Label } from "@muster/contracts/gen/muster/inventory/v1/device";
import type { LabelServiceServer } from "@muster/contracts/gen/muster/inventory/v1/label_service";
import type { Methods } from "@muster/rpc/server";
import { v7 as uuidv7 } from "uuid";
import { checkedLabel } from "../domain/label.ts";
import { changeManual, deleteLabel, getLabel, listLabels, saveLabel } from "../storage/labels.ts";
import type { InventoryDatabase } from "../storage/schema.ts";
import type { Signals } from "../usecases/ports.ts";

interface Dependencies {
  readonly database: InventoryDatabase;
  readonly signals: Signals;
  readonly now: () => Date;
}

export function labelMethods({ database, signals, now }: Dependencies): Methods<LabelServiceServer> {
  // Questions may depend on labels: whoever asks them looks anew. Devices are woken for new questions only.
  const changed = (tenant: string, label: Label): { label: Label } => {
    signals.workChanged(tenant, "all", label.kind === "LABEL_KIND_QUERY");
    return { label };
  };
  return {
    createLabel: async ({ label }, { tenant, actor }) => {
      const wish = { ...checkedLabel(label), tenant, actor, id: uuidv7(), now: now(), expected: [] };
      return changed(tenant, await database.tenant(tenant, (work) => saveLabel(work, wish)));
    },
    getLabel: async ({ id }, { tenant }) => ({
      label: await database.tenant(tenant, (work) => getLabel(work, tenant, id)),
    }),
    listLabels: async (_request, { tenant }) => ({
      labels: await database.tenant(tenant, (work) => listLabels(work, tenant)),
    }),
    updateLabel: async ({ id, label, expectedRevisions: expected }, { tenant, actor }) => {
      const saved = await database.tenant(tenant, async (work) => {
        const present = await getLabel(work, tenant, id);
        const wish = { ...checkedLabel(label, present.kind), tenant, actor, id: present.id, now: now(), expected };
        return saveLabel(work, wish);
      });
      return changed(tenant, saved);
    },
    checkLabel: async ({ id, label }, { tenant }) => {
      const present = id === "" ? undefined : await database.tenant(tenant, (work) => getLabel(work, tenant, id));
      const wish = checkedLabel(label, present?.kind);
      return { label: Label.fromPartial({ ...present, ...wish, platforms: [...wish.platforms] }) };
    },
    deleteLabel: async ({ id, expectedRevisions: expected }, { tenant, actor }) => {
      await database.tenant(tenant, (work) => deleteLabel(work, tenant, { id, expected }, actor, now()));
      signals.workChanged(tenant, "all", false);
      return {};
    },
    addLabelDevices: async ({ id, deviceIds }, { tenant, actor }) => {
      const change = { id, deviceIds, member: true, actor };
      return changed(tenant, await database.tenant(tenant, (work) => changeManual(work, tenant, change, now())));
    },
    removeLabelDevices: async ({ id, deviceIds }, { tenant, actor }) => {
      const change = { id, deviceIds, member: false, actor };
      return changed(tenant, await database.tenant(tenant, (work) => changeManual(work, tenant, change, now())));
    },
  };
}

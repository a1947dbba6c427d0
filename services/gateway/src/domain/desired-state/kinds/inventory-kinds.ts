import { count, type Kind } from "../kind.ts";

export const LABEL: Kind = {
  kind: "Label",
  service: "muster.inventory.v1.LabelService",
  methods: {
    list: "ListLabels",
    check: "CheckLabel",
    create: "CreateLabel",
    update: "UpdateLabel",
    remove: "DeleteLabel",
  },
  fields: ["description", "kind", "query", "platforms", "condition"],
  fixed: ["kind"],
  devices: ({ deviceCount }) => count(deviceCount),
};

export const OSQUERY_CONFIG: Kind = {
  kind: "OsqueryConfig",
  service: "muster.inventory.v1.OsqueryService",
  methods: { list: "GetOsqueryConfig", check: "CheckOsqueryConfig", update: "UpdateOsqueryConfig" },
  fields: ["options", "schedule", "packs", "decorators"],
};

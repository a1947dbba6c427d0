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

import type { Kind } from "../kind.ts";

export const SCRIPT: Kind = {
  kind: "Script",
  service: "muster.command.v1.ScriptService",
  methods: {
    list: "ListScripts",
    check: "CheckScript",
    create: "CreateScript",
    update: "UpdateScript",
    remove: "DeleteScript",
    content: "GetScript",
  },
  fields: ["content"],
  files: ["content"],
  required: ["content"],
  evidence: ["sha256"],
};

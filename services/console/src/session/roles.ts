/** What people and tokens may be, the least first. */
export const ROLES = [
  ["viewer", "Viewer: looks at the fleet"],
  ["auditor", "Auditor: sees everything, changes nothing"],
  ["operator", "Operator: runs the fleet"],
  ["admin", "Administrator: also decides who may sign in"],
] as const;

import type { ReactNode } from "react";
import { CopyLine } from "./copy.tsx";

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** The command that makes it less empty. */
  readonly command?: string;
}

/** Nothing is here yet: what would be, and how it comes. */
export const Empty = ({ title, children, command }: EmptyProps) => (
  <div className="empty">
    <h2>{title}</h2>
    {children !== undefined && <div className="soft">{children}</div>}
    {command !== undefined && <CopyLine text={command} />}
  </div>
);

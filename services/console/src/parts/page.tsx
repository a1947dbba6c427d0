import { type ReactNode, useEffect } from "react";

interface PageProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  /** The page fills the window and scrolls inside, as a long table does. */
  readonly fills?: boolean;
  readonly children: ReactNode;
}

/** What every page looks like: its title, what it is about, what can be done, then the thing itself. */
export function Page({ title, about, actions, fills = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Muster`;
  }, [title]);
  return (
    <div className={fills ? "page fills" : "page"}>
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {about !== undefined && <div className="page-about">{about}</div>}
        </div>
        {actions !== undefined && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface PanelProps {
  readonly title?: ReactNode;
  readonly more?: ReactNode;
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A framed part of a page; `flush` lets a table or list reach its edges. */
export const Panel = ({ title, more, flush = false, children }: PanelProps) => (
  <section className="panel">
    {title !== undefined && (
      <header className="panel-head">
        <h2>{title}</h2>
        {more}
      </header>
    )}
    <div className={flush ? "panel-flush" : "panel-body"}>{children}</div>
  </section>
);

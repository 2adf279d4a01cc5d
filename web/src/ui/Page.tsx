/** A page names itself, in its heading and in the browser's title, and whoever came to it begins at its heading. */
import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "wouter";

// The page that was shown last. The first page of all is read from its top, as every document is.
let shown: string | null = null;

interface Props {
  title: string;
  lead?: ReactNode;
  beside?: ReactNode;
  children: ReactNode;
}

export function Page({ title, lead, beside, children }: Props) {
  const [location] = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · kist`;
    const page = `${location} ${title}`;
    // React runs an effect twice in development: the second time it is not another page.
    if (shown !== null && shown !== page) {
      heading.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    shown = page;
  }, [location, title]);
  return (
    <div className="stack">
      <div className="row apart">
        <div className="stack tight">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className="quiet">{lead}</p>}
        </div>
        {beside}
      </div>
      {children}
    </div>
  );
}

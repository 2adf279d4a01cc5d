/** A page has one heading, which is also the title of the document and receives the focus after navigation. */
import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "wouter";

// The page that was shown last. The first page keeps the focus at its top, as every document does.
let lastPage: string | null = null;

interface Props {
  /** Shown above the heading: the way to this page. */
  trail?: ReactNode;
  title: string;
  lead?: ReactNode;
  /** Shown beside the heading. */
  aside?: ReactNode;
  children: ReactNode;
}

export function Page({ trail, title, lead, aside, children }: Props) {
  const [location] = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · kist`;
    const page = `${location} ${title}`;
    // StrictMode runs an effect twice: the second run must not count as navigation.
    if (lastPage !== null && lastPage !== page) {
      heading.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    lastPage = page;
  }, [location, title]);
  return (
    <div className="stack">
      {trail}
      <div className="row spread">
        <div className="stack tight">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className="muted">{lead}</p>}
        </div>
        {aside}
      </div>
      {children}
    </div>
  );
}

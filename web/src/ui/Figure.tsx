/** A chart, and the same in words: whoever cannot see the drawing has its table, and it costs no first paint. */
import { type CSSProperties, type ReactNode, Suspense } from "react";
import { Fallen } from "./Fallen";
import { Table } from "./Table";

export interface Series {
  key: string;
  name: string;
  color: string;
}

interface Props {
  title: string;
  series: Series[];
  head: string[];
  rows: ReactNode[][];
  children: ReactNode;
}

export function Figure({ title, series, head, rows, children }: Props) {
  return (
    <figure>
      <figcaption>
        <strong>{title}</strong>
        {series.length > 1 && (
          <ul className="legend">
            {series.map(({ key, name, color }) => (
              <li key={key} style={{ "--series": color } as CSSProperties}>
                {name}
              </li>
            ))}
          </ul>
        )}
      </figcaption>
      <Fallen what="The chart">
        <div className="drawing" aria-hidden="true">
          <Suspense fallback={null}>{children}</Suspense>
        </div>
      </Fallen>
      <details className="no-print">
        <summary>
          As a table<span className="unseen">: {title}</span>
        </summary>
        <Table caption={title} head={head} rows={rows} />
      </details>
    </figure>
  );
}

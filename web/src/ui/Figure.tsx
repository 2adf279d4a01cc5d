/** A chart and its table: the table serves readers who cannot see the chart, whose code is loaded later. */
import { type CSSProperties, type ReactNode, Suspense } from "react";
import { ErrorBoundary } from "./ErrorBoundary";
import { Table } from "./Table";

export interface Series {
  key: string;
  name: string;
  color: string;
}

interface Props {
  title: string;
  series: Series[];
  columns: string[];
  rows: ReactNode[][];
  children: ReactNode;
}

export function Figure({ title, series, columns, rows, children }: Props) {
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
      <ErrorBoundary name="The chart">
        <div className="chart" aria-hidden="true">
          <Suspense fallback={null}>{children}</Suspense>
        </div>
      </ErrorBoundary>
      <details className="no-print">
        <summary>
          As a table<span className="visually-hidden">: {title}</span>
        </summary>
        <Table caption={title} columns={columns} rows={rows} />
      </details>
    </figure>
  );
}

/** Tables, which scroll in a region of their own, by keyboard too, and say so. On a phone a ResponsiveTable is a list of its rows. */
import { type ReactNode, useEffect, useId, useRef, useState } from "react";

interface Props {
  caption: string;
  columns: string[];
  rows: ReactNode[][];
}

/** A table in which every column but the first holds numbers. */
export function Table({ caption, columns, rows }: Props) {
  return (
    <ScrollRegion label={caption}>
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((name, column) => (
              <th key={name} scope="col" className={column ? "amount" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, column) =>
                column ? (
                  <td key={column} className="amount">
                    {cell}
                  </td>
                ) : (
                  <th key={column} scope="row">
                    {cell}
                  </th>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

export interface Column {
  name: string;
  isAmount?: boolean;
}

interface ResponsiveTableProps {
  caption: string;
  columns: Column[];
  /** Elements `tbody` of `Row`s. */
  children: ReactNode;
}

/** The roles are explicit because some browsers drop those of a table whose CSS display is not a table's. */
export function ResponsiveTable({ caption, columns, children }: ResponsiveTableProps) {
  return (
    <ScrollRegion label={caption}>
      <table className="responsive" role="table">
        <caption className="visually-hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ name, isAmount }) => (
              <th key={name} scope="col" role="columnheader" className={isAmount ? "amount" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </ScrollRegion>
  );
}

export function Row({ columns, cells }: { columns: Column[]; cells: ReactNode[] }) {
  return (
    <tr role="row">
      {columns.map(({ name, isAmount }, index) =>
        index ? (
          <td key={name} role="cell" data-label={name} className={isAmount ? "amount" : undefined}>
            {cells[index]}
          </td>
        ) : (
          <th key={name} scope="row" role="rowheader" data-label={name}>
            {cells[index]}
          </th>
        ),
      )}
    </tr>
  );
}

/** Says that it scrolls, as long as it does: a phone shows no scrollbar. */
function ScrollRegion({ label, children }: { label: string; children: ReactNode }) {
  const region = useRef<HTMLDivElement>(null);
  const hint = useId();
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const observed = region.current!;
    const observer = new ResizeObserver(() => setScrolls(observed.scrollWidth > observed.clientWidth));
    observer.observe(observed);
    // The region keeps its size when its table grows.
    observer.observe(observed.firstElementChild!);
    return () => observer.disconnect();
  }, []);
  return (
    <div>
      {scrolls && (
        <p className="scroll-hint no-print" id={hint}>
          Scroll sideways to see all columns <span aria-hidden="true">→</span>
        </p>
      )}
      <div
        className="table"
        role="region"
        aria-label={label}
        aria-describedby={scrolls ? hint : undefined}
        tabIndex={0}
        ref={region}
      >
        {children}
      </div>
    </div>
  );
}

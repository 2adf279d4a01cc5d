/** Tables, which scroll in a region of their own, by keyboard too. On a phone a ResponsiveTable is a list of its rows. */
import type { ReactNode } from "react";

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

function ScrollRegion({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="table" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

/** A table scrolls in its own room, by keyboard too; one that is `listed` is a list of its rows on a phone instead. */
import type { ReactNode } from "react";

interface Props {
  caption: string;
  head: string[];
  rows: ReactNode[][];
}

/** Every column after the first is a number. */
export function Table({ caption, head, rows }: Props) {
  return (
    <Scroll label={caption}>
      <table>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {head.map((name, column) => (
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
    </Scroll>
  );
}

export interface Column {
  name: string;
  isAmount?: boolean;
}

interface ListedProps {
  caption: string;
  columns: Column[];
  /** Bodies of `Row`s. */
  children: ReactNode;
}

/** Roles are said aloud: to some browsers a table that is laid out as a list is none any more. */
export function Listed({ caption, columns, children }: ListedProps) {
  return (
    <Scroll label={caption}>
      <table className="listed" role="table">
        <caption className="unseen">{caption}</caption>
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
    </Scroll>
  );
}

export function Row({ columns, cells }: { columns: Column[]; cells: ReactNode[] }) {
  return (
    <tr role="row">
      {columns.map(({ name, isAmount }, place) =>
        place ? (
          <td key={name} role="cell" data-of={name} className={isAmount ? "amount" : undefined}>
            {cells[place]}
          </td>
        ) : (
          <th key={name} scope="row" role="rowheader" data-of={name}>
            {cells[place]}
          </th>
        ),
      )}
    </tr>
  );
}

export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="table" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

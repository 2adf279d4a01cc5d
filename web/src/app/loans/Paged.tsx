/** A list that grows page by page: "Show more" adds the next page below those that are shown. */
import { type ReactNode, useState } from "react";
import { type Column, ResponsiveTable } from "../../ui/Table";

export interface PageProps {
  /** The cursor after which the page begins; null for the first page. */
  after: string | null;
  /** The page calls this with the cursor of the next page, or with null if it is the last. */
  onEnd: (next: string | null) => void;
}

interface Props {
  label: string;
  columns: Column[];
  /** Renders the rows of one page. */
  page: (props: PageProps) => ReactNode;
}

export function Paged({ label, columns, page }: Props) {
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  const [next, setNext] = useState<string | null>(null);

  function showMore(): void {
    setCursors([...cursors, next]);
    setNext(null);
  }

  return (
    <section className="card stack">
      <ResponsiveTable caption={label} columns={columns}>
        {cursors.map((after, index) => (
          <tbody key={after ?? ""} role="rowgroup">
            {page({ after, onEnd: index === cursors.length - 1 ? setNext : () => undefined })}
          </tbody>
        ))}
      </ResponsiveTable>
      {next && (
        <div>
          <button type="button" onClick={showMore}>
            Show more
          </button>
        </div>
      )}
    </section>
  );
}

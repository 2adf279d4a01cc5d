/** The way from the first page to the present one: links, and the name of the present page. */
import { Link } from "wouter";

export interface Crumb {
  name: string;
  path: string;
}

export function Breadcrumbs({ crumbs, current }: { crumbs: Crumb[]; current: string }) {
  return (
    <nav className="breadcrumbs no-print" aria-label="Breadcrumbs">
      <ol>
        {crumbs.map(({ name, path }) => (
          <li key={path}>
            <Link href={path}>{name}</Link>
          </li>
        ))}
        <li aria-current="page">{current}</li>
      </ol>
    </nav>
  );
}

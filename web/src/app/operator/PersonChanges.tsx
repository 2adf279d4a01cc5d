/** The earlier values of a borrower's data, for an operator who doubts the present ones. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { ChangedField } from "../../api/generated/graphql";
import { formatDateTime } from "../../ui/dates";
import { formatRupees } from "../../ui/money";
import type { Column } from "../../ui/Table";
import { Paged, type PageProps } from "../loans/Paged";
import { PageRows } from "../loans/PageRows";

const PersonChangesDocument = graphql(`
  query PersonChanges($id: ID!, $after: String) {
    user(id: $id) {
      id
      changes(first: 20, after: $after) {
        edges {
          node {
            id
            field
            oldValue
            changedAt
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

const FIELDS: Record<ChangedField, string> = {
  PHONE: "Mobile number",
  ADDRESS: "Address",
  ANNUAL_INCOME: "Annual income",
};

const COLUMNS: Column[] = [{ name: "Changed on" }, { name: "Value" }, { name: "Before" }];

export function PersonChanges({ id }: { id: string }) {
  return (
    <section className="stack" aria-labelledby="person-changes">
      <h2 id="person-changes">Earlier values</h2>
      <Paged
        label="Earlier values, oldest first"
        columns={COLUMNS}
        page={(props) => <ChangeRows id={id} {...props} />}
      />
    </section>
  );
}

function ChangeRows({ id, after, onEnd }: PageProps & { id: string }) {
  const [changes, refetch] = useQuery({ query: PersonChangesDocument, variables: { id, after } });
  return (
    <PageRows
      query={changes}
      refetch={refetch}
      list={changes.data?.user?.changes}
      empty="The borrower has changed nothing since the registration."
      columns={COLUMNS}
      onEnd={onEnd}
      cells={({ changedAt, field, oldValue }) => [
        formatDateTime(changedAt),
        FIELDS[field] ?? field,
        field === "ANNUAL_INCOME" && oldValue ? formatRupees(oldValue) : (oldValue ?? "none"),
      ]}
    />
  );
}

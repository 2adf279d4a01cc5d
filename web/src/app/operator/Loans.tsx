/** The lists of loans: past due, due this week, active, closed and all, each with its CSV file. */
import { useQuery } from "urql";
import { Link, useSearch } from "wouter";
import { formatDate } from "../../ui/dates";
import { formatInteger, formatRupees } from "../../ui/money";
import { Page } from "../../ui/Page";
import type { Column } from "../../ui/Table";
import { LoanStatusTag } from "../loans/LoanCard";
import { Paged, type PageProps } from "../loans/Paged";
import { PageRows } from "../loans/PageRows";
import { LOAN_LISTS, type LoanList, paths } from "../paths";
import { LISTS, LoanListDocument } from "./loanList";
import { LoanListDownload } from "./LoanListDownload";

const COLUMNS: Column[] = [
  { name: "Loan" },
  { name: "Borrower" },
  { name: "Status" },
  { name: "Next due" },
  { name: "Past due", isAmount: true },
  { name: "Amount due", isAmount: true },
  { name: "Remaining principal", isAmount: true },
];

export default function Loans() {
  const shown = new URLSearchParams(useSearch()).get("show");
  const list = LOAN_LISTS.find((name) => name === shown) ?? LOAN_LISTS[0];
  const { name } = LISTS[list];
  const [first] = useQuery({ query: LoanListDocument, variables: pageOf(list, null) });
  const total = first.data?.loans.totalCount;
  return (
    <Page
      title={`Loans: ${name.toLowerCase()}`}
      lead={total === undefined ? "\u00a0" : `${formatInteger(total)} ${total === 1 ? "loan" : "loans"}.`}
      aside={<LoanListDownload key={list} list={list} />}
    >
      <nav className="tabs" aria-label="Lists of loans">
        {LOAN_LISTS.map((one) => (
          <Link key={one} href={paths.loans(one)} aria-current={one === list ? "page" : undefined}>
            {LISTS[one].name}
          </Link>
        ))}
      </nav>
      <Paged
        key={list}
        label={`Loans: ${name.toLowerCase()}`}
        columns={COLUMNS}
        page={(props) => <LoanRows list={list} {...props} />}
      />
    </Page>
  );
}

/** The variables of a page of the table. The length of the list is counted for the first page only. */
function pageOf(list: LoanList, after: string | null) {
  return { filter: LISTS[list].filter, first: 20, after, isCounted: after === null };
}

function LoanRows({ list, after, onEnd }: PageProps & { list: LoanList }) {
  const [loans, refetch] = useQuery({ query: LoanListDocument, variables: pageOf(list, after) });
  return (
    <PageRows
      query={loans}
      refetch={refetch}
      list={loans.data?.loans}
      empty={LISTS[list].empty}
      columns={COLUMNS}
      onEnd={onEnd}
      cells={(loan) => [
        <Link href={paths.loan(loan.id)}>Loan {loan.id}</Link>,
        <Link href={paths.person(loan.borrower.id)}>{loan.borrower.name}</Link>,
        <LoanStatusTag loan={loan} />,
        loan.nextDueDate ? formatDate(loan.nextDueDate) : "—",
        formatRupees(loan.pastDue),
        formatRupees(loan.amountDue),
        formatRupees(loan.principalBalance),
      ]}
    />
  );
}

/** Charges with their reasons and GST, oldest first. */
import { formatDate } from "../../ui/dates";
import { formatRupees } from "../../ui/money";
import { type Column, ResponsiveTable, Row } from "../../ui/Table";
import { reasonOf } from "./charges";
import type { Loan } from "./loan";

const COLUMNS: Column[] = [
  { name: "Reason" },
  { name: "Day" },
  ...["Amount", "GST", "Waived", "Paid", "Unpaid"].map((name) => ({ name, isAmount: true })),
];

interface Props {
  caption: string;
  charges: Loan["charges"];
}

export function ChargeTable({ caption, charges }: Props) {
  return (
    <ResponsiveTable caption={caption} columns={COLUMNS}>
      <tbody role="rowgroup">
        {charges.map((charge) => {
          const { key, on, amount, gst, waived, paid, unpaid } = charge;
          const amounts = [amount, gst, waived, paid, unpaid].map(formatRupees);
          return <Row key={key} columns={COLUMNS} cells={[reasonOf(charge), formatDate(on), ...amounts]} />;
        })}
      </tbody>
    </ResponsiveTable>
  );
}

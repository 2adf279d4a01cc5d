/** The tour: a tab for each document in docs/tour, in order. Each tab uses the tokens that earlier tabs returned. */
import REGISTER from "../../../docs/tour/1-register.graphql?raw";
import SCORE from "../../../docs/tour/2-score.graphql?raw";
import APPLY from "../../../docs/tour/3-apply.graphql?raw";
import BILL from "../../../docs/tour/4-bill.graphql?raw";
import PAY from "../../../docs/tour/5-pay.graphql?raw";
import STATEMENT from "../../../docs/tour/6-statement.graphql?raw";

export const HEADERS = headers("borrower");
const LOAN = { loan: "1" };

function headers(role: string): string {
  return JSON.stringify({ Authorization: `Bearer {{${role}}}` }, null, 2);
}

function step(query: string, variables: object | null = null, own: string = HEADERS) {
  return { query, variables: variables && JSON.stringify(variables, null, 2), headers: own };
}

export const TOUR = [
  step(REGISTER),
  step(SCORE),
  step(APPLY),
  step(BILL, { password: "another long password", ...LOAN, date: "" }, headers("operator")),
  step(PAY, LOAN),
  step(STATEMENT, LOAN),
];

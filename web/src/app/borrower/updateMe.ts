/** The mutation that changes a borrower's data, and the income as it is typed. */
import { graphql } from "../../api/generated";
import { parseAmount } from "../../ui/money";

export const UpdateMe = graphql(`
  mutation UpdateMe($input: UpdateMeInput!) {
    updateMe(input: $input) {
      __typename
      ... on User {
        id
        phone
        address
        annualIncome
      }
      ...Problems
    }
  }
`);

export const readIncome = parseAmount;

export function checkIncome(text: string): string | true {
  return readIncome(text) !== null || "Enter an amount, such as 6,00,000.";
}

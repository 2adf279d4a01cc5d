/** The README's tour, a tab for each step: they are run one after the other, and each knows who was signed in before. */

const AS_OPERATOR = headers("operator");
export const HEADERS = headers("borrower");

function headers(role: string): string {
  return JSON.stringify({ Authorization: `Bearer {{${role}}}` }, null, 2);
}

function step(query: string, variables: object | null = null, own: string = HEADERS) {
  return { query: query.trimStart(), variables: variables && JSON.stringify(variables, null, 2), headers: own };
}

const LOAN = { loan: "1" };

export const TOUR = [
  step(
    `
# 1. Register, by the triangle or Ctrl-Enter.
#
# The headers below are ready: in every tab
# {{borrower}} stands for the token that this
# answer brings. Or put any other in its place.
mutation Register {
  registerUser(
    input: {
      name: "Asha Rao"
      email: "asha@example.com"
      aadhaarId: "2341 2341 2346"
      phone: "+91 98765 43210"
      annualIncome: "600000.00"
      password: "a long password"
    }
  ) {
    ... on Session {
      accessToken
      expiresAt
      user {
        id
        aadhaarMasked
        creditScore
      }
    }
    ... on Refusal {
      problems {
        code
        message
        field
      }
    }
  }
}

# Later she signs in: the triangle offers both.
mutation SignIn {
  login(input: { email: "asha@example.com", password: "a long password" }) {
    ... on Session {
      accessToken
      role
    }
    ... on Refusal {
      problems {
        code
        message
      }
    }
  }
}
`,
  ),
  step(`
# 2. Watch the score arrive, over a WebSocket:
#    what it is now, and then whatever changes.
subscription Score {
  creditScore {
    name
    creditScore
    creditScoredAt
  }
}
`),
  step(`
# 3. Apply for ₹ 50,000 at 10.5 %, over 12 cycles
#    of 30 days. It is judged at once. The loan's
#    id goes into the variables of later tabs.
mutation Apply {
  applyLoan(input: { amount: "50000.00", loanTerm: 12, interestRate: "10.5", requestId: "my-first-loan" }) {
    ... on Loan {
      id
      emi
      nextBillingDate
      payoff
    }
    ... on Refusal {
      problems {
        code
        message
      }
    }
  }
}
`),
  step(
    `
# 4. A month later an operator moves the date of
#    the sandbox and bills the book. To be one:
#    ./kist operator add operator@example.com
#    Pick the four one after the other; what is
#    next due goes into the variables as date.
#    In the headers {{operator}} stands for them.
mutation SignInOperator($password: String!) {
  login(input: { email: "operator@example.com", password: $password }) {
    ... on Session {
      accessToken
      role
    }
    ... on Refusal {
      problems {
        code
        message
      }
    }
  }
}

query NextBillingDate($loan: ID!) {
  loan(id: $loan) {
    nextBillingDate
  }
}

mutation MoveDate($date: Date!) {
  setBusinessDate(input: { date: $date }) {
    ... on BusinessDay {
      date
    }
    ... on Refusal {
      problems {
        code
        message
      }
    }
  }
}

mutation Bill {
  triggerBilling {
    ... on BillingRun {
      id
      asOf
      status
    }
    ... on Refusal {
      problems {
        code
        message
      }
    }
  }
}
`,
    { password: "another long password", ...LOAN, date: "" },
    AS_OPERATOR,
  ),
  step(
    `
# 5. Pay the EMI. And again: its transactionId is
#    known, and nothing is taken twice.
mutation Pay($loan: ID!) {
  makePayment(input: { loanId: $loan, amount: "4406.03", transactionId: "my-first-payment" }) {
    ... on PaymentReceipt {
      payment {
        amount
        interest
        principal
      }
      loan {
        principalBalance
        emi
        payoff
      }
      replayed
    }
    ... on Refusal {
      problems {
        code
        message
      }
    }
  }
}
`,
    LOAN,
  ),
  step(
    `
# 6. Read the statement: what was posted, and
#    what is still to come.
query Statement($loan: ID!) {
  statement(loanId: $loan) {
    asOf
    pastTransactions {
      date
      kind
      amountPaid
      interest
      principal
      principalBalance
    }
    upcomingEmis {
      number
      dueDate
      amountDue
      principal
      interest
      principalBalance
    }
  }
}
`,
    LOAN,
  ),
];

"""One table holds the paths of the earlier service; each path is a document of the GraphQL operations.

The document is also the mapping. Its variables are the names that a request sends, its aliases the names in the answer.
The members of a request, the `field` of a problem and the OpenAPI description are all derived from it.
"""

from api.rest.operations import Operation

INSTALLMENT = """fragment Installment on Installment {
  number date due_date: dueDate amount_due: amountDue principal interest principal_balance: principalBalance
}"""
LOAN = """fragment Loan on Loan {
  id status amount loan_term: loanTerm interest_rate: interestRate daily_rate: dailyRate
  disbursed_on: disbursedOn next_billing_date: nextBillingDate emi principal_balance: principalBalance payoff
  amount_due: amountDue minimum_due: minimumDue past_due: pastDue days_past_due: daysPastDue
}"""
SESSION = """fragment Session on Session {
  access_token: accessToken refresh_token: refreshToken expires_at: expiresAt role
  user {
    id name email aadhar_masked: aadhaarMasked phone address annual_income: annualIncome credit_score: creditScore
  }
}"""
REFUSAL = "... on Refusal { problems { code message field } }"

# The signed-in account, to compare with the member of a request that names it.
ME = "query { answer: me { id } }"

_BILL = f"""mutation triggerBilling($as_of: Date) {{
  answer: triggerBilling(input: {{ asOf: $as_of }}) {{
    ... on BillingRun {{
      id as_of: asOf status loans_due: loansDue loans_billed: loansBilled bills_issued: billsIssued
      interest_billed: interestBilled started_at: startedAt finished_at: finishedAt
    }}
    {REFUSAL}
  }}
}}"""
_BILL_DESCRIPTION = (
    "Operators only. Starts the billing run of a date, or finds it. It runs in the background; repeat the request to "
    "read its progress. The date is the business date unless given. Safe to repeat."
)

TABLE = (
    Operation(
        method="POST",
        path="/api/register-user/",
        document=f"""mutation registerUser(
  $name: String! $email: String! $aadhar_id: String! $phone: String! $address: String!
  $annual_income: Money $password: String
) {{
  answer: registerUser(input: {{
    name: $name, email: $email, aadhaarId: $aadhar_id, phone: $phone, address: $address
    annualIncome: $annual_income, password: $password
  }}) {{
    ...Session
    {REFUSAL}
  }}
}}
{SESSION}""",
        summary="Register a person",
        description="Creates an account and signs in. The credit score follows a moment later; until then it is null. "
        "Without a password, the account can only be used with the tokens in the answer.",
        status=201,
        refused=(),
        given={
            "name": "Asha Rao",
            "email": "asha@example.com",
            "aadhar_id": "2341 2341 2346",
            "phone": "+91 98765 43210",
            "address": "12 MG Road, Bengaluru",
            "annual_income": "600000.00",
            "password": "a long password",
        },
    ),
    Operation(
        method="POST",
        path="/api/login/",
        document=f"""mutation login($email: String!, $password: String!) {{
  answer: login(input: {{ email: $email, password: $password }}) {{
    ...Session
    {REFUSAL}
  }}
}}
{SESSION}""",
        summary="Sign in, as a borrower or an operator",
        description="Opens a session. Send the access token in the header `Authorization: Bearer …` of other requests.",
        status=200,
        refused=(401,),
        given={"email": "asha@example.com", "password": "a long password"},
    ),
    Operation(
        method="POST",
        path="/api/apply-loan/",
        document=f"""mutation applyLoan(
  $amount: Money! $loan_term: Int! $interest_rate: Percent! $request_id: String
) {{
  answer: applyLoan(input: {{
    amount: $amount, loanTerm: $loan_term, interestRate: $interest_rate, requestId: $request_id
  }}) {{
    ... on Loan {{ ...Loan emi_schedule: emiSchedule {{ ...Installment }} }}
    {REFUSAL}
  }}
}}
{LOAN}
{INSTALLMENT}""",
        summary="Apply for a loan",
        description="Borrowers only. Decides an application at once, and disburses an approved loan at once. `user` "
        "must be the id of the signed-in account. With a `request_id` it is safe to repeat: the first answer, a loan "
        "or a refusal, is given again, with its status. Without one, a repeated request makes a second loan.",
        status=201,
        refused=(401, 403),
        given={
            "user": "1",
            "amount": "50000.00",
            "loan_term": 12,
            "interest_rate": "10.5",
            "request_id": "my-first-loan",
        },
        own="user",
        loan_at="/id",
    ),
    Operation(
        method="POST",
        path="/api/make-payment/",
        document=f"""mutation makePayment(
  $loan: ID! $amount: Money! $payment_date: Date $transaction_id: String $mode: PaymentMode $reference: String
) {{
  answer: makePayment(input: {{
    loanId: $loan, amount: $amount, paymentDate: $payment_date, transactionId: $transaction_id
    mode: $mode, reference: $reference
  }}) {{
    ... on PaymentReceipt {{
      payment {{
        id receipt_number: receiptNumber transaction_id: transactionId amount payment_date: paymentDate
        mode reference interest principal created_at: createdAt
      }}
      loan {{ ...Loan }}
      emi_recalculated: emiRecalculated
      replayed
    }}
    {REFUSAL}
  }}
}}
{LOAN}""",
        summary="Pay",
        description="Pays on the borrower's own loan, or for an operator on any loan. A borrower's `payment_date` must "
        "be the business date, and is optional. With a `transaction_id` it is safe to repeat, on any later day too: a "
        "payment that was applied before is answered with 200, and `replayed` is true.",
        status=201,
        refused=(401, 404),
        given={
            "loan": "1",
            "amount": "4406.03",
            "payment_date": "2026-01-31",
            "transaction_id": "my-first-payment",
        },
        loan_at="/loan/id",
    ),
    Operation(
        method="GET",
        path="/api/get-statement/",
        document=f"""query getStatement($loan: ID!) {{
  answer: statement(loanId: $loan) {{
    loan {{ ...Loan }}
    as_of: asOf
    past_transactions: pastTransactions {{
      date kind amount_paid: amountPaid interest principal principal_balance: principalBalance
    }}
    upcoming_transactions: upcomingEmis {{ ...Installment }}
  }}
}}
{LOAN}
{INSTALLMENT}""",
        summary="Read the statement of a loan",
        description="The statement of a borrower's own loan, or of any loan for an operator, on the business date. It "
        "has the bills and payments up to that date, and the installments that are still to come.",
        status=200,
        refused=(401, 404),
        given={"loan": "1"},
    ),
    # This GET changes data. It is safe from cross-site requests: a browser, a crawler or a foreign page sends no bearer
    # token by itself, and the API accepts no other credentials.
    Operation(
        method="GET",
        path="/api/trigger-billing-cron/",
        document=_BILL.replace("triggerBilling(", "triggerBillingByGet(", 1),
        summary="Bill the book, for a cron job that can only GET",
        description=_BILL_DESCRIPTION,
        status=200,
        refused=(401, 403),
        given={"as_of": "2026-01-31"},
    ),
    Operation(
        method="POST",
        path="/api/trigger-billing-cron/",
        document=_BILL,
        summary="Bill the book",
        description=_BILL_DESCRIPTION,
        status=200,
        refused=(401, 403),
        given={"as_of": "2026-01-31"},
    ),
)

"""The paths of the earlier service, in one table: each a document of the same GraphQL operations.

The names that come in are the document's variables and the names that go out its aliases, so that the document is the
mapping too: what is read from a request, what a problem's field is called, and the description are all found in it.
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

# Who asks, where a member of the request says so too.
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
    "Operators only. Starts the billing run of a date, or finds it; it is done in the background, and asking again "
    "tells how far it is. The date is the business date unless given."
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
        description="Their credit score is worked out in the background within a second or so; until then it is null. "
        "Without a password the tokens in the answer are the only way in.",
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
        description="The access token goes into the header `Authorization: Bearer …` of the other requests.",
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
        description="Borrowers only, for themselves: `user` is the id of whoever the token is of. It is judged at "
        "once, and an approved loan is disbursed at once. With a `request_id` it is safe to send again: the first "
        "answer is given again, with its status.",
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
        document=f"""mutation makePayment($loan: ID!, $amount: Money!, $payment_date: Date, $transaction_id: String) {{
  answer: makePayment(input: {{
    loanId: $loan, amount: $amount, paymentDate: $payment_date, transactionId: $transaction_id
  }}) {{
    ... on PaymentReceipt {{
      payment {{
        id transaction_id: transactionId amount payment_date: paymentDate interest principal created_at: createdAt
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
        description="By the borrower, or by an operator for any loan. A borrower's `payment_date` is the business "
        "date, and may be left out. With a `transaction_id` it is safe to send again, on any later day too: a payment "
        "that was taken before is answered with 200, and `replayed` is true.",
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
        description="One's own loan; any loan for an operator. As it stands on the business date: what was posted, "
        "and what is still to come.",
        status=200,
        refused=(401, 404),
        given={"loan": "1"},
    ),
    # A GET that changes something: a browser, a crawler or a page of somebody else's sends no bearer token by itself,
    # and there is no other way to say who one is.
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

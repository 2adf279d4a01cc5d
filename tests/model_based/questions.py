"""The queries of the machine: all visible data of a loan, a person and the book."""

from tests.builders import REFUSAL

_INSTALLMENT = "number date dueDate amountDue principal interest principalBalance"
_TERMS = "id amount interestRate dailyRate loanTerm disbursedOn"
_STANDING = "status emi principalBalance payoff pastDue daysPastDue nextBillingDate"
_PAYMENT = """transactionId amount paymentDate interest principal
  allocations { interest principal bill { cycle } }"""
_LOAN = f"""{_TERMS} {_STANDING}
  bills(first: 100) {{ totalCount edges {{ node {{ cycle billingDate dueDate principalBalance interest minimumDue
    pastDue totalDue installment interestPaid principalPaid status }} }} }}
  payments(first: 100) {{ totalCount edges {{ node {{ {_PAYMENT} }} }} }}"""

APPLY = f"""mutation ($input: ApplyLoanInput!) {{ applyLoan(input: $input) {{ __typename {REFUSAL}
  ... on Loan {{ {_TERMS} {_STANDING} emiSchedule {{ {_INSTALLMENT} }} }} }} }}"""
PAY = f"""mutation ($input: MakePaymentInput!) {{ makePayment(input: $input) {{ __typename {REFUSAL}
  ... on PaymentReceipt {{ replayed emiRecalculated payment {{ {_PAYMENT} }} loan {{ {_STANDING} }} }} }} }}"""

_BOOK = """asOf activeLoans principalOutstanding pastDue
  buckets { firstDay lastDay loans principalOutstanding pastDue } billedMonths { month bills interest }
  expectedCash { overdue cycles { number firstDay lastDay interest principal amount } }"""
PORTFOLIO = f"query ($asOf: Date) {{ portfolio(asOf: $asOf) {{ {_BOOK} }} }}"

_PERSON = "id name email aadhaarMasked annualIncome creditScore loans(first: 100) { totalCount edges { node { id } } }"

LOAN = f"""query ($id: ID!) {{ loan(id: $id) {{ {_LOAN} }} statement(loanId: $id) {{ asOf
  pastTransactions {{ date kind amountPaid interest principal principalBalance }}
  upcomingEmis {{ {_INSTALLMENT} }} }} }}"""
ME = f"{{ me {{ {_PERSON} }} }}"
ME_AND_STRANGERS = f"""query ($loan: ID!) {{ me {{ {_PERSON} }}
  loan(id: $loan) {{ id }} statement(loanId: $loan) {{ asOf }} user(id: "1") {{ id }} }}"""
USER = f"query ($id: ID!) {{ user(id: $id) {{ {_PERSON} }} }}"
TODAY = f"{{ businessDate portfolio {{ {_BOOK} }} }}"

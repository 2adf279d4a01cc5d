"""A refusal is an answer: a member of every mutation's result, with a code for each reason."""

import strawberry

from rules.refusals import ProblemCode
from schema.descriptions import explain

explain(
    ProblemCode,
    (
        "The reason of a refusal. If a problem names a field, show its message there. A description says what else a"
        " front end should do. New codes may appear: show the message of an unknown code."
    ),
    {
        ProblemCode.INVALID_NAME: (
            "The name is blank, has no letter, has several lines or more than 200 characters, or contains twelve"
            " digits that may be an Aadhaar number."
        ),
        ProblemCode.INVALID_EMAIL: "The email address is invalid.",
        ProblemCode.EMAIL_TAKEN: "An account with this email exists. Offer to sign in.",
        ProblemCode.INVALID_AADHAAR: (
            "The Aadhaar number is invalid: it has 12 digits, optionally with spaces or hyphens between groups. A"
            " strict lender also requires a first digit of 2 to 9 and a correct check digit."
        ),
        ProblemCode.AADHAAR_TAKEN: "An account with this Aadhaar number exists. Offer to sign in.",
        ProblemCode.INVALID_ADDRESS: (
            "The address has more than 1,000 characters, or contains twelve digits that may be an Aadhaar number."
        ),
        ProblemCode.INVALID_PHONE: (
            "The phone number is not an Indian mobile number: 10 digits with a first digit of 6 to 9, optionally"
            " after +91, 91, 0091 or 0."
        ),
        ProblemCode.INVALID_INCOME: "The annual income is negative, or updateMe would remove it.",
        ProblemCode.WEAK_PASSWORD: (
            "The password has fewer than 10 or more than 1,000 characters, or is easy to guess."
        ),
        ProblemCode.INVALID_CONSENT: (
            "The version of the consent text is blank, has several lines or more than 100 characters. Correct the"
            " front end."
        ),
        ProblemCode.PASSWORD_ALREADY_SET: (
            "The account has a password already. Ask for the current one, and use changePassword."
        ),
        ProblemCode.BAD_CREDENTIALS: (
            "The email or the password is wrong; the answer does not say which. Let the person try again."
        ),
        ProblemCode.TOO_MANY_ATTEMPTS: (
            "Too many wrong passwords for this account from this network, or too many failures from this network."
            " The correct password is refused too, usually for 15 minutes. Show the message, which says how long."
            " Do not retry automatically."
        ),
        ProblemCode.SESSION_EXPIRED: (
            "The refresh token is invalid: it was used before, has expired, or its session ended. Forget both"
            " tokens, and ask the person to sign in."
        ),
        ProblemCode.RESET_NOT_OFFERED: (
            "The lender sends no codes to reset a password. The lender's staff gives a code to a person face to face:"
            " show the form for a code."
        ),
        ProblemCode.INVALID_RESET_CODE: (
            "The code is wrong, used or expired, or was tried too often; the answer does not say which. Let the person"
            " type it again, or request another."
        ),
        ProblemCode.USER_NOT_FOUND: "The borrower does not exist, or the account was erased.",
        ProblemCode.CREDIT_SCORE_PENDING: (
            "The credit score is not computed yet, which usually takes a second. Wait for"
            " Subscription.creditScore, and send the application again."
        ),
        ProblemCode.CREDIT_SCORE_TOO_LOW: "The credit score is below Policy.minimumScore.",
        ProblemCode.INCOME_MISSING: (
            "The person has given no annual income. Ask for it, send it with updateMe, and apply again."
        ),
        ProblemCode.INCOME_TOO_LOW: "The annual income is below Policy.minimumAnnualIncome.",
        ProblemCode.AMOUNT_TOO_LOW: (
            "The amount is not more than 0.00. That of a loan may also be below the product's minimumAmount, or leave"
            " nothing after the fees."
        ),
        ProblemCode.AMOUNT_TOO_HIGH: "The amount of the loan is above Policy.maximumAmount.",
        ProblemCode.TERM_OUT_OF_RANGE: "The term is outside 1 to Policy.maximumTerm cycles.",
        ProblemCode.RATE_OUT_OF_RANGE: (
            "The interest rate is outside Policy.minimumRate to Policy.maximumRate; that of a change of the rate is"
            " below 0 or above Product.maximumRate."
        ),
        ProblemCode.EXPOSURE_TOO_HIGH: (
            "The principal of the person's open loans, with this one, would exceed Policy.maximumExposure. The"
            " message has the outstanding principal: the person has to ask for less, or to pay first."
        ),
        ProblemCode.TOO_MANY_LOANS: (
            "The person has Policy.maximumLoans open loans already. One of them has to be closed first."
        ),
        ProblemCode.HAS_PAST_DUE: (
            "A bill of the person is past due: see Loan.pastDue of User.loans. The person has to pay it first."
        ),
        ProblemCode.INVALID_REQUEST_ID: (
            "The requestId is invalid. It has 1 to 64 letters, digits, and . _ : - and no twelve digits that may"
            " be an Aadhaar number. Correct the front end."
        ),
        ProblemCode.REQUEST_ID_CONFLICT: (
            "Another application or operation with different values has this requestId. Make a new requestId for a new"
            " application or operation."
        ),
        ProblemCode.LOAN_NOT_FOUND: "The loan does not exist, or belongs to another borrower.",
        ProblemCode.LOANS_OPEN: (
            "A loan is open, written off or in credit. An account can be erased after the last loan is closed."
        ),
        ProblemCode.LOAN_CLOSED: "The loan is paid in full and closed. Fetch it again.",
        ProblemCode.LOAN_CANCELLED: "The disbursal was reversed: the loan takes no payments.",
        ProblemCode.LOAN_WRITTEN_OFF: (
            "The loan is written off. It takes payments, and an operator can refund, reverse and settle."
        ),
        ProblemCode.NOT_NPA: "Only a loan that is an NPA at the end of the latest day is written off.",
        ProblemCode.SETTLEMENT_TOO_HIGH: "The amount is not below the payoff. The message has the payoff.",
        ProblemCode.SETTLEMENT_DATE_OUT_OF_RANGE: "The date is past, or more than 90 days ahead.",
        ProblemCode.SETTLED_RECENTLY: (
            "The lender accepted less than the payoff of an earlier loan, not long ago. The message has the months."
        ),
        ProblemCode.AMOUNT_EXCEEDS_PAYOFF: (
            "The payment exceeds the payoff on its date. The message has the payoff. Fetch Loan.payoff again."
        ),
        ProblemCode.PAYMENT_DATE_TOO_EARLY: (
            "The payment date is before the business date or, for an operator, before the loan's latest event."
            " The message has the earliest date. Leave the date out: the default is the business date."
        ),
        ProblemCode.PAYMENT_DATE_IN_FUTURE: "The payment date is after the business date.",
        ProblemCode.DUPLICATE_PAYMENT: (
            "The payment has no transactionId, and an earlier payment has the same loan, amount and date. The"
            " message names the earlier payment. To pay a second time, send a transactionId."
        ),
        ProblemCode.TRANSACTION_ID_CONFLICT: (
            "Another payment with a different loan, amount or date has this transactionId. A request without a"
            " date is compared without it. Make a new transactionId for a new payment."
        ),
        ProblemCode.INVALID_TRANSACTION_ID: (
            "The transactionId is invalid. It has 1 to 64 letters, digits, and . _ : - and no twelve digits that"
            " may be an Aadhaar number. Correct the front end."
        ),
        ProblemCode.COUNTER_ONLY: (
            "The payment has a mode, a reference, backdate or a reason, and a borrower sent it. Only operators send"
            " these. Leave them out."
        ),
        ProblemCode.INVALID_REFERENCE: (
            "The reference has several lines or more than 64 characters, has no mode beside it, or contains twelve"
            " digits that may be an Aadhaar number. Only a UPI or bank transfer may have a reference of twelve digits."
        ),
        ProblemCode.BILLING_DATE_IN_FUTURE: "The date to bill is after the business date.",
        ProblemCode.BUSINESS_DATE_IN_PAST: "The business date is already later. It only moves forward.",
        ProblemCode.NOT_A_SANDBOX: (
            "The business date is the calendar's date and cannot be changed, or there are no sample accounts."
            " `Policy.sandbox` and `Policy.sampleAccounts` show this in advance."
        ),
        ProblemCode.LOAN_CHANGED: "The loan has a newer event than the given sequence. Fetch it again.",
        ProblemCode.EVENT_NOT_FOUND: "The event does not exist, or belongs to another loan.",
        ProblemCode.ALREADY_REVERSED: "The event is reversed already.",
        ProblemCode.NOT_REVERSIBLE: "The id is that of a bill. A bill follows from the events: reverse one of these.",
        ProblemCode.HAS_LATER_EVENTS: "A disbursal can be reversed only after all later events. Reverse those first.",
        ProblemCode.EFFECTIVE_DATE_TOO_EARLY: "The date is too far back. The message has the earliest date.",
        ProblemCode.EFFECTIVE_DATE_IN_FUTURE: (
            "The date is after the business date; that of a change of the rate is more than 90 days after it."
        ),
        ProblemCode.REASON_MISSING: "The reason is blank, or has more than 500 characters.",
        ProblemCode.REFUND_EXCEEDS_CREDIT: "The refund exceeds the loan's credit. The message has the credit.",
        ProblemCode.CHARGE_NOT_FOUND: "The loan has no charge with this key. Fetch Loan.charges again.",
        ProblemCode.CHARGE_NOT_ALLOWED: (
            "The loan's product has no charge of this kind for operators, or its amount is lower. The message has it."
        ),
        ProblemCode.RATE_IS_FIXED: "The loan has a fixed interest rate, which only falls.",
        ProblemCode.EMI_TOO_LOW: "The EMI does not repay the loan within the longest term.",
        ProblemCode.BILLING_DATE_OUT_OF_RANGE: "The next bill cannot be issued on the date. The message has the range.",
        ProblemCode.MORATORIUM_OUT_OF_RANGE: "A life has at most 6 cycles of moratorium. The message has what is left.",
        ProblemCode.TERM_OVER: "All cycles of the term are billed: none is left for a moratorium.",
        ProblemCode.WAIVER_TOO_HIGH: "The waiver exceeds what is left of the charge or of the interest.",
        ProblemCode.QUOTE_TOO_FAR: "The quote ends more than Product.quoteDays ahead. The message has the latest day.",
        ProblemCode.PRODUCT_NOT_FOUND: (
            "The product or its version does not exist, or is not offered yet. Query.products has those offered."
        ),
        ProblemCode.KEY_FACTS_NOT_FOUND: (
            "The proposalNumber is missing and the lender requires it, or the person has no such key facts. Issue them,"
            " show them, and apply with their number."
        ),
        ProblemCode.KEY_FACTS_EXPIRED: "KeyFacts.validUntil is over. Issue new key facts, and show them.",
        ProblemCode.KEY_FACTS_USED: "The person accepted these key facts already. Issue new ones for another loan.",
        ProblemCode.KEY_FACTS_DIFFER: (
            "The key facts are for another amount, term, rate or product. The message has theirs."
        ),
        ProblemCode.TOO_MANY_PROPOSALS: (
            "The person has 10 key facts statements that are valid and not accepted. Accept one, or wait until one"
            " expires."
        ),
        ProblemCode.INVALID_PRODUCT: "A policy of the product is invalid. The field names it: one problem for each.",
    },
)


@strawberry.type(description="One reason of a refusal.")
class Problem:
    code: ProblemCode = strawberry.field(description="The reason, for programs.")
    message: str = strawberry.field(
        description="The reason as an English sentence for a person. Its wording may change."
    )
    field: str | None = strawberry.field(
        description="The input field or the argument at fault, as the schema spells it; null if there is none."
    )


@strawberry.type(description="A refusal with every reason. Nothing was changed.")
class Refusal:
    problems: list[Problem] = strawberry.field(description="The reasons; at least one.")

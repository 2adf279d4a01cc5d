"""The mutations of the GraphQL schema, each with its resolver and its description."""

import strawberry

from api.graphql.fields import field
from resolvers import (
    billing,
    key_facts,
    loans,
    operations,
    password_resets,
    payments,
    products,
    profile,
    sample_accounts,
    sessions,
    users,
)
from schema import applications
from schema import billing as billing_views
from schema import operations as operation_views
from schema import password_resets as reset_views
from schema import products as product_views
from schema import profile as profile_views
from schema import receipts as receipt_views
from schema import users as user_views
from schema.key_facts import IssueKeyFactsResult
from schema.sample_accounts import CreateSampleAccountsResult


@strawberry.type(
    description=(
        "Changes data. One request may ask for one of these fields. A rule that forbids the change answers with a"
        " Refusal: it has every reason, and nothing was changed."
    )
)
class Mutation:
    register_user = field(
        users.register_user,
        user_views.RegisterUserResult,
        "Creates an account and signs in. The credit score follows a moment later, by Subscription.creditScore."
        " Without a password the session is the only way in: when it has ended, only a code for resetPassword opens the"
        " account again. Refusals about the input come first, EMAIL_TAKEN and AADHAAR_TAKEN after them, and"
        " TOO_MANY_ATTEMPTS where these two were answered too often.",
    )
    login = field(sessions.login, user_views.LoginResult, "Opens a session.")
    refresh_session = field(
        sessions.refresh_session,
        user_views.RefreshSessionResult,
        "Exchanges a refresh token for the next pair of tokens, once. For ten seconds a repeated request gets the same"
        " refresh token. A token that is used again later ends its session.",
    )
    logout = field(
        sessions.logout,
        bool,
        "Ends the session at once, on every device that uses it. The answer is always true. At /graphql/session the"
        " session's cookie is enough.",
    )
    update_me = field(
        profile.update_me,
        profile_views.UpdateMeResult,
        "Changes the phone, the address or the annual income. Later applications are judged on the new income; the"
        " lender keeps the earlier values.",
    )
    set_password = field(
        profile.set_password, profile_views.SetPasswordResult, "Sets the password of an account that has none."
    )
    change_password = field(
        profile.change_password,
        profile_views.ChangePasswordResult,
        "Changes the password and ends every other session of the account. BAD_CREDENTIALS and TOO_MANY_ATTEMPTS are"
        " about the old password.",
    )
    request_password_reset = field(
        password_resets.request_password_reset,
        reset_views.RequestPasswordResetResult,
        "Sends a code of 8 digits to the email of an account, for resetPassword. The answer is the same, and takes as"
        " long, for an email without an account.",
    )
    reset_password = field(
        password_resets.reset_password,
        reset_views.ResetPasswordResult,
        "Sets a new password by a code, ends every session of the account, and opens a new one. A code is valid once,"
        " for 15 minutes and for five tries.",
    )
    issue_password_reset = field(
        password_resets.issue_password_reset,
        reset_views.IssuePasswordResetResult,
        "Makes a code for a borrower who stands in front of the operator. It replaces the borrower's earlier codes."
        " Check the person's identity first: the code gives access to the account.",
    )
    delete_me = field(
        profile.delete_me,
        profile_views.DeleteMeResult,
        "Erases the borrower's personal data, keeps the books, and ends every session, once the last loan is closed."
        " Takes the password of an account that has one. It cannot be undone: ask for confirmation.",
    )
    apply_loan = field(
        loans.apply_loan,
        applications.ApplyLoanResult,
        "Decides an application at once, and disburses an approved loan at once. With a requestId it is safe to repeat:"
        " the first answer, a loan or a refusal, is given again. Without one, a repeated request makes a second loan.",
    )
    issue_key_facts = field(
        key_facts.issue_key_facts,
        IssueKeyFactsResult,
        "Issues the key facts of a proposed loan, for the borrower or for an operator's borrower. It binds the lender"
        " through validUntil. Asked again on the same day for the same terms, it answers with the same statement.",
    )
    add_product = field(
        products.add_product,
        product_views.AddProductResult,
        "Adds a version of a product, for applications from the business date on. Loans keep their version.",
    )
    make_payment = field(
        payments.make_payment,
        receipt_views.MakePaymentResult,
        "Pays on the borrower's own loan, or for an operator on any loan. With a transactionId it is safe to repeat.",
    )
    operate = field(
        operations.operate,
        operation_views.OperateResult,
        "Runs one operation on a loan, such as a reversal, a charge or a change of terms: see OperationInput. Safe to"
        " repeat with the same requestId.",
    )
    trigger_billing = field(
        billing.trigger_billing,
        billing_views.TriggerBillingResult,
        "Starts the billing run of a date, or finds it. It runs in the background, and Subscription.billingProgress"
        " shows its progress. Safe to repeat.",
    )
    set_business_date = field(
        billing.set_business_date,
        billing_views.SetBusinessDateResult,
        "In a sandbox only: moves the business date forward, for all accounts.",
    )
    create_sample_accounts = field(
        sample_accounts.create_sample_accounts,
        CreateSampleAccountsResult,
        "In a sandbox only: makes a borrower with three loans and an operator, both with public passwords. Safe to"
        " repeat: a changed password becomes the public one again.",
    )

/** The borrower's personal data, password, and erasure of the account; an operator sees only the password. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import { useIsOperator } from "../../api/useSession";
import { formatDateTime } from "../../ui/dates";
import { Fact, Facts } from "../../ui/Facts";
import { formatRupees } from "../../ui/money";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { DeleteAccount } from "./DeleteAccount";
import { ChangePassword, SetPassword } from "./Passwords";

const Me = graphql(`
  query Me {
    me {
      id
      name
      email
      aadhaarMasked
      phone
      address
      annualIncome
      createdAt
      consentVersion
      consentedAt
      hasPassword
    }
  }
`);

export function Profile() {
  const isOperator = useIsOperator();
  return isOperator ? (
    <Page title="Password">
      <ChangePassword />
    </Page>
  ) : (
    <Page title="Profile">
      <BorrowerProfile />
    </Page>
  );
}

function BorrowerProfile() {
  const [profile, refetch] = useQuery({ query: Me });
  return (
    <QueryResult query={profile} refetch={refetch} height="24rem">
      {({ me }) => (
        <>
          <section className="card" aria-label="About you">
            <Facts layout="wide">
              <Fact name="Name">{me.name}</Fact>
              <Fact name="Email">{me.email}</Fact>
              <Fact name="Aadhaar number">{me.aadhaarMasked}</Fact>
              <Fact name="Mobile number">{me.phone ?? "—"}</Fact>
              <Fact name="Address">{me.address ?? "—"}</Fact>
              <Fact name="Annual income">{me.annualIncome ? formatRupees(me.annualIncome) : "—"}</Fact>
              <Fact name="Account opened">{formatDateTime(me.createdAt)}</Fact>
              <Fact name="Consent given">{me.consentedAt ? formatDateTime(me.consentedAt) : "—"}</Fact>
            </Facts>
          </section>
          <div className="columns">
            {me.hasPassword ? (
              <ChangePassword />
            ) : (
              <SetPassword onSet={() => refetch({ requestPolicy: "network-only" })} />
            )}
            <DeleteAccount hasPassword={me.hasPassword} />
          </div>
        </>
      )}
    </QueryResult>
  );
}

/** The borrower's personal data, password, and erasure of the account; an operator sees only the password. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import { useIsOperator } from "../../api/useSession";
import { formatDateTime } from "../../ui/dates";
import { Fact } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { PersonFacts } from "../PersonFacts";
import { DeleteAccount } from "./DeleteAccount";
import { ChangePassword, SetPassword } from "./Passwords";
import { ProfileForm } from "./ProfileForm";

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
          <PersonFacts label="About you" person={me}>
            <Fact name="Account opened">{formatDateTime(me.createdAt)}</Fact>
            <Fact name="Consent given">{me.consentedAt ? formatDateTime(me.consentedAt) : "—"}</Fact>
          </PersonFacts>
          <div className="columns">
            <ProfileForm person={me} />
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

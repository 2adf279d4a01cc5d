/** What is known of somebody, their password, and the end of their account; an operator has only the password. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import { useIsOperator } from "../../api/useSession";
import { moment } from "../../ui/dates";
import { Fact, Facts } from "../../ui/Facts";
import { Loaded } from "../../ui/Loaded";
import { rupees } from "../../ui/money";
import { Page } from "../../ui/Page";
import { DeleteMe } from "./DeleteMe";
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
      <Mine />
    </Page>
  );
}

function Mine() {
  const [me, again] = useQuery({ query: Me });
  return (
    <Loaded of={me} again={again} height="24rem">
      {({ me }) => (
        <>
          <section className="card" aria-label="About you">
            <Facts look="wide">
              <Fact name="Name">{me.name}</Fact>
              <Fact name="Email">{me.email}</Fact>
              <Fact name="Aadhaar number">{me.aadhaarMasked}</Fact>
              <Fact name="Mobile number">{me.phone ?? "—"}</Fact>
              <Fact name="Address">{me.address ?? "—"}</Fact>
              <Fact name="Annual income">{me.annualIncome ? rupees(me.annualIncome) : "—"}</Fact>
              <Fact name="With us since">{moment(me.createdAt)}</Fact>
              <Fact name="Consent given">{me.consentedAt ? moment(me.consentedAt) : "—"}</Fact>
            </Facts>
          </section>
          <div className="columns">
            {me.hasPassword ? (
              <ChangePassword />
            ) : (
              <SetPassword onSet={() => again({ requestPolicy: "network-only" })} />
            )}
            <DeleteMe hasPassword={me.hasPassword} />
          </div>
        </>
      )}
    </Loaded>
  );
}

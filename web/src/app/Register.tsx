/** The form that opens an account. */
import { useForm, type UseFormReturn } from "react-hook-form";
import { useMutation } from "urql";
import { Link, useLocation } from "wouter";
import { graphql } from "../api/generated";
import { resultOf } from "../api/result";
import { openSession } from "../api/session";
import { parseAmount } from "../ui/money";
import { Page } from "../ui/Page";
import { EmailField, NewPasswordField } from "./forms/AccountFields";
import { Form } from "./forms/Form";
import { FormField } from "./forms/FormField";
import { useSubmit } from "./forms/useSubmit";
import { paths } from "./paths";
import { useIsSandbox } from "./useIsSandbox";

const RegisterUser = graphql(`
  mutation RegisterUser($input: RegisterUserInput!) {
    registerUser(input: $input) {
      __typename
      ...Tokens
      ...Problems
    }
  }
`);

// The transactions of this number in `data/` give a score that is high enough for a loan.
const SAMPLE = "In the sandbox, 2341 2341 2346 has sample transactions.";

// The version of the consent text below. A new text needs a new version.
const CONSENT = "console-1";

const EMPTY = {
  name: "",
  email: "",
  aadhaarId: "",
  phone: "",
  address: "",
  annualIncome: "",
  password: "",
  consent: false,
};

export function Register() {
  const form = useForm({ defaultValues: EMPTY });
  const [, register] = useMutation(RegisterUser);
  const [, navigate] = useLocation();

  async function send({ consent, annualIncome, phone, address, ...identity }: typeof EMPTY) {
    const input = {
      ...identity,
      phone: phone || null,
      address: address || null,
      annualIncome: parseAmount(annualIncome),
      consent: consent ? CONSENT : null,
    };
    return resultOf(await register({ input }), "registerUser");
  }

  const submission = useSubmit(form, send, (session) => {
    navigate(paths.home());
    openSession(session);
  });

  return (
    <Page title="Open an account" lead="It takes a minute. Your credit score follows within seconds.">
      <Form
        submission={submission}
        refusal="The account could not be opened."
        submit={["Open my account", "Opening your account…"]}
        after={
          <span>
            Do you have an account? <Link href={paths.home()}>Sign in</Link>
          </span>
        }
      >
        <PersonalFields form={form} />
        <Consent form={form} />
      </Form>
    </Page>
  );
}

type FieldsProps = { form: UseFormReturn<typeof EMPTY> };

function PersonalFields({ form }: FieldsProps) {
  const isSandbox = useIsSandbox();
  return (
    <div className="columns">
      <FormField
        form={form}
        name="name"
        label="Full name"
        autoComplete="name"
        rules={{ required: "Enter your name." }}
      />
      <EmailField form={form} />
      <FormField
        form={form}
        name="aadhaarId"
        label="Aadhaar number"
        hint={`12 digits. It is stored encrypted, and only its last four digits are shown. ${isSandbox ? SAMPLE : ""}`}
        inputMode="numeric"
        autoComplete="off"
        rules={{ required: "Enter your Aadhaar number." }}
      />
      <FormField
        form={form}
        name="annualIncome"
        label="Annual income"
        hint="In rupees. A loan requires it. You can add it later."
        inputMode="decimal"
        autoComplete="off"
        rules={{
          validate: (text) => !text || parseAmount(String(text)) !== null || "Enter an amount, such as 6,00,000.",
        }}
      />
      <FormField form={form} name="phone" label="Mobile number (optional)" type="tel" autoComplete="tel" />
      <FormField form={form} name="address" label="Address (optional)" autoComplete="street-address" />
      <NewPasswordField form={form} label="Password" />
    </div>
  );
}

function Consent({ form }: FieldsProps) {
  const problem = form.getFieldState("consent", form.formState).error?.message;
  return (
    <div className="field">
      <label className="check">
        <input
          type="checkbox"
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? "consent-problem" : undefined}
          {...form.register("consent", { required: "An account requires your consent." })}
        />
        <span>I agree that my transactions are read to calculate my credit score, and are stored with my account.</span>
      </label>
      {problem && (
        <span className="problem" id="consent-problem">
          {problem}
        </span>
      )}
    </div>
  );
}

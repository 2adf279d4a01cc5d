/** Changes the data that a borrower may change: the phone, the address and the annual income. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useMutation } from "urql";
import type { UpdateMeInput } from "../../api/generated/graphql";
import { resultOf } from "../../api/result";
import { formatRupees } from "../../ui/money";
import { Form } from "../forms/Form";
import { FormField } from "../forms/FormField";
import { useSubmit } from "../forms/useSubmit";
import { checkIncome, readIncome, UpdateMe } from "./updateMe";

interface Changeable {
  phone: string | null;
  address: string | null;
  annualIncome: string | null;
}

export function ProfileForm({ person }: { person: Changeable }) {
  const form = useForm({ defaultValues: textsOf(person) });
  const { dirtyFields } = form.formState;
  const [, update] = useMutation(UpdateMe);
  const [isSaved, setSaved] = useState(false);

  async function send({ phone, address, annualIncome }: ReturnType<typeof textsOf>) {
    setSaved(false);
    // A field that is left out keeps its value, and null removes it.
    const input: UpdateMeInput = {};
    if (dirtyFields.phone) input.phone = phone.trim() || null;
    if (dirtyFields.address) input.address = address.trim() || null;
    if (dirtyFields.annualIncome) input.annualIncome = readIncome(annualIncome);
    return resultOf(await update({ input }), "updateMe");
  }

  const submission = useSubmit(form, send, (me) => {
    form.reset(textsOf(me));
    setSaved(true);
  });

  return (
    <Form submission={submission} refusal="Your data was not changed." submit={["Save", "Saving…"]} look="plain">
      <h2>Change your data</h2>
      <FormField form={form} name="phone" label="Mobile number" type="tel" autoComplete="tel" />
      <FormField form={form} name="address" label="Address" autoComplete="street-address" />
      <FormField
        form={form}
        name="annualIncome"
        label="Annual income"
        hint="In rupees. Your next application is judged on it; the lender keeps the earlier value."
        inputMode="decimal"
        autoComplete="off"
        rules={{ validate: (text) => (!text && !person.annualIncome) || checkIncome(text) }}
      />
      <div role="status">{isSaved && <p className="notice success">Your data is saved.</p>}</div>
    </Form>
  );
}

function textsOf({ phone, address, annualIncome }: Changeable) {
  return { phone: phone ?? "", address: address ?? "", annualIncome: annualIncome ? formatRupees(annualIncome) : "" };
}

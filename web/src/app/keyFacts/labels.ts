/** The words of the key facts statement in English and in Hindi. */

export type Language = "en" | "hi";

const EN = {
  title: "Key facts statement",
  switchLanguage: "हिन्दी",
  print: "Print",
  part1: "Part 1: interest rate, fees and charges",
  part2: "Part 2: other information",
  annex: "Computation of the annual percentage rate",
  schedule: "Repayment schedule",
  number: "Proposal number",
  issuedOn: "Issued on",
  validUntil: "Valid until",
  acceptedOn: "Accepted on",
  type: "Type of loan",
  amount: "Sanctioned amount",
  disbursal: "Disbursal",
  disbursalText: "In full, when the borrower accepts",
  term: "Term",
  days: "cycles of %s days",
  months: "months",
  installments: "Installments",
  installmentsText: "%n installments of %a, the first due on %d",
  rate: "Interest rate",
  FIXED: "% a year, fixed",
  FLOATING: "% a year, floating",
  quarterMore: "EMI if the rate rises by 0.25",
  fees: "Fees, deducted at disbursal",
  none: "None",
  gst: "GST",
  payee: "Payable to",
  lender: "the lender",
  once: "once",
  recurring: "recurring",
  apr: "Annual percentage rate (APR)",
  effective: "Effective rate, compounded",
  contingent: "Contingent charges, not in the APR",
  atLeast: "at least",
  atMost: "at most",
  plusGst: "plus %s GST",
  base: "of the amount concerned",
  netDisbursed: "Net disbursed amount",
  totalInterest: "Total interest",
  totalFees: "Total fees with GST",
  totalPayable: "Total to be repaid",
  coolingOff: "Cooling-off period",
  coolingOffText: "%s days after the disbursal",
  officer: "Grievance officer",
  transfer: "The lender may transfer the loan to another lender",
  yes: "Yes",
  no: "No",
  clauses: "Clauses of the agreement",
  installment: "No.",
  due: "Due",
  outstanding: "Outstanding principal",
  principal: "Principal",
  interest: "Interest",
  dueAmount: "Installment",
  accept: "Accept and borrow",
  accepting: "Borrowing…",
  change: "Change the terms",
  acceptNote: "The loan is paid out at once when you accept.",
};

export type Labels = Record<keyof typeof EN, string>;

const HI: Labels = {
  title: "मुख्य तथ्य विवरण",
  switchLanguage: "English",
  print: "प्रिंट करें",
  part1: "भाग 1: ब्याज दर, शुल्क और प्रभार",
  part2: "भाग 2: अन्य जानकारी",
  annex: "वार्षिक प्रतिशत दर की गणना",
  schedule: "चुकौती अनुसूची",
  number: "प्रस्ताव संख्या",
  issuedOn: "जारी करने की तारीख",
  validUntil: "वैधता की अंतिम तारीख",
  acceptedOn: "स्वीकार करने की तारीख",
  type: "ऋण का प्रकार",
  amount: "स्वीकृत राशि",
  disbursal: "संवितरण",
  disbursalText: "उधारकर्ता के स्वीकार करने पर, एक साथ पूरी राशि",
  term: "अवधि",
  days: "चक्र, प्रत्येक %s दिन का",
  months: "महीने",
  installments: "किस्तें",
  installmentsText: "%a की %n किस्तें, पहली %d को देय",
  rate: "ब्याज दर",
  FIXED: "% वार्षिक, स्थिर",
  FLOATING: "% वार्षिक, परिवर्तनशील",
  quarterMore: "दर 0.25 बढ़ने पर ईएमआई",
  fees: "शुल्क, संवितरण के समय काटे जाते हैं",
  none: "कोई नहीं",
  gst: "जीएसटी",
  payee: "किसे देय",
  lender: "ऋणदाता",
  once: "एक बार",
  recurring: "आवर्ती",
  apr: "वार्षिक प्रतिशत दर (एपीआर)",
  effective: "प्रभावी दर, चक्रवृद्धि",
  contingent: "आकस्मिक प्रभार, एपीआर में शामिल नहीं",
  atLeast: "न्यूनतम",
  atMost: "अधिकतम",
  plusGst: "और %s जीएसटी",
  base: "संबंधित राशि का",
  netDisbursed: "निवल संवितरित राशि",
  totalInterest: "कुल ब्याज",
  totalFees: "जीएसटी सहित कुल शुल्क",
  totalPayable: "चुकाई जाने वाली कुल राशि",
  coolingOff: "पुनर्विचार अवधि",
  coolingOffText: "संवितरण के बाद %s दिन",
  officer: "शिकायत निवारण अधिकारी",
  transfer: "ऋणदाता यह ऋण किसी अन्य ऋणदाता को अंतरित कर सकता है",
  yes: "हाँ",
  no: "नहीं",
  clauses: "करार के खंड",
  installment: "क्र.",
  due: "देय तारीख",
  outstanding: "बकाया मूलधन",
  principal: "मूलधन",
  interest: "ब्याज",
  dueAmount: "किस्त",
  accept: "स्वीकार करें और ऋण लें",
  accepting: "ऋण लिया जा रहा है…",
  change: "शर्तें बदलें",
  acceptNote: "आपके स्वीकार करते ही ऋण की राशि दे दी जाती है।",
};

export const LABELS: Record<Language, Labels> = { en: EN, hi: HI };

/** Names of the usual kinds of charges; a lender's own kind is shown as it is. */
export const KINDS: Record<Language, Record<string, string>> = {
  en: {
    fee: "Processing fee",
    bounce: "Bounced payment",
    penal: "Penal charge",
    prepayment: "Prepayment charge",
    switching: "Switching charge",
    insurance: "Insurance",
    stamp: "Stamp duty",
  },
  hi: {
    fee: "प्रसंस्करण शुल्क",
    bounce: "भुगतान अस्वीकृत होने का प्रभार",
    penal: "दंडात्मक प्रभार",
    prepayment: "पूर्वभुगतान प्रभार",
    switching: "दर बदलने का प्रभार",
    insurance: "बीमा",
    stamp: "स्टांप शुल्क",
  },
};

/** The clauses of the server in Hindi. */
export const CLAUSES: Record<string, string> = {
  "The rate may change during the loan. The lender states each change, with the new EMI, to the borrower.":
    "ऋण की अवधि में दर बदल सकती है। ऋणदाता हर बदलाव, नई ईएमआई के साथ, उधारकर्ता को बताता है।",
  "The dates of this statement hold for a disbursal on the day of issue. They move with a later disbursal.":
    "इस विवरण की तारीखें जारी करने के दिन संवितरण होने पर लागू हैं। बाद में संवितरण होने पर वे उसके साथ बदलती हैं।",
  "The lender may not levy a charge that this statement does not name.":
    "ऋणदाता ऐसा कोई प्रभार नहीं लगा सकता जिसका नाम इस विवरण में नहीं है।",
  "A penal charge bears no interest and is never added to the principal.":
    "दंडात्मक प्रभार पर ब्याज नहीं लगता, और उसे मूलधन में कभी नहीं जोड़ा जाता।",
  "The borrower may pay early on any day, in part or in full.":
    "उधारकर्ता किसी भी दिन समय से पहले, आंशिक या पूरा, भुगतान कर सकता है।",
  "The lender names a recovery agent to the borrower before the agent contacts the borrower.":
    "वसूली एजेंट के संपर्क करने से पहले ऋणदाता उधारकर्ता को उस एजेंट का नाम बताता है।",
  "The lender alone lends this loan. There is no co-lender.": "यह ऋण अकेले ऋणदाता देता है। कोई सह-ऋणदाता नहीं है।",
  "The borrower may complain to the grievance officer. If the lender does not resolve the complaint within 30 days, the borrower may complain to the Ombudsman of the Reserve Bank of India (cms.rbi.org.in).":
    "उधारकर्ता शिकायत निवारण अधिकारी से शिकायत कर सकता है। यदि ऋणदाता 30 दिनों में शिकायत का समाधान नहीं करता, तो उधारकर्ता भारतीय रिज़र्व बैंक के लोकपाल से शिकायत कर सकता है (cms.rbi.org.in)।",
  "In the cooling-off period, the borrower may leave by paying the principal and the interest until that day.":
    "पुनर्विचार अवधि में उधारकर्ता मूलधन और उस दिन तक का ब्याज चुकाकर ऋण से बाहर निकल सकता है।",
};

const HINDI_MONTHS = "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर".split(" ");

/** 31 जनवरी 2026 for "2026-01-31". */
export function hindiDate(date: string): string {
  const [year, month, day] = date.split("-");
  return `${Number(day)}\u00a0${HINDI_MONTHS[Number(month) - 1]}\u00a0${year}`;
}

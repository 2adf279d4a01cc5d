import { createRoot } from "react-dom/client";
import { graphql } from "../api/generated";

const BusinessDate = graphql(`
  query BusinessDate {
    businessDate
  }
`);
console.log(BusinessDate);
createRoot(document.getElementById("root")!).render(<h1>kist</h1>);

// The customer's page.
import { render } from "preact";
import "./styles/tokens.css";
import { texts } from "./texts";

render(<p>{texts().page.loading}</p>, document.getElementById("app")!);

// The customer's page.
import { render } from "preact";
import "./styles/tokens.css";
import "./styles/chatui.less";
import "./styles/controls.css";
import "./styles/shell.css";
import { App } from "./shell/App";
import * as brand from "./shell/brand";
import { follow, open } from "./shell/session";
import * as settings from "./shell/settings";
import { fitKeyboard } from "./shell/viewport";

settings.begin(new URLSearchParams(location.search));
brand.begin();
fitKeyboard();
render(<App />, document.getElementById("app")!);
follow();
void open();

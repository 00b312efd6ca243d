// The page: header, where one is, the conversation, and where to type.
import { texts } from "../texts";
import { Composer } from "./Composer";
import { Banner, Header } from "./Header";
import { MessageList } from "./MessageList";
import { Notes } from "./notes";
import { Viewer } from "./Photo";
import { link, open, trouble } from "./session";
import { StepBar } from "./StepBar";

export function App() {
  return (
    <>
      <Header />
      <Banner />
      <StepBar />
      {trouble.value ? <Trouble words={trouble.value} /> : link.value === "opening" ? <Opening /> : <MessageList />}
      <Composer />
      <Notes />
      <Viewer />
    </>
  );
}

function Opening() {
  return (
    <main class="chat opening" aria-busy="true">
      <p role="status">{texts().page.loading}</p>
    </main>
  );
}

function Trouble({ words }: { words: string }) {
  return (
    <main class="chat opening">
      <p role="alert">{words}</p>
      <button type="button" class="button primary" onClick={() => void open()}>
        {texts().connection.reopen}
      </button>
    </main>
  );
}

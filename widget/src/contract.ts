// Made from settlement/contract.py by `./run types`; do not edit.

export type Inbound = TextMessage | ButtonMessage | UploadMessage | FieldsMessage | DeviceMessage;

export interface Contract {
  inbound: Inbound;
  outbound: Outbound;
}
/**
 * Words that a person typed. Never a command, whatever they look like.
 */
export interface TextMessage {
  type: "text";
  /**
   * client's id: a resend with it changes nothing
   */
  cid: string;
  text: string;
}
/**
 * A tap on a button that this conversation was given.
 */
export interface ButtonMessage {
  type: "button";
  cid: string;
  button: string;
}
/**
 * A photo that was stored before by ``POST /api/uploads``.
 */
export interface UploadMessage {
  type: "upload";
  cid: string;
  upload: string;
  kind?: ("id_front" | "id_back" | "signature" | "bank_card" | "qr" | "extra_1" | "extra_2") | null;
}
/**
 * Named values typed into a card's input fields; each is put into the vault.
 */
export interface FieldsMessage {
  type: "fields";
  cid: string;
  fields: {
    [k: string]: string;
  };
}
/**
 * What the page measured of the customer's device, whether it passed or not.
 */
export interface DeviceMessage {
  type: "device";
  cid: string;
  camera: boolean;
  microphone: boolean;
  speaker: boolean;
  system: "android" | "ios" | "other";
  system_version: string;
  /**
   * why the first part that failed did
   */
  failure?: ("not_allowed" | "not_found" | "not_readable" | "silent" | "unheard" | "unsupported") | null;
}
/**
 * One message to the customer, or the mark that a turn is over (``kind="turn_done"``).
 */
export interface Outbound {
  /**
   * position in the outbox; ask for what comes after it
   */
  id: string;
  at: string;
  kind: "message" | "turn_done";
  author: "customer" | "assistant";
  /**
   * the inbound message that this answers
   */
  cid: string | null;
  text: string | null;
  buttons: Button[];
  card:
    | (
        | BrokerCard
        | DeviceCheckCard
        | InputCard
        | CaptchaCard
        | PhotoCard
        | FieldsCard
        | DocumentCard
        | ChecklistCard
        | BankListCard
        | BankCardsCard
        | SummaryCard
        | MyBusinessCard
        | ProgressCard
        | ResultCard
      )
    | null;
  /**
   * an image that the customer sent
   */
  upload: string | null;
  /**
   * a document that this answer's turn agreed to: its card is ticked
   */
  agreed: string | null;
  /**
   * with the mark of a turn's end: where the customer is now; None: as before
   */
  progress: ProgressStep[] | null;
}
/**
 * A choice; ``id`` is opaque and works once, in this conversation, until the next turn.
 *
 * ``choice`` and ``item`` tell a card what the button is for, so that it can stand in its place: 同意 in the
 * reading window, 操作 on its case's line. They are labels: sending them does nothing.
 */
export interface Button {
  id: string;
  title: string;
  /**
   * e.g. agree, operate, bank
   */
  choice: string | null;
  /**
   * what the choice is about, e.g. a bank's code
   */
  item: string | null;
}
/**
 * The futures company, for confirmation.
 */
export interface BrokerCard {
  version: 1;
  card: "broker";
  code: string;
  name: string;
}
/**
 * Asks the page to test camera, microphone and speaker, and to answer with a ``device`` message.
 */
export interface DeviceCheckCard {
  version: 1;
  card: "device_check";
  /**
   * lowest version by system, e.g. {'android': '4.0'}
   */
  minimum: {
    [k: string]: string;
  };
}
/**
 * One value to type into a field of its own rather than into the chat.
 */
export interface InputCard {
  version: 1;
  card: "input";
  field: string;
  format: "text" | "id_number" | "card_number" | "code";
  /**
   * seconds until another code may be asked for
   */
  again_after: number | null;
}
/**
 * A picture to read: ``GET /api/captcha/<captcha>``.
 */
export interface CaptchaCard {
  version: 1;
  card: "captcha";
  captcha: string;
}
/**
 * A photo to take; ``received`` lists what is there already.
 */
export interface PhotoCard {
  version: 1;
  card: "photo";
  kind: "id_front" | "id_back" | "signature" | "bank_card" | "qr" | "extra_1" | "extra_2";
  /**
   * what a further document is called; else the page's own name
   */
  title: string;
  /**
   * kind → image id, for preview
   */
  received: {
    [k: string]: string;
  };
  max_megabytes: number;
}
/**
 * Values to compare; an editable one is corrected by a ``fields`` message or in words.
 */
export interface FieldsCard {
  version: 1;
  card: "fields";
  fields: ShownField[];
  /**
   * the photo that they were read from
   */
  image: string | null;
}
/**
 * One value that was read or typed, for the customer to compare.
 */
export interface ShownField {
  name: string;
  label: string;
  value: string;
  editable: boolean;
  doubtful: boolean;
}
/**
 * One document to open and read to its end: ``GET /api/documents/<document>``.
 */
export interface DocumentCard {
  version: 1;
  card: "document";
  document: string;
  title: string;
  document_version: string;
  sha256: string;
  /**
   * least reading time, in seconds
   */
  seconds: number;
  kind: "certificate_letter" | "notice" | "contract" | "risk" | "privacy";
  /**
   * of a separate consent: kind privacy
   */
  consent: ConsentGist | null;
  read: boolean;
  agreed: boolean;
}
/**
 * What a separate consent is about, shown above its text (PIPL art. 17, 29).
 */
export interface ConsentGist {
  what: string;
  why: string;
  how_long: string;
}
/**
 * All documents of a step and whether each was agreed to.
 */
export interface ChecklistCard {
  version: 1;
  card: "checklist";
  documents: DocumentCard[];
}
/**
 * The banks that the company supports.
 */
export interface BankListCard {
  version: 1;
  card: "bank_list";
  /**
   * [{'code': 'CCB', 'name': '建设银行'}]
   */
  banks: {
    [k: string]: string;
  }[];
}
/**
 * The bank cards of this case so far.
 */
export interface BankCardsCard {
  version: 1;
  card: "bank_cards";
  cards: {
    [k: string]: string;
  }[];
}
/**
 * Everything that is about to be submitted.
 */
export interface SummaryCard {
  version: 1;
  card: "summary";
  fields: ShownField[];
  cards: {
    [k: string]: string;
  }[];
  documents: string[];
}
/**
 * 我的业务: 待完成 and 已完成.
 */
export interface MyBusinessCard {
  version: 1;
  card: "my_business";
  pending: CaseRow[];
  completed: CaseRow[];
}
/**
 * One line of 我的业务.
 */
export interface CaseRow {
  case_no: string;
  business: string;
  state: string;
  status: string;
  remark: string;
  opened: string;
  updated: string;
  can_operate: boolean;
  can_abandon: boolean;
  current: boolean;
  /**
   * the signed paper: GET /api/signed/<signed>
   */
  signed: string | null;
}
/**
 * Where the customer is on the way.
 */
export interface ProgressCard {
  version: 1;
  card: "progress";
  steps: ProgressStep[];
}
/**
 * One part of a change, as the manual divides it.
 */
export interface ProgressStep {
  name: string;
  title: string;
  state: "done" | "now" | "later";
}
/**
 * What became of a submission.
 */
export interface ResultCard {
  version: 1;
  card: "result";
  case_no: string;
  outcome: "submitted" | "done" | "rejected" | "failed" | "abandoned";
  fund_account: string | null;
  remark: string | null;
}

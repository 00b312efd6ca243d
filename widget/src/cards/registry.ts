// Which component draws which card. A card that is not named here is left out: its message's words say enough.
import { BankCards } from "./BankCards";
import { BankList } from "./BankList";
import { BrokerConfirm } from "./Broker";
import { Captcha } from "./Captcha";
import { DeviceCheck } from "./DeviceCheck";
import { Checklist, DocumentCard } from "./Document";
import { Fields } from "./Fields";
import { Input } from "./Input";
import { MyBusiness } from "./MyBusiness";
import { Photo } from "./Photo";
import { Progress, Result } from "./Result";
import { Summary } from "./Summary";
import type { Registry } from "./types";

export const registry: Registry = {
  bank_cards: { view: BankCards, ownButtons: true },
  bank_list: { view: BankList, ownButtons: true },
  broker: { view: BrokerConfirm, ownButtons: true },
  captcha: { view: Captcha, ownButtons: true },
  checklist: { view: Checklist, ownButtons: true },
  device_check: { view: DeviceCheck },
  document: { view: DocumentCard, ownButtons: true },
  fields: { view: Fields, ownButtons: true },
  input: { view: Input, ownButtons: true },
  my_business: { view: MyBusiness, ownButtons: true },
  photo: { view: Photo, ownButtons: true },
  progress: { view: Progress },
  result: { view: Result, ownButtons: true },
  summary: { view: Summary, ownButtons: true },
};

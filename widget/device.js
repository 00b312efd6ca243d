// Tests camera, microphone and speaker and tells the server when all three work.
import { h } from "./dom.js";
import { T } from "./texts.zh.js";

const D = T.device;
const PARTS = ["camera", "microphone", "speaker"];
const LISTEN_MS = 6000;
const AUDIBLE = 0.02; // root mean square of the loudest moment; silence of a live microphone lies below 0.01

class Failure extends Error {}

export function drawDeviceCheck(card, actions) {
  const states = Object.fromEntries(PARTS.map((part) => [part, h("span.state", {}, D.waiting)]));
  const message = h("p.message-line", { role: "status" }, D.intro);
  const stage = h("div.stage");
  const start = h("button.primary", { type: "button", onclick: run }, D.start);

  function set(part, state, text) {
    states[part].className = `state ${state}`;
    states[part].textContent = text;
  }

  async function step(part, check) {
    set(part, "now", D.checking);
    try {
      await check();
      set(part, "ok", D.ok);
    } catch (error) {
      set(part, "bad", D.bad);
      throw error instanceof Failure ? error : new Failure(D.errors[error.name] ?? D.errors.other);
    } finally {
      stage.replaceChildren();
    }
  }

  new MutationObserver(() => start.scrollIntoView({ block: "nearest" })).observe(stage, { childList: true });

  async function run() {
    start.disabled = true;
    PARTS.forEach((part) => set(part, "", D.waiting));
    message.className = "message-line";
    message.textContent = "";
    let sound = null;
    try {
      if (!navigator.mediaDevices?.getUserMedia) throw new Failure(isSecureContext ? D.errors.unsupported : D.errors.SecurityError);
      sound = new (window.AudioContext ?? window.webkitAudioContext)(); // inside the tap, or iOS keeps it silent
      await sound.resume();
      await step("camera", () => checkCamera(stage));
      await step("microphone", () => checkMicrophone(sound, stage));
      await step("speaker", () => checkSpeaker(sound, stage));
      message.textContent = D.passed;
      actions.send({ type: "device", camera: true, microphone: true, speaker: true, ...system() });
      start.remove();
    } catch (error) {
      message.className = "message-line bad";
      message.textContent = error instanceof Failure ? error.message : D.errors.other;
      start.textContent = D.again;
      start.disabled = false;
    } finally {
      sound?.close();
    }
  }

  return h("div.device", {}, h("h2", {}, D.title), h("ul.parts", {}, PARTS.map((part) => h("li", {}, D[part], states[part]))), stage, message, start);
}

async function withMedia(wanted, use) {
  const media = await navigator.mediaDevices.getUserMedia(wanted);
  try {
    return await use(media);
  } finally {
    media.getTracks().forEach((track) => track.stop());
  }
}

function checkCamera(stage) {
  return withMedia({ video: true }, async (media) => {
    const video = h("video.camera", { muted: true, playsInline: true, srcObject: media });
    stage.replaceChildren(video);
    await video.play();
    await within(5000, () => video.videoWidth > 0 && video.readyState >= 2, D.errors.NotReadableError);
    await pause(600); // long enough for the customer to see the picture
  });
}

function checkMicrophone(sound, stage) {
  return withMedia({ audio: true }, async (media) => {
    const analyser = sound.createAnalyser();
    analyser.fftSize = 1024;
    sound.createMediaStreamSource(media).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const meter = h("meter", { min: 0, max: 0.2, value: 0, "aria-label": D.level });
    stage.replaceChildren(h("p", {}, D.sayHello), meter);
    await within(LISTEN_MS, () => {
      analyser.getFloatTimeDomainData(samples);
      const level = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
      meter.value = level;
      return level > AUDIBLE;
    }, D.noSound);
  });
}

function checkSpeaker(sound, stage) {
  return new Promise((heard, failed) => {
    const answer = (title, kind, act) => h(`button.${kind}`, { type: "button", onclick: act }, title);
    stage.replaceChildren(h("p", {}, D.heard), h("div.row", {},
      answer(D.yes, "primary", () => heard()),
      answer(D.no, "secondary", () => failed(new Failure(D.noSpeaker))),
      answer(D.replay, "link", () => tone(sound))));
    tone(sound);
  });
}

function tone(sound) {
  const [wave, volume, at] = [sound.createOscillator(), sound.createGain(), sound.currentTime];
  wave.frequency.value = 880;
  volume.gain.setValueAtTime(0, at);
  for (const beat of [0, 0.4, 0.8]) {
    volume.gain.linearRampToValueAtTime(0.3, at + beat + 0.05);
    volume.gain.linearRampToValueAtTime(0, at + beat + 0.3);
  }
  wave.connect(volume).connect(sound.destination);
  wave.start(at);
  wave.stop(at + 1.3);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function within(ms, condition, sentence) {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Failure(sentence);
    await pause(50);
  }
}

/** Operating system and its version, as far as the browser tells. */
export function system(agent = navigator.userAgent) {
  const android = /Android (\d+(?:\.\d+)*)/.exec(agent);
  if (android) return { system: "android", system_version: android[1] };
  const ios = /(?:iPhone|iPad|iPod).*? OS (\d+(?:_\d+)*)/.exec(agent);
  if (ios) return { system: "ios", system_version: ios[1].replaceAll("_", ".") };
  return { system: "other", system_version: "" };
}

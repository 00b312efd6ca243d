// Camera, microphone and speaker, tried for real. Must be called from a tap: without one, iOS keeps sound off.
import { DeviceFailure } from "./failure";

const PICTURE_MS = 5000;
const LISTEN_MS = 8000;
const AUDIBLE = 0.02; // root mean square of the loudest moment; a live microphone in a silent room lies below 0.01

/** A stream for the time of `use`; its lamps go out afterwards. */
export async function withMedia<T>(wanted: MediaStreamConstraints, use: (media: MediaStream) => Promise<T>): Promise<T> {
  if (!navigator.mediaDevices?.getUserMedia) throw new DeviceFailure("unsupported");
  const media = await navigator.mediaDevices.getUserMedia(wanted);
  try {
    return await use(media);
  } finally {
    for (const track of media.getTracks()) track.stop();
  }
}

/** Passes when a picture arrives; `show` gets the stream for the customer to see. */
export function checkCamera(show: (media: MediaStream) => void): Promise<void> {
  return withMedia({ video: { facingMode: { ideal: "environment" } } }, async (media) => {
    show(media);
    const video = document.createElement("video");
    video.muted = video.playsInline = true;
    video.srcObject = media;
    void video.play().catch(() => undefined);
    await until(PICTURE_MS, () => video.videoWidth > 0 && video.readyState >= 2, "not_readable");
    await pause(700); // long enough to be seen
  });
}

/** Passes when something is heard; `level` gets 0…1 about twenty times a second. */
export function checkMicrophone(sound: AudioContext, level: (part: number) => void): Promise<void> {
  return withMedia({ audio: true }, async (media) => {
    const analyser = sound.createAnalyser();
    analyser.fftSize = 1024;
    sound.createMediaStreamSource(media).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    await until(LISTEN_MS, () => {
      analyser.getFloatTimeDomainData(samples);
      const loudness = rootMeanSquare(samples);
      level(Math.min(1, loudness / (5 * AUDIBLE)));
      return loudness > AUDIBLE;
    }, "silent");
  });
}

export function rootMeanSquare(samples: Float32Array): number {
  let sum = 0;
  for (const one of samples) sum += one * one;
  return Math.sqrt(sum / (samples.length || 1));
}

/** Three beeps. No page can hear its own speaker: the customer says whether they came. */
export function playTone(sound: AudioContext): void {
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

export function openSound(): AudioContext {
  const Context = window.AudioContext ?? (window as unknown as { webkitAudioContext?: typeof AudioContext }).webkitAudioContext;
  if (!Context) throw new DeviceFailure("unsupported");
  const sound = new Context();
  void sound.resume();
  return sound;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function until(ms: number, reached: () => boolean, otherwise: "not_readable" | "silent"): Promise<void> {
  for (const end = Date.now() + ms; !reached(); await pause(50)) {
    if (Date.now() > end) throw new DeviceFailure(otherwise);
  }
}

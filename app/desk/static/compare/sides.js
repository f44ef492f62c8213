// One side of a comparison: a clip or sound that is stepped frame by frame, or a still. Times are the desk's:
// milliseconds since the first frame, or since the beginning of the sound where that frame comes late.

import { readFrames } from "./frames.js";
import { eachFrame, seek } from "./seek.js";

export class Clip {
  static async open(element, item) {
    await loaded(element);
    if (item.kind === "video" && !element.videoWidth) throw new Error("This browser shows no picture of it.");
    return new Clip(element, await readFrames(item.frames, element.duration));
  }

  constructor(element, frames) {
    this.element = element;
    this.frames = frames;
    this.shown = null;
    this.wanted = 0;
    this.settling = null;
  }

  get width() { return this.element.videoWidth ?? 0; }
  get height() { return this.element.videoHeight ?? 0; }
  get count() { return this.frames.count; }
  get isExact() { return this.frames.isExact; }
  get nowMs() { return this.ownMs(this.element.currentTime); }
  get isPlaying() { return !this.element.paused; }
  ownMs(seconds) { return (seconds - this.frames.zeroS) * 1000; }
  startMs(number) { return this.ownMs(this.frames.startS(number)); }
  middleMs(number) { return this.ownMs(this.frames.middleS(number)); }
  frameAt(ms) { return this.frames.at(ms / 1000 + this.frames.zeroS); }

  // Shows a frame; of several asked for at once only the last one is sought.
  async show(number) {
    this.wanted = this.frames.clamped(number);
    this.settling ??= this.settle().finally(() => { this.settling = null; });
    await this.settling;
  }

  async settle() {
    while (this.shown !== this.wanted) {
      const target = this.wanted;
      const { frames } = this;
      this.shown = frames.beginningAt(await seek(this.element, frames.middleS(target), frames.startS(target)));
      if (target === this.wanted) return;
    }
  }

  async play(rate) {
    this.shown = null;
    this.setRate(rate);
    await this.element.play();
  }

  setRate(rate) { this.element.playbackRate = Math.max(0.0625, Math.min(16, rate)); }
  jump(ms) { this.element.currentTime = Math.max(0, ms / 1000 + this.frames.zeroS); }
  pause() {
    this.element.pause();
    // One more frame may have come on the screen since the last one that was told.
    this.shown = null;
  }
  eachFrame(shown) {
    return eachFrame(this.element, (seconds) => {
      this.shown = this.frames.beginningAt(seconds);
      shown(this.ownMs(seconds));
    });
  }
}

export class Still {
  static async open(element) {
    await element.decode();
    return new Still(element);
  }

  constructor(element) {
    this.element = element;
    this.shown = this.wanted = 0;
    this.count = 1;
    this.isExact = true;
    this.isPlaying = false;
  }

  get width() { return this.element.naturalWidth; }
  get height() { return this.element.naturalHeight; }
  startMs() { return 0; }
  middleMs() { return 0; }
  frameAt() { return 0; }
  async show() {}
  async play() {}
  eachFrame() { return () => {}; }
  setRate() {}
  jump() {}
  pause() {}
}

function loaded(media) {
  if (media.error) return Promise.reject(media.error);
  if (media.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return Promise.resolve();
  return new Promise((resolve, reject) => {
    media.addEventListener("loadeddata", resolve, { once: true });
    media.addEventListener("error", () => reject(media.error), { once: true });
    if (media.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) reject(media.error);
  });
}

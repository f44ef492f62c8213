// The two sides of a comparison: a clip that is sought exactly, or pictures where it cannot be played.

import { firstFrame, seek, show } from "./frames.js";

const LOAD_PATIENCE_MS = 8000;

class Pictures {
  constructor(item, blurredQuery, isWhole) {
    this.item = item;
    this.element = new Image();
    this.element.alt = "";
    this.query = blurredQuery;
    this.isWhole = isWhole;
    this.lengthS = 0.2;
    this.shownS = 0;
  }

  async start() {
    await this.load(this.isWhole ? `/v1/media/${this.item.id}/file` : this.address(0));
    if (this.isWhole && !this.element.naturalWidth) await this.load(this.address(0));
    return this;
  }

  address(atMs) {
    return `/v1/media/${this.item.id}/stills/at/${Math.round(atMs)}${this.query}`;
  }

  load(address) {
    return new Promise((resolve) => {
      this.element.onload = this.element.onerror = resolve;
      this.element.src = address;
    });
  }

  async show(atMs) {
    if (!this.isWhole) await this.load(this.address(atMs));
    this.shownS = atMs / 1000;
    return this.shownS;
  }

  async step(frames) {
    return this.show(Math.max(0, this.shownS * 1000 + frames * this.lengthS * 1000));
  }

  get width() { return this.element.naturalWidth; }
  get height() { return this.element.naturalHeight; }
  get nowMs() { return this.shownS * 1000; }
  play() {}
  pause() {}
}

class Clip {
  constructor(item) {
    this.item = item;
    const video = document.createElement("video");
    Object.assign(video, { muted: true, playsInline: true, preload: "auto", src: `/v1/media/${item.id}/file` });
    video.tabIndex = -1;
    this.element = video;
    this.shownS = 0;
  }

  async start() {
    await new Promise((resolve, reject) => {
      const giveUp = setTimeout(reject, LOAD_PATIENCE_MS);
      this.element.addEventListener("loadeddata", () => { clearTimeout(giveUp); resolve(); }, { once: true });
      this.element.addEventListener("error", () => { clearTimeout(giveUp); reject(); }, { once: true });
    });
    if (!this.element.videoWidth) throw new Error("no picture");
    this.first = await firstFrame(this.element);
    this.lengthS = this.first.lengthS;
    return this;
  }

  async show(atMs) {
    this.shownS = await show(this.element, atMs / 1000, this.first);
    return this.shownS;
  }

  async step(frames) {
    const lastS = this.shownS;
    this.shownS = await seek(this.element, lastS + (frames + 0.5) * this.lengthS);
    return this.shownS;
  }

  get width() { return this.element.videoWidth; }
  get height() { return this.element.videoHeight; }
  get nowMs() { return this.element.currentTime * 1000; }
  play(rate) {
    this.element.playbackRate = rate;
    return this.element.play();
  }
  pause() { this.element.pause(); }
}

// A side that shows `item`; its clip if this browser plays it, else its pictures.
export async function open(item, blurredQuery) {
  if (item.kind === "video") {
    try {
      return await new Clip(item).start();
    } catch {
      return new Pictures(item, blurredQuery, false).start();
    }
  }
  return new Pictures(item, blurredQuery, item.kind === "still").start();
}

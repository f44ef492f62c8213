// One file on its way in pieces: goes on by itself after a broken connection, and after a reload if the file is given again.

import "../vendor/tus-js-client-4.3.1.min.js";
import { problemOf } from "./refusals.js";

const FIRST_PIECE_BYTES = 1024 * 1024; // a refusal is heard after this much
const PIECE_BYTES = 16 * 1024 * 1024;
const AGAIN_MS = [0, 1000, 3000, 5000, 10_000, 30_000];
const LATER_MS = 30_000;
const SILENT_MS = 45_000;
const OVER = new Set(["done", "refused", "removed"]);

// What is said of a file may name a source: only the file's name stays in the browser.
const storage = tus.defaultOptions.urlStorage;
const sparing = Object.assign(Object.create(storage), {
  addUpload: (fingerprint, upload) =>
    storage.addUpload(fingerprint, { ...upload, metadata: { filename: upload.metadata.filename } }),
});

// The same for the same file of the same person, so that nobody goes on with what somebody else began.
export function fingerprintOf(file, person) {
  return ["desk", person, file.name, file.type, file.size, file.lastModified].join("-");
}

export class Sending {
  // `changed` is called with this whenever `state`, `sent` or `problem` is another.
  constructor(file, person, changed) {
    Object.assign(this, { file, state: "waiting", sent: 0, problem: null, mediaId: null, goesOn: false });
    this._changed = changed;
    this._heardAt = 0;
    this._upload = new tus.Upload(file, {
      endpoint: "/v1/uploads",
      chunkSize: FIRST_PIECE_BYTES,
      retryDelays: AGAIN_MS,
      removeFingerprintOnSuccess: true,
      urlStorage: sparing,
      fingerprint: async () => fingerprintOf(file, person),
      onShouldRetry: (error) => this._mayPass(error),
      onProgress: (sent) => this._hear(sent),
      onChunkComplete: () => { this._upload.options.chunkSize = PIECE_BYTES; },
      onError: (error) => this._stop(error),
      onSuccess: ({ lastResponse }) => this._finish(lastResponse.getHeader("Media-Id")),
    });
    this._watch = setInterval(() => this._lookForSilence(), LATER_MS / 2);
    this._online = () => { if (this.state === "broken") this._again(); };
    addEventListener("online", this._online);
  }

  get address() { return this._upload.url; }
  get isOver() { return OVER.has(this.state); }

  queue(said) {
    this._upload.options.metadata = { ...said, filename: this.file.name };
    this.problem = null;
    this._put("queued");
  }

  // Begins, or goes on where an earlier visit of the page stopped.
  async start() {
    this.problem = null;
    this._put("sending");
    const earlier = await this._upload.findPreviousUploads();
    earlier.sort((one, other) => Date.parse(other.creationTime) - Date.parse(one.creationTime));
    if (this.state !== "sending") return;
    if (earlier.length) {
      this.goesOn = true;
      this._upload.resumeFromPreviousUpload(earlier[0]);
    }
    this._begin();
  }

  pause() {
    clearTimeout(this._later);
    this._put("paused");
    this._upload.abort();
  }

  resume() {
    if (this.address) this._again();
    else this.start();
  }

  // Forgets the file here and what of it the desk has; an item that it became stays.
  remove() {
    const wasUnfinished = !this.isOver;
    clearTimeout(this._later);
    clearInterval(this._watch);
    removeEventListener("online", this._online);
    this._put("removed");
    this._upload.abort(wasUnfinished && Boolean(this.address)).catch(() => {});
  }

  _begin() {
    this._heardAt = Date.now();
    this._upload.start();
  }

  async _again() {
    clearTimeout(this._later);
    this.problem = null;
    this._put("sending");
    await this._upload.abort();
    if (this.state === "sending") this._begin();
  }

  _hear(sent) {
    this._heardAt = Date.now();
    this.sent = sent;
    if (this.state === "broken" || this.state === "sending") this._put("sending");
  }

  // A network that vanished without a word is noticed by its silence.
  _lookForSilence() {
    if (this.state === "sending" && Date.now() - this._heardAt > SILENT_MS) this._again();
  }

  _mayPass(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    const passes = status === 0 || [409, 423, 429].includes(status) || (status >= 500 && status !== 507);
    if (passes && this.state === "sending") this._put("broken");
    return passes;
  }

  _stop(error) {
    if (this.isOver || this.state === "paused") return;
    if (error.originalRequest && this._mayPass(error)) {
      this._put("broken");
      this._later = setTimeout(() => this._again(), LATER_MS);
      return;
    }
    this.problem = problemOf(error);
    this._put(this.problem.isFinal ? "refused" : this.problem.isAboutWords ? "waiting" : "failed");
  }

  _finish(mediaId) {
    this.mediaId = mediaId;
    this.sent = this.file.size;
    clearInterval(this._watch);
    removeEventListener("online", this._online);
    this._put("done");
  }

  _put(state) {
    if (this.state === "removed") return;
    this.state = state;
    this._changed(this);
  }
}

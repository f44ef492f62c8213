// Sends one file by the tus-js-client that the desk vendors, slowly enough to be interrupted.
// node tus_client.js CLIENT ENDPOINT KEY FILE; prints each answer's status, then the item's id.
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { setTimeout: pause } = require("node:timers/promises");

const [client, endpoint, key, file] = process.argv.slice(2);
const tus = require(path.resolve(client));
const PIECE_BYTES = 512 * 1024;
const PAUSE_MS = 10;

class Answer {
  constructor(message) {
    this.message = message;
  }
  getStatus() {
    return this.message.statusCode;
  }
  getHeader(name) {
    return this.message.headers[name.toLowerCase()];
  }
  getBody() {
    return "";
  }
  getUnderlyingObject() {
    return this.message;
  }
}

class SlowRequest {
  constructor(method, url) {
    this.method = method;
    this.url = url;
    this.headers = {};
  }
  getMethod() {
    return this.method;
  }
  getURL() {
    return this.url;
  }
  setHeader(name, value) {
    this.headers[name] = value;
  }
  getHeader(name) {
    return this.headers[name];
  }
  setProgressHandler() {}
  abort() {
    this.sending.destroy();
    return Promise.resolve();
  }
  getUnderlyingObject() {
    return this.sending;
  }
  async send(body) {
    const bytes = body ? Buffer.from(await body.arrayBuffer()) : Buffer.alloc(0);
    const headers = { ...this.headers, "Content-Length": bytes.length };
    this.sending = http.request(this.url, { method: this.method, headers, agent: false });
    const answered = new Promise((resolve, reject) => {
      this.sending.on("error", reject);
      this.sending.on("response", (message) => {
        message.resume();
        message.on("end", () => resolve(new Answer(message)));
        message.on("error", reject);
      });
    });
    answered.catch(() => {});
    for (let at = 0; at < bytes.length && !this.sending.destroyed; at += PIECE_BYTES) {
      this.sending.write(bytes.subarray(at, at + PIECE_BYTES));
      await pause(PAUSE_MS);
    }
    this.sending.end();
    return answered;
  }
}

const upload = new tus.Upload(new Blob([fs.readFileSync(file)]), {
  endpoint,
  headers: { Authorization: `Bearer ${key}` },
  metadata: { filename: path.basename(file), title: "März" },
  httpStack: { createRequest: (method, url) => new SlowRequest(method, url), getName: () => "slow" },
  retryDelays: Array(1000).fill(200),
  onAfterResponse: (request, answer) =>
    console.log(request.getMethod(), answer.getStatus(), answer.getHeader("Upload-Offset")),
  onError: (error) => {
    console.error(error.message);
    process.exit(1);
  },
  onSuccess: ({ lastResponse }) => console.log("MEDIA", lastResponse.getHeader("Media-Id")),
});
upload.start();

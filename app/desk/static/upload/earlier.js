// What an earlier visit of the page left unfinished: shown, gone on with when its file is given again, or given up.

const KEY = "tus::";

export class Earlier {
  // `shown` makes a line of an upload that waits for its file, `ended` of one that has become an item.
  constructor(person, { shown, ended }) {
    this._person = person;
    this._to = { shown, ended };
    this._lines = new Map();
  }

  async look() {
    const mine = (await tus.defaultOptions.urlStorage.findAllUploads())
      .filter((each) => each.urlStorageKey.startsWith(`${KEY}desk-${this._person}-`));
    for (const each of mine) await this._lookAt(each);
  }

  // The line of this file, if one waits for it.
  take(fingerprint) {
    const found = [...this._lines.keys()].find((key) => key.startsWith(`${KEY}${fingerprint}::`));
    const line = found && this._lines.get(found);
    this._lines.delete(found);
    return line;
  }

  async giveUp(stored) {
    this._lines.delete(stored.urlStorageKey);
    await tus.Upload.terminate(stored.uploadUrl, { retryDelays: [0, 1000, 3000] }).catch(() => {});
    this._forget(stored);
  }

  async _lookAt(stored) {
    const answer = await fetch(stored.uploadUrl).catch(() => null);
    if (answer?.status === 404) this._forget(stored);
    if (!answer?.ok) return;
    const upload = await answer.json();
    if (upload.media_id) this._to.ended(stored, upload);
    if (upload.media_id || upload.failure) this._forget(stored);
    else this._lines.set(stored.urlStorageKey, this._to.shown(stored, upload));
  }

  _forget(stored) {
    tus.defaultOptions.urlStorage.removeUpload(stored.urlStorageKey);
  }
}

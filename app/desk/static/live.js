// What happens at the desk, as it happens: calls back at most once in `pauseMs`. A browser gives a stream up for good
// at any answer but 200 (signed out, a proxy while the desk starts): it is then said, and tried again.

const FIRST_MS = 5_000;
const MOST_MS = 60_000;

// `place` selects the element that says after which event the page was made, `changed` fetches it anew.
export function follow(place, wanted, changed, pauseMs = 1000) {
  let source = null;
  let due = null;
  let retry = null;
  let waitMs = FIRST_MS;

  const hear = (event) => {
    const item = JSON.parse(event.data);
    if (!wanted(item) || due) return;
    due = setTimeout(() => {
      due = null;
      changed();
    }, pauseMs);
  };

  function open() {
    const after = document.querySelector(place)?.dataset.live;
    if (!after || document.hidden) return; // another page took this one's place, or nobody looks
    source?.close();
    source = new EventSource(`/v1/events/stream?after=${after}`);
    source.addEventListener("open", () => {
      waitMs = FIRST_MS;
      sayLive(true);
    });
    source.addEventListener("error", () => {
      sayLive(false);
      if (source.readyState === EventSource.CLOSED) later();
    });
    for (const type of TYPES) source.addEventListener(type, hear);
  }

  function later() {
    retry = setTimeout(again, waitMs);
    waitMs = Math.min(2 * waitMs, MOST_MS);
  }

  async function again() {
    clearTimeout(retry);
    // A proxy's page is not put in place of the rows; an answer to who is signed out leads to the sign-in.
    const answer = await fetch("/v1/me").catch(() => null);
    if (!answer?.ok && answer?.status !== 401) return later();
    await changed();
    open();
  }

  // A browser makes six connections to a host, of all its tabs: one that nobody looks at needs none.
  function close() {
    clearTimeout(retry);
    source?.close();
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) again(); });
  open();
}

function sayLive(isLive) {
  const place = document.getElementById("not-live");
  if (place) place.hidden = isLive;
}

const TYPES = [
  "media.received", "media.fingerprinted", "media.failed", "media.purge_proposed", "media.purge_refused",
  "media.purged", "media.provenance_read",
  "match.found", "match.found_retroactively", "match.reviewed", "match.invalidated", "sensitivity.changed",
  "verification.status_changed", "verification.proposed", "verification.proposal_refused",
  "verification.attention_required", "verification.attention_closed", "verification.withdrawn",
  "finding.recorded", "claim.state_changed", "corroboration.added", "corroboration.retracted",
  "rights.changed", "note.added", "review.published", "review.corrected", "review.tombstoned",
  "signal.found",
];

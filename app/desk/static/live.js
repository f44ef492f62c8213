// What happens at the desk, as it happens: calls back at most once in `pauseMs`.

export function follow(after, wanted, changed, pauseMs = 1000) {
  let due = null;
  const source = new EventSource(`/v1/events/stream?after=${after}`);
  const hear = (event) => {
    const item = JSON.parse(event.data);
    if (!wanted(item) || due) return;
    due = setTimeout(() => {
      due = null;
      changed(item);
    }, pauseMs);
  };
  for (const type of TYPES) source.addEventListener(type, hear);
  window.addEventListener("pagehide", () => source.close());
  return source;
}

const TYPES = [
  "media.received", "media.fingerprinted", "media.failed", "media.purged", "media.provenance_read",
  "match.found", "match.found_retroactively", "match.reviewed", "match.invalidated", "sensitivity.changed",
  "verification.status_changed", "verification.proposed", "verification.attention_required",
  "verification.withdrawn", "finding.recorded", "claim.state_changed", "corroboration.added",
  "corroboration.retracted", "rights.changed", "note.added", "review.published", "review.corrected",
  "review.tombstoned", "signal.found",
];

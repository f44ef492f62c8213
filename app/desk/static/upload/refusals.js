// Why a file was not taken: the desk's problem documents, and what a browser cannot do, by name.

const FINAL = new Set(["unsupported_media", "payload_too_large"]);

export function problemOf(error) {
  if (!error.originalRequest) return { name: "unreadable", points: [], isFinal: false };
  return problemIn(error.originalResponse?.getBody());
}

export function problemIn(body) {
  let said = {};
  try {
    said = JSON.parse(body);
  } catch {
    // not one of ours: a proxy's page, or nothing
  }
  const name = said.type?.split("/").pop() ?? said.code ?? "unknown";
  const points = (said.errors ?? []).map((each) => `${each.loc.at(-1)}: ${each.msg}`);
  const isAboutWords = name === "invalid_request";
  return { name, points, detail: said.detail ?? "", maxBytes: said.max_bytes, isFinal: FINAL.has(name), isAboutWords };
}

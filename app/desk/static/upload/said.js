// What is said of a file: what the form says of all, then what its own form says of it alone.

const MANY = new Set(["collection", "sensitivity", "tags"]);

export function said(...forms) {
  const body = {};
  for (const form of forms) {
    for (const [name, value] of new FormData(form)) {
      const text = typeof value === "string" ? value.trim() : "";
      if (!text) continue;
      const isFurther = MANY.has(name) && name in body;
      body[name] = isFurther ? `${body[name]},${text}` : text;
    }
  }
  return body;
}

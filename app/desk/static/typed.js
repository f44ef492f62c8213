// What somebody typed into the other forms of a page outlives the answer to one of them, which takes the place of all.

const initial = (select) => [...select.options].find((each) => each.defaultSelected) ?? select.options[0];

function isTyped(field) {
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field instanceof HTMLSelectElement) return field.value !== initial(field)?.value;
  return "defaultValue" in field && field.value !== field.defaultValue;
}

const isOpen = (field) => field.name && field.type !== "hidden" && field.type !== "file" && "value" in field && field.type !== "submit";

// All of a form that was refused: the desk sent what was typed back.
function typedIn(form) {
  const fields = [...form.elements].filter(isOpen);
  return form.querySelector("#refusal") ? fields : fields.filter(isTyped);
}

const isSame = (one, other) => one.name === other.name && (one.type !== "checkbox" || one.value === other.value);
const nameOf = (form) => `${form.getAttribute("action")} ${form.elements.which?.value}`;

// The fields of all forms but one that somebody filled in and nobody saved.
export function typedBeside(sent) {
  const forms = [...document.querySelectorAll("main form[method=post]")].filter((each) => each !== sent);
  return forms.map((form) => [nameOf(form), typedIn(form)]).filter(([, fields]) => fields.length);
}

// Puts them into the forms of the same names, unfolded.
export function restore(typed) {
  const forms = [...document.querySelectorAll("main form[method=post]")];
  for (const [name, fields] of typed) {
    const form = forms.find((each) => nameOf(each) === name);
    for (const field of fields) {
      const place = form && [...form.elements].find((each) => isSame(each, field));
      if (!place) continue;
      if (field.type === "checkbox") place.checked = field.checked;
      else place.value = field.value;
      for (let each = place.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
    }
  }
}

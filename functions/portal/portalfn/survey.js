// Says that a person was here: a real tap or key press, which no script can make. Without
// it the page asks to confirm once more.
"use strict";
for (const form of document.querySelectorAll("form[data-survey]")) {
  const seen = form.querySelector("input[name=seen]");
  const person = (event) => {
    if (event.isTrusted) seen.value = "1";
  };
  for (const kind of ["pointerdown", "keydown", "touchstart"]) document.addEventListener(kind, person, {passive: true});
}

// Keyboard shortcuts: one key each, so there are none while somebody types, none with
// Ctrl or Alt held, and none at all where somebody has switched them off (WCAG 2.1.4).
// What each does stands in keys.html.
"use strict";
{
  const help = document.getElementById("keys");
  const find = (id) => document.getElementById(id);

  function focus(id) {
    const e = find(id);
    if (!e) return false;
    const folded = e.closest("details");
    if (folded) folded.open = true;
    e.focus();
    e.scrollIntoView({ block: "nearest" });
    return true;
  }

  function compose(mode) {
    const tab = find("mode-" + mode);
    if (!tab) return false;
    tab.checked = true;
    return focus(mode);
  }

  // move goes along the list's rows from the one that has the focus.
  function move(step) {
    const rows = [...document.querySelectorAll("tr[data-id] .what a")];
    if (rows.length === 0) return false;
    const at = rows.indexOf(document.activeElement);
    const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
    rows[to].focus();
    return true;
  }

  function canned() {
    const list = document.querySelector("#composer .canned");
    if (!list) return false;
    find("mode-reply").checked = true;
    list.open = true;
    list.querySelector("a")?.focus();
    return true;
  }

  const does = {
    "?": () => help.showModal(),
    "/": () => focus(document.querySelector(".top .find input")?.id),
    j: () => move(1),
    k: () => move(-1),
    r: () => compose("reply"),
    n: () => compose("note"),
    f: () => compose("forward"),
    a: () => focus("assignee"),
    p: () => focus("priority"),
    s: () => focus("status"),
    t: () => focus("tags"),
    c: canned,
    u: () => location.assign(ofTab.get("list") || "/console"),
  };

  if (help) {
    const box = help.querySelector("#keys-on");
    box.checked = kept.get("keys") !== "off";
    box.addEventListener("change", () => kept.set("keys", box.checked ? "on" : "off"));
    for (const b of document.querySelectorAll("[data-keys]")) b.addEventListener("click", () => help.showModal());
    document.addEventListener("keydown", (event) => {
      if (!box.checked || help.open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
      if (event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea") || event.target.isContentEditable) {
        if (event.key === "Escape") event.target.blur();
        return;
      }
      if (Object.hasOwn(does, event.key) && does[event.key]() !== false) event.preventDefault();
    });
    // Where tickets are come to from; a customer's page lies beside the way.
    if (/^\/console(\/(board|search|feedback|topics|recoveries|notices|audit|dead-letters))?$/.test(location.pathname)) ofTab.set("list", location.href);
  }
}

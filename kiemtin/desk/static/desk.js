// What the keyboard adds. Every page works without it.
"use strict";
(function () {
  const rows = () => Array.from(document.querySelectorAll("[data-row]"));
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  function move(by) {
    const all = rows();
    if (all.length === 0) return;
    const at = all.indexOf(document.activeElement);
    const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    r: () => { const form = document.querySelector("#rate textarea, #rate input:not([type=hidden])"); if (form) { document.getElementById("rate").scrollIntoView(); form.focus(); } },
    "/": () => { const box = document.getElementById("q"); if (box) box.focus(); else window.location.href = "/"; },
    c: () => { const box = document.getElementById("ask-text"); if (box) box.focus(); },
    q: () => { window.location.href = "/"; },
    "?": () => { const help = document.getElementById("help"); if (help) help.showModal(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  document.querySelectorAll("[data-open]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => document.getElementById(button.dataset.open).showModal());
  });

  const told = document.querySelector("[data-focus]");
  if (told) told.focus();
})();

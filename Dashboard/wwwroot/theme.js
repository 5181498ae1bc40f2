// Runs before the first paint and on every page, with or without a circuit: the theme and the time zone,
// both kept in cookies so that the server's first answer is already right.
(() => {
  const root = document.documentElement;
  const keep = (name, value, days) => {
    document.cookie = `${name}=${value}; path=${new URL(document.baseURI).pathname}; max-age=${days * 86400}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  };

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && /^[\w+\-/]+$/.test(zone)) keep("presence-time-zone", zone, 365);

  const mark = () => {
    const chosen = root.dataset.theme ?? "system";
    for (const button of document.querySelectorAll("[data-theme-choice]"))
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  };

  addEventListener("click", event => {
    const choice = event.target.closest?.("[data-theme-choice]")?.dataset.themeChoice;
    if (!choice) return;
    if (choice === "system") {
      delete root.dataset.theme;
      keep("presence-theme", "", 0);
    } else {
      root.dataset.theme = choice;
      keep("presence-theme", choice, 365);
    }
    mark();
  });

  addEventListener("DOMContentLoaded", mark);
  addEventListener("presence:rendered", mark); // a circuit drew the buttons anew
})();

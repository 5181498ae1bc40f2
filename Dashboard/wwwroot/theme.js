// Runs before the first paint and on every page, with or without a circuit: theme, density and time zone, kept in cookies so that the
// server's first answer is already right. What somebody signed in chooses is stored with the account as well (AccountValues.cs).
(() => {
  const root = document.documentElement;
  const choices = { theme: ["system", "light", "dark"], density: ["compact", "comfortable"] };
  const keep = (name, value, days) => {
    document.cookie = `${name}=${value}; path=${new URL(document.baseURI).pathname}; max-age=${days * 86400}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  };

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && /^[\w+\-/]+$/.test(zone)) keep("presence-time-zone", zone, 365);

  // Until somebody chooses, rows are as tall as the screen is narrow: a fingertip's on a phone.
  const narrow = matchMedia("(max-width: 899px)");
  const follow = () => { root.dataset.density = narrow.matches ? "comfortable" : "compact"; };
  if (!root.dataset.density) {
    follow();
    narrow.addEventListener("change", follow);
  }

  const mark = () => {
    for (const name in choices) {
      for (const button of document.querySelectorAll(`[data-${name}-choice]`))
        button.setAttribute("aria-pressed", String(button.dataset[`${name}Choice`] === (root.dataset[name] ?? "system")));
    }
  };

  const store = (name, value) => {
    const token = document.querySelector("nav input[name=__RequestVerificationToken]")?.value; // nobody is signed in without
    if (token) fetch("account/appearance", { method: "POST", body: new URLSearchParams({ [name]: value, __RequestVerificationToken: token }), keepalive: true }).catch(() => { });
  };

  addEventListener("click", event => {
    for (const name in choices) {
      const choice = event.target.closest?.(`[data-${name}-choice]`)?.dataset[`${name}Choice`];
      if (!choices[name].includes(choice)) continue;
      if (name === "density") narrow.removeEventListener("change", follow);
      if (choice === "system") delete root.dataset[name];
      else root.dataset[name] = choice;
      keep(`presence-${name}`, choice, 365);
      store(name, choice);
      mark();
    }
  });

  addEventListener("DOMContentLoaded", () => {
    mark();
    document.querySelector("input[data-first]")?.focus();
  });
  addEventListener("presence:rendered", mark); // a circuit drew the buttons anew
})();

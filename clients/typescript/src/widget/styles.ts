import { hues } from "./initials.js";

// Colours of text and page are the host's own, so that a widget is at home in a light page, a dark one and one that changes.
// A sheet made by script is no inline style: the strictest content policy of a page has nothing to refuse.
const css = `
:host { display: inline-flex; align-items: center; gap: .6em; color: inherit; font: inherit; white-space: nowrap; vertical-align: middle; }
:host([hidden]) { display: none; }
.line { display: inline-flex; align-items: center; gap: .4em; transition: opacity .3s; }
.dot { box-sizing: border-box; inline-size: .5em; block-size: .5em; border-radius: 50%; border: .25em solid var(--presence-accent, #1a9d5a); }
.count { min-inline-size: 1ch; font-variant-numeric: tabular-nums; font-weight: 600; text-align: end; }
.stale .dot, .off .dot, .gone .dot, .loading .dot { border-width: .1em; border-color: currentColor; }
.stale, .off, .gone { opacity: .6; }
.faces { display: inline-flex; box-sizing: border-box; margin: 0; padding: 0 0 0 .5em; min-block-size: 1.9em; list-style: none; }
.faces[hidden] { display: none; }
.face { display: grid; position: relative; place-items: center; box-sizing: border-box; inline-size: 2.375em; block-size: 2.375em; margin-inline-start: -.5em; border: .15em solid Canvas; border-radius: 50%; color: CanvasText; font-size: .8em; font-weight: 600; line-height: 1; }
${Array.from({ length: hues }, (_, hue) => `.hue-${hue} { background: color-mix(in oklab, oklch(.65 .14 ${Math.round(hue * 360 / hues + 20)}) 32%, Canvas); }`).join("\n")}
.face img { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; border-radius: 50%; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
@media (forced-colors: active) { .face { border-color: CanvasText; } }
@media (prefers-reduced-motion: reduce) { .line { transition: none; } }
`;

let sheet: CSSStyleSheet | undefined;

/** One for all widgets of a page. */
export function widgetStyles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}

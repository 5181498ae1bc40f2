using System.Text.Json;
using Microsoft.Playwright;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>What a page measures at the width it was just given.</summary>
/// <param name="Overflow">By how much it is wider than the screen, and the innermost parts that reach beyond it; null when it fits.</param>
/// <param name="Overlaps">Parts to read or to use that lie on top of each other.</param>
/// <param name="Names">What the rows of lists and tables are called by, and how much of it is in sight.</param>
/// <param name="HiddenActions">Rows whose main action is out of sight.</param>
/// <param name="RowsInView">How many rows of tables are on the screen as a whole.</param>
public sealed record PageMeasures(string? Overflow, IReadOnlyList<string> Overlaps, IReadOnlyList<RowName> Names, IReadOnlyList<string> HiddenActions, int RowsInView)
{
    /// <summary>
    /// Waits until the page is laid out for its new width or theme: the browser does so with the next frame it draws, and what is looked
    /// at before that is parts of both. Then measures it from its top, where nothing that floats hides a part of something, and
    /// with every change of colour come to its end.
    /// </summary>
    private const string Measure =
        """
        async () => {
          document.scrollingElement.scrollTop = 0; // scrollTo is the page's own (page.js)
          const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
          await frame();
          // A part that inherits a colour begins its change when the part it inherits from has ended its own.
          for (let round = 0; round < 20; round++) {
            const changes = document.getAnimations().filter(change => change.playState !== "finished" && Number.isFinite(change.effect?.getComputedTiming().endTime));
            if (changes.length === 0) break;
            await Promise.allSettled(changes.map(change => change.finished));
            await frame();
          }
          const { scrollWidth, clientWidth } = document.documentElement;
          const box = part => part.getBoundingClientRect();
          const told = part => part.outerHTML.slice(0, 160);

          let overflow = null;
          if (scrollWidth > clientWidth) {
            // By the part's own edge, or by text that runs over it.
            const beyond = [...document.body.querySelectorAll("*")].filter(part => box(part).left + Math.max(box(part).width, part.scrollWidth) > clientWidth + 0.5);
            const innermost = beyond.filter(part => ![...part.children].some(child => beyond.includes(child)));
            overflow = `${scrollWidth - clientWidth} px: ` + innermost.slice(0, 4).map(told).join(" ");
          }

          // What is seen of a part: the rest is cut off by what it stands in. What floats above the page covers a part of it, as it should;
          // what floats in a row covers none of its words and pictures: a link that fills a row, and a button above it, may.
          const rowOf = part => part.closest("main :is(tbody tr, li)");
          const floats = new Map();
          const isFloating = part => {
            if (part === document.body) return false;
            if (!floats.has(part)) {
              const { position } = getComputedStyle(part);
              floats.set(part, position === "fixed" || position === "sticky" || (position === "absolute" && !rowOf(part)) || isFloating(part.parentElement));
            }
            return floats.get(part);
          };
          const clips = new Map();
          const clip = part => {
            if (part === document.documentElement) return { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
            if (!clips.has(part)) clips.set(part, getComputedStyle(part).overflow === "visible" ? clip(part.parentElement) : cut(box(part), clip(part.parentElement)));
            return clips.get(part);
          };
          const cut = (a, b) => ({ left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom) });
          const seenOf = part => cut(cut(box(part), clip(part)), { ...clip(part.parentElement), right: Math.min(clip(part.parentElement).right, clientWidth) });
          const isSomething = seen => seen.right - seen.left > 2 && seen.bottom - seen.top > 2;
          const root = document.querySelector("dialog[open], [role=dialog]") ?? document.body;
          const parts = [...root.querySelectorAll("a, button, input, select, textarea, label, h1, h2, h3, p, dt, dd, th, td, li, summary, output, strong, bdi, time, main :is(tbody tr, li) :is(svg, [data-testid])")]
            .filter((part, _, all) => part.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !isFloating(part) && !(rowOf(part) && all.some(inner => inner !== part && part.contains(inner))))
            .map(part => ({ part, seen: cut(box(part), clip(part.parentElement)) }))
            .filter(({ seen }) => isSomething(seen) && seen.top < 2 * innerHeight) // further down is more of the same
            .sort((a, b) => a.seen.top - b.seen.top);
          const overlaps = [];
          parts.forEach((a, place) => {
            for (let next = place + 1; next < parts.length && parts[next].seen.top < a.seen.bottom - 2; next++) {
              const b = parts[next];
              if (!a.part.contains(b.part) && !b.part.contains(a.part) && isSomething(cut(a.seen, b.seen))) overlaps.push(`${told(a.part)} and ${told(b.part)}`);
            }
          });

          const rows = [...root.querySelectorAll("tbody tr, main li")].filter(row => row.checkVisibility());
          const names = [];
          const hiddenActions = [];
          for (const row of rows) {
            // A table that stands still is named by its first column.
            const table = row.closest("table");
            const named = row.querySelector("[data-testid=room-name], [data-testid=viewer-name]");
            const name = named ?? (table?.tHead && !table.querySelector("[data-row]") ? row.cells[0] : null);
            if (!name) continue;
            const seen = seenOf(name);
            const action = row.querySelector("[data-row-key]") ?? [...row.querySelectorAll("button")].at(-1);
            const cell = named?.closest("td, th");
            names.push({ name: name.textContent.trim().slice(0, 60), cell: !named ? null : cell ? cell.clientWidth : Math.max(name.clientWidth, name.parentElement.clientWidth), seen: seen.right - seen.left, whole: name.scrollWidth });
            if (!action) continue;
            const of = seenOf(action);
            if (!action.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || of.right - of.left < box(action).width - 1) hiddenActions.push(name.textContent.trim().slice(0, 60));
          }
          return {
            overflow,
            overlaps: overlaps.slice(0, 8),
            names,
            hiddenActions,
            rowsInView: rows.filter(row => row.matches("tr") && box(row).top >= 0 && box(row).bottom <= Math.min(innerHeight, clip(row.parentElement).bottom)).length,
          };
        }
        """;

    /// <summary>What is wrong: that it does not fit, that parts overlap, that names have no room or actions are out of sight.</summary>
    public IEnumerable<string> Problems =>
    [
        .. Overflow is null ? (string[])[] : ["wider than the screen by " + Overflow],
        .. Overlaps.Select(overlap => "on top of each other: " + overlap),
        .. Names.Where(name => !name.HasRoom).Take(3).Select(name => $"{name.Seen:0} of {name.Whole:0} px of the name {name.Name} in sight, in a cell of {name.Cell:0} px"),
        .. HiddenActions.Take(3).Select(name => "the action of the row is out of sight: " + name),
    ];

    public static async Task<PageMeasures> TakeAsync(IPage page) =>
        (await page.EvaluateAsync<JsonElement>(Measure)).Deserialize<PageMeasures>(JsonSerializerOptions.Web)!;
}

/// <summary>What a row is called by: how wide its cell is (null in tables that stand still), how much of it is in sight and how wide it would like to be, in px.</summary>
public sealed record RowName(string Name, double? Cell, double Seen, double Whole)
{
    private const double NarrowestCell = 110;
    private const double FirstLetters = 80;

    /// <summary>Its first letters are in sight.</summary>
    public bool HasRoom => Cell is not < NarrowestCell && Seen >= Math.Min(FirstLetters, Whole) - 1;
}

using System.Text.Json;
using Microsoft.Playwright;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>What a page measures at the width it was just given.</summary>
/// <param name="Overflow">By how much it is wider than the screen, and the innermost parts that reach beyond it; null when it fits.</param>
/// <param name="Overlaps">Parts to read or to use that lie on top of each other.</param>
/// <param name="NameCells">The cells that name a table's rows.</param>
/// <param name="RowsInView">How many rows of tables are on the screen as a whole.</param>
public sealed record PageMeasures(string? Overflow, IReadOnlyList<string> Overlaps, IReadOnlyList<NameCell> NameCells, int RowsInView)
{
    /// <summary>The width in px that leaves a name its first letters.</summary>
    private const double NarrowestName = 60;

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

          // What is seen of a part: the rest is cut off by what it stands in. What floats above the page covers a part of it, as it should.
          const floats = new Map();
          const isFloating = part => {
            if (part === document.body) return false;
            if (!floats.has(part)) floats.set(part, ["fixed", "sticky", "absolute"].includes(getComputedStyle(part).position) || isFloating(part.parentElement));
            return floats.get(part);
          };
          const clips = new Map();
          const clip = part => {
            if (part === document.documentElement) return { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
            if (!clips.has(part)) clips.set(part, getComputedStyle(part).overflow === "visible" ? clip(part.parentElement) : cut(box(part), clip(part.parentElement)));
            return clips.get(part);
          };
          const cut = (a, b) => ({ left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom) });
          const isSomething = seen => seen.right - seen.left > 2 && seen.bottom - seen.top > 2;
          const root = document.querySelector("dialog[open], [role=dialog]") ?? document.body;
          const parts = [...root.querySelectorAll("a, button, input, select, textarea, label, h1, h2, h3, p, dt, dd, th, td, li, summary, output, strong, bdi, time")]
            .filter(part => part.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !isFloating(part))
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

          const rows = [...root.querySelectorAll("tbody tr")].filter(row => row.checkVisibility());
          return {
            overflow,
            overlaps: overlaps.slice(0, 8),
            nameCells: rows.map(row => row.querySelector("[data-testid=room-name], [data-testid=viewer-name]")).filter(name => name)
              .map(name => ({ name: name.textContent.trim(), width: box(name.closest("td, th")).width })),
            rowsInView: rows.filter(row => box(row).top >= 0 && box(row).bottom <= innerHeight).length,
          };
        }
        """;

    /// <summary>What is wrong: that it does not fit, and, where it is measured, that parts overlap or names have no room.</summary>
    public IEnumerable<string> ProblemsOf(bool isMeasured) =>
    [
        .. Overflow is null ? (string[])[] : ["wider than the screen by " + Overflow],
        .. isMeasured ? Overlaps.Select(overlap => "on top of each other: " + overlap) : [],
        .. NameCells.Where(cell => isMeasured && cell.Width < NarrowestName).Take(1).Select(cell => $"{cell.Width:0} px for the name {cell.Name}"),
    ];

    public static async Task<PageMeasures> TakeAsync(IPage page) =>
        (await page.EvaluateAsync<JsonElement>(Measure)).Deserialize<PageMeasures>(JsonSerializerOptions.Web)!;
}

/// <summary>A cell that names a table's row, and its width in px.</summary>
public sealed record NameCell(string Name, double Width);

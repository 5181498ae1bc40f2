using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>Lists, overview and wall from a small phone to a wall of screens: one page load, resized.</summary>
public sealed class WidthTests(ChromiumBrowser chromium, PopulatedHost evening) : IClassFixture<PopulatedHost>
{
    private static readonly int[] Widths = [360, 390, 600, 768, 820, 960, 1024, 1280, 1440, 1920, 2560];

    /// <summary>What is wider than the screen, names that have too little room, actions out of sight, and parts of a row that lie over each other.</summary>
    private const string Problems =
        """
        async () => {
          await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
          const { scrollWidth, clientWidth } = document.documentElement;
          const found = scrollWidth > clientWidth ? [`${scrollWidth - clientWidth} px wider than the screen`] : [];
          const text = part => `"${part.textContent.trim().slice(0, 40) || part.outerHTML.slice(0, 60)}"`;
          // What of a part is seen: whatever cuts it off taken away.
          const seen = (part, row) => {
            let { left, right, top, bottom } = part.getBoundingClientRect();
            for (let around = part; around !== row.parentElement; around = around.parentElement) {
              if (getComputedStyle(around).overflowX === "visible") continue;
              const edge = around.getBoundingClientRect();
              [left, right, top, bottom] = [Math.max(left, edge.left), Math.min(right, edge.right), Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
            }
            return { part, left, right, top, bottom };
          };
          for (const row of document.querySelectorAll("main :is(tbody tr, li)")) {
            const name = row.querySelector("[data-testid=room-name], [data-testid=viewer-name]");
            if (!name) continue;
            const cell = name.closest("td")?.clientWidth ?? Math.max(name.clientWidth, name.parentElement.clientWidth);
            const { left, right } = seen(name, row);
            if (cell < 110 || right - left < Math.min(80, name.scrollWidth) - 1 || right > clientWidth) found.push(`${text(name)} has ${Math.round(right - left)} of ${cell} px`);
            const action = row.querySelector("button[aria-pressed]");
            if (action && (!action.checkVisibility({ opacityProperty: true }) || action.getBoundingClientRect().right > clientWidth)) found.push(`the action of ${text(name)} is out of sight`);
            const parts = [...row.querySelectorAll("[data-testid], svg, time, button")].filter(part => part.checkVisibility() && !part.querySelector("[data-testid], svg, time, button") && part.textContent + part.innerHTML !== "");
            const boxes = parts.map(part => seen(part, row)).filter(box => box.right > box.left && box.bottom > box.top);
            for (const [index, one] of boxes.entries())
              for (const other of boxes.slice(index + 1))
                if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2)
                  found.push(`${text(one.part)} and ${text(other.part)} lie over each other`);
          }
          return found.slice(0, 5);
        }
        """;

    [Fact]
    public async Task Lists_AtEveryWidth_KeepTheirNamesAndActionsAndNothingLiesOverAnything()
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress);
        await visit.SignInAsync("/rooms");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Pin backstage-interviews" }).First.ClickAsync();
        await Expect(visit.Page.GetByTestId("pinned")).ToBeVisibleAsync();
        var found = new List<string>();
        foreach (var path in (string[])["/rooms", "/", "/online", "/wall?rooms=main-stage,dj-set-rooftop,backstage-interviews,café-español,q-and-a,workshop-lighting", "/wall?rooms=main-stage,q-and-a"])
        {
            await visit.OpenAsync(path);
            await Expect(visit.Page.GetByTestId("freshness")).ToBeVisibleAsync();
            foreach (var width in Widths)
            {
                await visit.Page.SetViewportSizeAsync(width, width < 600 ? 844 : 900);
                found.AddRange((await visit.Page.EvaluateAsync<string[]>(Problems)).Select(problem => $"{path} at {width} px: {problem}"));
            }
        }

        Assert.Empty(found);
        Assert.Empty(visit.Errors);
    }
}

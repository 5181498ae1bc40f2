using System.Text.Json;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>What people set in their browser or system because they need it: zoom, colours of their own, less motion. On one page of each kind.</summary>
public sealed class AccessibilityTests(ChromiumBrowser chromium, PopulatedHost evening) : IClassFixture<PopulatedHost>
{
    private const string SignIn = "/sign-in";
    private const int Stops = 12;
    private static readonly string[] Pages = [SignIn, "/", "/rooms/main-stage", "/settings"];

    private readonly List<string> _problems = [];

    [Theory]
    [InlineData(640, 512)] // a window of 1,280 x 1,024 at 200 %
    [InlineData(320, 256)] // and at 400 %
    public async Task Pages_Magnified_FitAndShowWhereTheKeyboardIs(int width, int height)
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, width, height);
        foreach (var path in Pages)
        {
            await OpenAsync(visit, path);
            if ((await PageMeasures.TakeAsync(visit.Page)).Overflow is { } overflow)
                _problems.Add($"{path}: wider than the screen by {overflow}");
            await WalkAsync(visit.Page, path);
        }

        AssertNothingFound(visit);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Pages_InForcedColours_ShowWhatIsChosenAndWhereTheKeyboardIs(ColorScheme scheme)
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress);
        await visit.Page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active, ColorScheme = scheme });
        foreach (var path in Pages)
        {
            await OpenAsync(visit, path);
            await WalkAsync(visit.Page, path);
            _problems.AddRange((await visit.Page.EvaluateAsync<string[]>(
                """
                () => {
                  const page = getComputedStyle(document.body).backgroundColor;
                  return [...document.querySelectorAll("[aria-current]:not([aria-current=false]), [aria-pressed=true], [aria-selected=true], [data-testid=split] i, [role=meter] > div")]
                    .filter(part => part.checkVisibility() && part.getBoundingClientRect().width > 0 && [page, "rgba(0, 0, 0, 0)"].includes(getComputedStyle(part).backgroundColor))
                    .map(part => part.outerHTML.slice(0, 120));
                }
                """)).Select(part => $"{path}: looks like the page around it: {part}"));
        }
        var control = visit.Page.GetByRole(AriaRole.Switch).First; // of Settings, which is the last page
        await control.ScrollIntoViewIfNeededAsync();
        var box = (await control.BoundingBoxAsync())!;
        var around = new PageScreenshotOptions { Clip = new Clip { X = box.X - 30, Y = box.Y - 10, Width = box.Width + 60, Height = box.Height + 20 } };
        var before = await visit.Page.ScreenshotAsync(around);
        await control.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Space");
        await Expect(control).Not.ToBeCheckedAsync();
        await control.BlurAsync();
        var after = await visit.Page.ScreenshotAsync(around);
        if (after.SequenceEqual(before))
            _problems.Add("A switch looks the same on and off.");

        AssertNothingFound(visit);
    }

    [Theory]
    [InlineData(ReducedMotion.Reduce)]
    [InlineData(ReducedMotion.NoPreference)]
    public async Task Numbers_AsTheyChange_MoveForThoseAloneWhoWantIt(ReducedMotion wanted)
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress);
        await visit.Page.EmulateMediaAsync(new() { ReducedMotion = wanted });
        await visit.SignInAsync("/rooms/main-stage");
        await visit.Page.EvaluateAsync(
            """
            () => {
              window.moved = [];
              const note = part => window.moved.push(...part.getAnimations().filter(change => change.effect.getComputedTiming().duration > 10).map(() => part.outerHTML.slice(0, 120)));
              const animate = Element.prototype.animate;
              Element.prototype.animate = function (...how) { const change = animate.apply(this, how); note(this); return change; };
              for (const begin of ["transitionrun", "animationstart"]) addEventListener(begin, event => note(event.target), true);
            }
            """);
        var count = visit.Page.GetByTestId("viewer-count");
        var before = await count.TextContentAsync();

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Settings" }).HoverAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync();
        for (var passed = 0; passed < 60 && await count.TextContentAsync() == before; passed++)
        {
            evening.Pass(TimeSpan.FromSeconds(5));
            await visit.AnsweredAsync();
        }
        await Expect(count).Not.ToHaveTextAsync(before!);

        var moved = await visit.Page.EvaluateAsync<string[]>("window.moved");
        Assert.True(moved.Length > 0 == (wanted == ReducedMotion.NoPreference), string.Join("\n", moved));
    }

    private void AssertNothingFound(BrowserVisit visit)
    {
        Assert.True(_problems.Count == 0, string.Join(Environment.NewLine, _problems));
        Assert.Empty(visit.Errors);
    }

    private static async Task OpenAsync(BrowserVisit visit, string path)
    {
        if (path == SignIn)
            await visit.Page.GotoAsync(path);
        else if (visit.Page.Url.EndsWith(SignIn, StringComparison.Ordinal))
            await visit.SignInAsync(path);
        else
            await visit.OpenAsync(path);
    }

    /// <summary>Goes through the page by the Tab key. Each stop must be in sight, and look otherwise than without the focus.</summary>
    private async Task WalkAsync(IPage page, string path)
    {
        await page.EvaluateAsync("document.querySelector('main')?.focus()");
        for (var stop = 0; stop < Stops; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            var at = (await page.EvaluateAsync<JsonElement>(
                """
                async () => {
                  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
                  const stop = document.activeElement;
                  if (stop === document.body) return {};
                  const { left, top, right, bottom } = stop.getBoundingClientRect();
                  const [x, y, width, height] = [Math.max(0, left - 6), Math.max(0, top - 6), Math.min(innerWidth, right + 6) - Math.max(0, left - 6), Math.min(innerHeight, bottom + 6) - Math.max(0, top - 6)];
                  const on = document.elementFromPoint(x + width / 2, y + height / 2);
                  const shown = getComputedStyle(stop).pointerEvents === "none" ? stop.parentElement : stop; // a chart's slider is under what is drawn
                  return { name: stop.outerHTML.slice(0, 120), x, y, width, height, isInSight: width > 0 && height > 0 && !!on && (shown.contains(on) || on.contains(shown) || !!stop.labels?.[0]?.contains(on)) };
                }
                """)).Deserialize<Stop>(JsonSerializerOptions.Web)!;
            if (at.Name is null)
                return;
            if (!at.IsInSight)
            {
                _problems.Add($"{path}: out of sight with the focus: {at.Name}");
                continue;
            }
            var clip = new Clip { X = at.X, Y = at.Y, Width = at.Width, Height = at.Height };
            var with = await page.ScreenshotAsync(new() { Clip = clip });
            await page.EvaluateAsync("document.activeElement.blur()");
            var without = await page.ScreenshotAsync(new() { Clip = clip });
            if (with.SequenceEqual(without))
                _problems.Add($"{path}: looks the same with the focus: {at.Name}");
        }
    }

    private sealed record Stop(string? Name, float X, float Y, float Width, float Height, bool IsInSight);
}

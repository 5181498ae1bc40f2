using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Hosting;

public sealed class ViewerCultureTests
{
    [Theory]
    [InlineData("de-DE,de;q=0.9,en;q=0.8", "de-DE")]
    [InlineData("en;q=0.5, fr-CA;q=0.7", "fr-CA")]
    [InlineData("sw", "sw")]
    [InlineData("tlh-KX, pt-BR", "pt-BR")]
    [InlineData("de;q=0, it", "it")]
    [InlineData("*", "en-GB")]
    [InlineData("", "en-GB")]
    [InlineData("de-u-co-phonebk", "en-GB")]
    [InlineData("../../etc/passwd;;q=x", "en-GB")]
    public void Of_AHeader_IsTheFirstLanguageTheRuntimeKnows(string header, string expected) =>
        Assert.Equal(expected, ViewerCulture.Of(header).Name);

    // A browser reads tabindex="−1" as no number at all.
    [Theory]
    [InlineData("sv-SE")]
    [InlineData("nb-NO")]
    [InlineData("fa-IR")]
    [InlineData("ar-EG")]
    [InlineData("he-IL")]
    [InlineData("en-GB")]
    public void Of_AnyLanguage_WritesNegativeNumbersAsABrowserReadsThem(string language) =>
        Assert.Equal("-1", (-1).ToString(ViewerCulture.Of(language)));

    [Theory]
    [InlineData("de", "1.240")]
    [InlineData("en-US", "1,240")]
    public async Task Pages_OfAVisitor_AreWrittenInTheirCulture(string language, string expected)
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        for (var i = 0; i < 1_240; i++)
            engine.Heartbeat(new Heartbeat { RoomId = "stage", UserId = $"user{i}", SessionId = "" });
        using var visitor = new FormVisitor(host.BaseAddress, language);
        (await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password)).Dispose();

        using var page = await visitor.GetAsync("/settings");

        Assert.Contains($"none of {expected}", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_OnTheSameConnection_StaysAsItIs()
    {
        var cultures = new List<string>();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            App = app => app.Use(next => http =>
            {
                lock (cultures)
                    cultures.Add($"{http.Request.Path} {CultureInfo.CurrentCulture.Name}");
                return next(http);
            }),
        });
        using var visitor = new FormVisitor(host.BaseAddress, "de");

        (await visitor.GetAsync("/sign-in")).Dispose();
        (await visitor.GetAsync("/health/live")).Dispose();

        Assert.Equal(["/sign-in de", "/health/live en-GB"], cultures);
    }
}

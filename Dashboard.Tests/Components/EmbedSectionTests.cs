using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Components;

public sealed class EmbedSectionTests : PageTest
{
    [Fact]
    public async Task Section_WhileItIsReadAndWhenThatFails_SaysSoAndReadsAgain()
    {
        var authentication = new HeldAuthentication();
        Services.AddScoped(_ => new PublicLinkAdministration(PublicLinks, new ModeratorGuard(authentication)));

        var section = Render("lobby");
        Assert.Equal("Loading public link…", section.ByTestId("loading").TextContent);
        authentication.Fail();
        section.WaitForAssertion(() => Assert.Contains("Couldn’t load the public link.", section.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        authentication.Mend();
        await section.ActAsync(shown => shown.ByRole("button", "Try again").ClickAsync(new()));

        section.WaitForAssertion(() => Assert.Contains(EmbedTexts.Off, section.Markup, StringComparison.Ordinal));
        Assert.Empty(section.FindAll("[role=alert]"));
    }

    [Fact]
    public async Task Section_OfARoomWithoutALink_OffersToMakeOne()
    {
        var section = Render("lobby");
        Assert.Empty(section.FindAll("img"));

        await section.ActAsync(shown => shown.Find("button").ClickAsync(new()));

        var link = PublicLinks.FindOfRoom("lobby")!;
        Assert.Equal(("mod@example.com", false), (link.CreatedBy, link.ShowsNames));
        section.WaitForAssertion(() => Assert.Contains($"<viewer-count room=\"{link.Code}\"></viewer-count>", section.Find("code").TextContent, StringComparison.Ordinal));
        Assert.StartsWith($"badge/{link.Code}.svg", section.Find("img").GetAttribute("src"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_SwitchedOn_AreShownByTheSameLinkAndItsSnippet()
    {
        var link = await PublicLinks.MakeAsync("lobby", showsNames: false, "ada", Cancellation);
        var section = Render("lobby");

        await section.ActAsync(shown => shown.Find("[role=switch]").ChangeAsync(true));

        Assert.Equal(link with { ShowsNames = true }, PublicLinks.FindOfRoom("lobby"));
        section.WaitForAssertion(() => Assert.Contains($"<whos-watching room=\"{link.Code}\"></whos-watching>", section.Find("code").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TakeBack_AskedAndConfirmed_EndsTheLink()
    {
        await PublicLinks.MakeAsync("lobby", showsNames: false, "ada", Cancellation);
        var section = Render("lobby");

        await section.ActAsync(shown => shown.ByRole("button", "Revoke").ClickAsync(new()));
        Assert.NotNull(PublicLinks.FindOfRoom("lobby"));
        await section.ActAsync(shown => shown.ByRole("button", "Keep it").ClickAsync(new()));
        Assert.NotNull(PublicLinks.FindOfRoom("lobby"));
        await section.ActAsync(shown => shown.ByRole("button", "Revoke").ClickAsync(new()));
        await section.ActAsync(shown => shown.ByRole("button", "Revoke link").ClickAsync(new()));

        Assert.Null(PublicLinks.FindOfRoom("lobby"));
        section.WaitForAssertion(() => Assert.NotNull(section.ByRole("button", "Create public link")));
    }

    [Fact]
    public async Task NewLink_Confirmed_TakesThePlaceOfTheOldOneAndKeepsWhatItShows()
    {
        var link = await PublicLinks.MakeAsync("lobby", showsNames: true, "ada", Cancellation);
        var section = Render("lobby");

        await section.ActAsync(shown => shown.ByRole("button", "New link").ClickAsync(new()));
        await section.ActAsync(shown => shown.ByRole("button", "Create new link").ClickAsync(new()));

        Assert.Null(PublicLinks.Find(link.Code));
        Assert.True(PublicLinks.FindOfRoom("lobby")!.ShowsNames);
    }

    [Fact]
    public async Task Observer_SeesTheLinkAndMayNotChangeIt()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        Assert.Empty(Render("lobby").FindAll("button"));
        await PublicLinks.MakeAsync("stage", showsNames: false, "ada", Cancellation);

        var section = Render("stage");

        Assert.All(section.FindAll("button"), button => Assert.True(button.HasAttribute("data-copy")));
        Assert.Empty(section.FindAll("[role=switch]"));
        Assert.Contains("Your role can view this", section.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Moderator_WhoseRoleWasTakenAway_IsToldAndNothingChanges()
    {
        var link = await PublicLinks.MakeAsync("lobby", showsNames: false, "ada", Cancellation);
        var section = Render("lobby");
        Moderator.SetRoles(nameof(ModeratorRole.Observer));

        await section.ActAsync(shown => shown.ByRole("button", "Revoke").ClickAsync(new()));
        await section.ActAsync(shown => shown.ByRole("button", "Revoke link").ClickAsync(new()));

        Assert.Same(link, PublicLinks.FindOfRoom("lobby"));
        section.WaitForAssertion(() => Assert.Contains(section.FindAll("[role=alert]"), alert => alert.TextContent.Contains("Your role no longer allows this", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AnotherRoom_IsReadAnew()
    {
        await PublicLinks.MakeAsync("lobby", showsNames: false, "ada", Cancellation);
        var section = Render("lobby");

        section.Render(parameters => parameters.Add(embed => embed.RoomId, "stage"));

        Assert.Empty(section.FindAll("img"));
    }

    [Fact]
    public async Task Preview_AsTimePasses_IsAskedForAgain()
    {
        await PublicLinks.MakeAsync("lobby", showsNames: false, "ada", Cancellation);
        var section = Render("lobby");
        var before = section.Find("img").GetAttribute("src");

        await PassUntilAsync(() => section.Find("img").GetAttribute("src") != before);
    }

    private IRenderedComponent<EmbedSection> Render(string room) => Render<EmbedSection>(parameters => parameters.Add(embed => embed.RoomId, room));
}

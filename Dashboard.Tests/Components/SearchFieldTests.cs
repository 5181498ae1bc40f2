using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Components;
using Presence.Dashboard.Components.Shared;

using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Components;

/// <summary>The address comes back a round trip after it was sent: here it comes when the test says so.</summary>
public sealed class SearchFieldTests : PageTest
{
    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    [Fact]
    public async Task Typed_WhileTheAddressOfEarlierLettersComesBack_Stays()
    {
        var field = RenderField();
        await TypeAndPauseAsync(field, "ro", "?search=ro");
        Type(field, "roof");

        Return(field, "ro");
        Assert.Equal("roof", ValueOf(field));

        await PassUntilAsync(() => Address.EndsWith("?search=roof", StringComparison.Ordinal));
        Return(field, "roof");
        Assert.Equal("roof", ValueOf(field));
    }

    [Fact]
    public async Task Typed_WithSeveralAddressesUnderWay_StaysWithEach()
    {
        var field = RenderField();
        await TypeAndPauseAsync(field, "a", "?search=a");
        await TypeAndPauseAsync(field, "ab", "?search=ab");
        await TypeAndPauseAsync(field, "abc", "?search=abc");

        foreach (var address in (string[])["a", "ab", "abc"])
        {
            Return(field, address);
            Assert.Equal("abc", ValueOf(field));
        }
    }

    [Fact]
    public async Task Address_ChangedBySomethingElse_IsTaken()
    {
        var field = RenderField();
        await TypeAndPauseAsync(field, "roof", "?search=roof");
        Return(field, "roof");

        Return(field, ""); // a link that shows all
        Assert.Equal("", ValueOf(field));
        Return(field, "roof"); // and the way back, to what was an echo once
        Assert.Equal("roof", ValueOf(field));
    }

    [Fact]
    public async Task Typed_AndTakenBackBeforeThePauseIsOver_GoesNowhere()
    {
        var field = RenderField();
        var before = Address;
        Type(field, "r");
        Type(field, "");
        Time.Advance(QueryStringWriter.Pause * 2);
        await TypeAndPauseAsync(field, "x", "?search=x");

        Return(field, "x");
        Assert.DoesNotContain("search", before, StringComparison.Ordinal);
        Assert.Equal("x", ValueOf(field));
    }

    [Fact]
    public async Task Leaving_InTheMiddleOfAWord_DoesNotLeadBack()
    {
        var field = RenderField();
        var before = Address;
        Type(field, "ro");

        await DisposeComponentsAsync();
        Time.Advance(QueryStringWriter.Pause * 2);

        Assert.Equal(before, Address);
    }

    private IRenderedComponent<SearchField> RenderField() =>
        Render<SearchField>(parameters => parameters.Add(p => p.Label, "Search").Add(p => p.Hint, "Search").Add(p => p.Text, ""));

    private static void Type(IRenderedComponent<SearchField> field, string text) => field.Act(shown => shown.Find("input").Input(text));

    private async Task TypeAndPauseAsync(IRenderedComponent<SearchField> field, string text, string address)
    {
        Type(field, text);
        await PassUntilAsync(() => Address.EndsWith(address, StringComparison.Ordinal));
    }

    private static void Return(IRenderedComponent<SearchField> field, string text) => field.Render(parameters => parameters.Add(p => p.Text, text));

    private static string? ValueOf(IRenderedComponent<SearchField> field) => field.Find("input").GetAttribute("value") ?? "";
}

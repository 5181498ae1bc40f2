using System.Text.RegularExpressions;
using Bunit;
using MudBlazor;
using Presence.Dashboard.Components;
using Presence.Dashboard.Tests.Docs;

namespace Presence.Dashboard.Tests.Components;

/// <summary>theme.css stands in for the component library's theme provider, whose style elements the content policy refuses.</summary>
public sealed partial class ThemeTests : BunitContext, IAsyncLifetime
{
    public ThemeTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        DashboardPages.AddComponents(Services);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stylesheet_HasEveryVariableTheProviderWrites(bool isDark)
    {
        var provider = Render<MudThemeProvider>(theme => theme.Add(parameters => parameters.IsDarkMode, isDark));

        var written = Variables().Matches(provider.Markup).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        var ours = Variables().Matches(RepositoryFiles.Read("Dashboard/wwwroot/theme.css")).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

        Assert.True(written.Count > 200, $"The provider wrote {written.Count} variables.");
        Assert.Empty(written.Except(ours));
    }

    [Fact]
    public void ThreeNumbers_AreSaidAgainForBothWaysToTheDarkTheme()
    {
        var sheet = RepositoryFiles.Read("Dashboard/wwwroot/theme.css");

        var light = Triples().Matches(sheet[..sheet.IndexOf(":root[data-theme", StringComparison.Ordinal)]).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        var dark = Triples().Matches(sheet[sheet.IndexOf(":root[data-theme", StringComparison.Ordinal)..]).GroupBy(match => match.Groups["name"].Value, StringComparer.Ordinal);

        Assert.NotEmpty(light);
        Assert.All(dark, name => Assert.Equal(2, name.Count()));
        Assert.Equal(light, dark.Select(name => name.Key).ToHashSet(StringComparer.Ordinal));
    }

    [GeneratedRegex("(?<name>--mud-[a-z0-9-]+):", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variables();

    [GeneratedRegex("(?<name>--mud-palette-[a-z-]+-rgb):", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Triples();
}

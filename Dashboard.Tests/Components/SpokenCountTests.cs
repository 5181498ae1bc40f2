using Bunit;
using Presence.Dashboard.Components.Shared;

namespace Presence.Dashboard.Tests.Components;

public sealed class SpokenCountTests : PageTest
{
    [Fact]
    public void SpokenCount_OfANumberThatMovesAllTheTime_SpeaksTwiceAMinute()
    {
        var region = Render<SpokenCount>(parameters => parameters.Add(p => p.Count, 1).Add(p => p.Text, "1 watching"));
        var spoken = new List<string>();
        for (var second = 0; second < 65; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            region.Render(parameters => parameters.Add(p => p.Count, second).Add(p => p.Text, $"{second} watching"));
            spoken.Add(region.Find("p").TextContent);
        }

        Assert.Equal(["", "29 watching", "59 watching"], spoken.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void SpokenCount_ThatCameBackToWhatItWas_KeepsQuiet()
    {
        var region = Render<SpokenCount>(parameters => parameters.Add(p => p.Count, 5).Add(p => p.Text, "5 watching"));
        Time.Advance(TimeSpan.FromMinutes(5));
        region.Render(parameters => parameters.Add(p => p.Count, 5).Add(p => p.Text, "5 watching"));

        Assert.Equal("", region.Find("p").TextContent);
    }
}

using Bunit;
using Presence.Dashboard.Components.Shared;

namespace Presence.Dashboard.Tests.Components;

public sealed class LiveAnnouncementTests : PageTest
{
    [Fact]
    public void SpokenCount_OfANumberThatMovesAllTheTime_SpeaksTwiceAMinute()
    {
        var region = Render<LiveAnnouncement>(parameters => parameters.Add(p => p.Count, 1).Add(p => p.Text, "1 watching"));
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
    public void SpokenCount_ThatAnswersANewQuestion_SpeaksAtOnceButOnlyOnce()
    {
        var region = Render<LiveAnnouncement>(parameters => parameters.Add(p => p.Count, 12).Add(p => p.Text, "12 rooms").Add(p => p.Asked, ""));

        region.Render(parameters => parameters.Add(p => p.Count, 12).Add(p => p.Text, "12 rooms").Add(p => p.Asked, "roof")); // not read yet
        Assert.Equal("", region.Find("p").TextContent);
        region.Render(parameters => parameters.Add(p => p.Count, 2).Add(p => p.Text, "2 rooms").Add(p => p.Asked, "roof"));
        Assert.Equal("2 rooms", region.Find("p").TextContent);
        region.Render(parameters => parameters.Add(p => p.Count, 3).Add(p => p.Text, "3 rooms").Add(p => p.Asked, "roof"));
        Assert.Equal("2 rooms", region.Find("p").TextContent);
    }

    [Fact]
    public void SpokenCount_ThatCameBackToWhatItWas_KeepsQuiet()
    {
        var region = Render<LiveAnnouncement>(parameters => parameters.Add(p => p.Count, 5).Add(p => p.Text, "5 watching"));
        Time.Advance(TimeSpan.FromMinutes(5));
        region.Render(parameters => parameters.Add(p => p.Count, 5).Add(p => p.Text, "5 watching"));

        Assert.Equal("", region.Find("p").TextContent);
    }
}

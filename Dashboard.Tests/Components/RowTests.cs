using Bunit;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Components;

public sealed class RowTests : PageTest
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Viewer Ada = new("ada", null, IsGuest: false, Start, Start, ViewerState.Visible, IsFading: false, 1);

    [Fact]
    public void ViewerRow_ReadAgainWithNothingNew_RendersNothing()
    {
        static RosterItem Line(Viewer viewer) => new(viewer, Session: null);
        var row = Render<ViewerRow>(parameters => parameters.Add(p => p.Item, Line(Ada)).Add(p => p.Now, Start.AddSeconds(10)));

        row.Render(parameters => parameters.Add(p => p.Item, Line(Ada with { LastHeartbeatAt = Start.AddSeconds(1) })).Add(p => p.Now, Start.AddSeconds(14)));
        Assert.Equal(1, row.RenderCount);
        row.Render(parameters => parameters.Add(p => p.Item, Line(Ada)).Add(p => p.Now, Start.AddSeconds(15)));
        Assert.Equal(2, row.RenderCount);
        Assert.Contains("15 s ago", row.Markup, StringComparison.Ordinal);
        row.Render(parameters => parameters.Add(p => p.Item, Line(Ada with { IsFading = true })).Add(p => p.Now, Start.AddSeconds(15)));
        Assert.Contains("Fading", row.Markup, StringComparison.Ordinal);
        row.Render(parameters => parameters.Add(p => p.Item, Line(Ada) with { HasLeft = true }).Add(p => p.Now, Start.AddSeconds(15)));

        Assert.Equal("Left", row.ByTestId("status").TextContent);
    }

    [Fact]
    public void RoomListRow_ReadAgainWithNothingNew_RendersNothing()
    {
        var count = new RoomCount(3, 3, 1, 0, 0, Start);
        RoomRow Row(RoomCount now, params int[] recent) => new(new RoomSummary("main", now, Start, 3) { IsEnabled = true }, new RoomTrend(recent, [3], now.At));
        var row = Render<RoomListRow>(parameters => parameters.Add(p => p.RoomId, "main").Add(p => p.Read, _ => new(Row(count, 2, 3))).Add(p => p.Now, Start));

        row.Render(parameters => parameters.Add(p => p.RoomId, "main").Add(p => p.Read, _ => new(Row(count with { At = Start.AddSeconds(1) }, 2, 3))).Add(p => p.Now, Start.AddSeconds(1)));
        Assert.Equal(1, row.RenderCount);
        row.Render(parameters => parameters.Add(p => p.RoomId, "main").Add(p => p.Read, _ => new(Row(count with { Viewers = 4 }, 2, 4))).Add(p => p.Now, Start.AddSeconds(1)));

        Assert.Equal(2, row.RenderCount);
        Assert.Contains("+2", row.Markup, StringComparison.Ordinal);
    }
}

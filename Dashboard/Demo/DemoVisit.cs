using Presence.Client;

namespace Presence.Dashboard.Demo;

/// <summary>One device of one viewer watching one room for a while, decided in full before it begins. Instants count from the start of the demo.</summary>
internal sealed record DemoVisit
{
    /// <summary>1 for the first visit of the demo, 2 for the next.</summary>
    public required int Number { get; init; }

    public required DemoViewer Viewer { get; init; }

    /// <summary>What the viewer watches on: web, ios, android or tv.</summary>
    public required string Device { get; init; }

    /// <summary>What the app says of its version: not everybody has updated.</summary>
    public string AppVersion => Number % 5 == 0 ? "5.1.3" : "5.2.0";

    public required string RoomId { get; init; }
    public required TimeSpan ArrivesAt { get; init; }
    public required TimeSpan LeavesAt { get; init; }
    public required DemoEnding Ending { get; init; }

    /// <summary>What the screen is in from <see cref="AwayFrom"/> to <see cref="AwayUntil"/>; visible otherwise.</summary>
    public ViewerState Away { get; init; }

    public TimeSpan AwayFrom { get; init; }
    public TimeSpan AwayUntil { get; init; }

    /// <summary>Names the device at login, and with it the session.</summary>
    public string DeviceId => $"{Viewer.Key}-{Device}";

    /// <summary>Apps on phones tell the network that their user is online; pages, sets and guests do not.</summary>
    public bool ShowsOnline => !Viewer.IsGuest && Device is ("ios" or "android");

    public ViewerState StateAt(TimeSpan elapsed) => elapsed >= AwayFrom && elapsed < AwayUntil ? Away : ViewerState.Visible;
}

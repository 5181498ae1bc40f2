using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Support;

/// <summary>An engine on a manual clock, swept once a second as the host would.</summary>
internal sealed class EngineWorld : IDisposable
{
    public const string Lobby = "lobby";

    public EngineWorld(PresenceSettings? settings = null, PresenceLimits? limits = null)
    {
        Engine = new PresenceEngine(Time, settings ?? PresenceSettings.Default, limits ?? new PresenceLimits());
    }

    public ManualTimeProvider Time { get; } = new();

    public PresenceEngine Engine { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public HeartbeatReceipt Beat(
        string user,
        string room = Lobby,
        string session = "",
        ViewerState state = ViewerState.Visible,
        bool guest = false,
        UserProfile? profile = null,
        SessionDevice device = default,
        ViewerOrigin origin = default) =>
        Engine.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = session, State = state, IsGuest = guest, Profile = profile, Device = device, Origin = origin });

    /// <summary>Lets time pass with a sweep every second, the last one at the end.</summary>
    public void Advance(double seconds)
    {
        var left = TimeSpan.FromSeconds(seconds);
        while (left > TimeSpan.Zero)
        {
            var step = left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
            Time.Advance(step);
            Engine.Sweep();
            left -= step;
        }
    }

    /// <summary>Lets time pass without a sweep.</summary>
    public void AdvanceUnswept(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public void Dispose() => Engine.Dispose();

    public int Viewers(string room = Lobby) => Engine.Count(room).Viewers;

    public string[] List(ViewerSort sort = ViewerSort.LatestHeartbeatFirst, int limit = 200, string? search = null) =>
        [.. Engine.Viewers(Lobby, new ViewerQuery { Sort = sort, Limit = limit, Search = search }).Viewers.Select(viewer => viewer.UserId)];

    public static PresenceSettings Seconds(double interval, double timeout) =>
        PresenceSettings.Default with { HeartbeatInterval = TimeSpan.FromSeconds(interval), PresenceTimeout = TimeSpan.FromSeconds(timeout) };
}

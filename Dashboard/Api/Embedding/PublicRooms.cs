using System.Runtime.CompilerServices;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api.Embedding;

/// <summary>The rooms that have a public link, by its code.</summary>
/// <remarks><b>Bound.</b> One reading for each link in force: it goes with its link.</remarks>
internal sealed class PublicRooms(PublicLinkStore links, PresenceEngine engine, TimeProvider time)
{
    private readonly ConditionalWeakTable<PublicLink, PublicRoom> _rooms = [];

    /// <summary>What a link shows now; null for one that leads nowhere, for whatever reason.</summary>
    public PublicRoomViewModel? Read(string code) =>
        links.Find(code) is { } link ? _rooms.GetValue(link, static link => new PublicRoom(link)).Read(engine, time) : null;
}

/// <summary>A room as its public link shows it: read from the engine at most once a second, however many ask.</summary>
internal sealed class PublicRoom(PublicLink link)
{
    private const int MostNames = 12;

    /// <summary>Guests and users without a name are passed over, so more are looked at than shown.</summary>
    private const int LookedAt = 50;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly Lock _reading = new();
    private PublicRoomViewModel? _latest;
    private long _readAt;

    public PublicRoomViewModel Read(PresenceEngine engine, TimeProvider time)
    {
        lock (_reading)
        {
            if (_latest is null || time.GetElapsedTime(_readAt) >= Lifetime)
            {
                _latest = link.ShowsNames ? ReadNames(engine) : Describe(engine.Count(link.RoomId), names: null);
                _readAt = time.GetTimestamp();
            }
            return _latest;
        }
    }

    private PublicRoomViewModel ReadNames(PresenceEngine engine)
    {
        var page = engine.Viewers(link.RoomId, new ViewerQuery { Sort = ViewerSort.LastJoinedFirst, Limit = LookedAt });
        return Describe(page.Count, [.. page.Viewers.Select(viewer => VisibleText.NameOf(viewer.Profile?.DisplayName)).OfType<string>().Take(MostNames)]);
    }

    private PublicRoomViewModel Describe(in RoomCount count, IReadOnlyList<string>? names) => new(link.RoomId, count.Viewers, count.At, names);
}

/// <summary>What a public link tells of its room at one moment.</summary>
/// <param name="RoomId">The room; for the server alone.</param>
/// <param name="Count">The count.</param>
/// <param name="At">The moment.</param>
/// <param name="Names">Names of some who watch, the last to join first; null unless the link shows names.</param>
internal sealed record PublicRoomViewModel(string RoomId, int Count, DateTimeOffset At, IReadOnlyList<string>? Names);

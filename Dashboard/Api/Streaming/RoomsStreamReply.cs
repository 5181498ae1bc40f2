using System.Globalization;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>The counts of several rooms as server-sent events.</summary>
/// <remarks>
/// <para><b>Place.</b> Each round reads the rooms in their order, and what changed before the round began has been told when it
/// ends. So two versions and how many rooms the round has passed tell after each event where every room stands.</para>
/// </remarks>
internal sealed class RoomsStreamReply(EventStream stream, IPresence presence, StreamVersions versions, TimeProvider time, RoomsStreamId? since)
    : EventStreamReply(stream, time)
{
    private readonly IReadOnlyList<CountFeed> _feeds = stream.Feeds;
    private readonly long[] _told = new long[stream.Feeds.Count];
    private readonly int _rooms = RoomsStreamId.HashOf(stream.Feeds.Select(feed => feed.RoomId));
    private readonly InvitationNews _invitations = new(stream, presence, time);
    private long _before;

    private protected override async ValueTask WriteBeginningAsync(CancellationToken cancellationToken)
    {
        await CountFeed.RefreshAsync(_feeds, cancellationToken); // an unfollowed feed is out of date

        var isOfThisRun = since is { } id && id.Round > versions.First && id.Round <= versions.Current;
        var goesOn = isOfThisRun && since!.Value.Rooms == _rooms;
        var hasTold = false;
        var round = versions.Current;
        for (var i = 0; i < _told.Length; i++)
        {
            var from = goesOn ? since!.Value.Of(i) : 0;
            if (from >= _feeds[i].FirstVersion)
            {
                _told[i] = from;
                hasTold |= WriteCount(i, round);
                continue;
            }
            if (from > 0 || (since is not null && !isOfThisRun))
                Write("gap", id: null, new StreamGap(_feeds[i].RoomId), ApiJson.Documents.StreamGap);
            hasTold |= WriteCount(i, round, "snapshot");
        }
        if (!hasTold)
        {
            _told[0] = 0; // a resumed stream gets its first event at once
            WriteCount(0, round);
        }
        WriteInvitations(_invitations);
        _before = round;
    }

    private protected override ValueTask<bool> WriteNewsAsync(CancellationToken cancellationToken)
    {
        var round = versions.Current;
        var hasTold = false;
        for (var i = 0; i < _told.Length; i++)
            hasTold |= WriteCount(i, round);
        hasTold |= WriteInvitations(_invitations);
        _before = round;
        return new(hasTold);
    }

    private bool WriteCount(int index, long round, string name = "count")
    {
        var feed = _feeds[index];
        if (feed.ReadCount(ref _told[index]) is not { } count)
            return false;
        Write(name, new RoomsStreamId(_before, round, index + 1, _rooms).ToString(), Describe(feed.RoomId, count), ApiJson.Documents.StreamCount);
        return true;
    }

    private StreamCount Describe(string roomId, in RoomCount count) => new(
        roomId, count.Viewers, count.Sessions, count.Guests, count.Hidden, count.Fading, Mode: null, count.At, RoomPresenceEndpoints.OnlyTrue(presence.Current.IsWarming), Viewers: null)
    { HandsRaised = count.Hands > 0 ? count.Hands : null, Unlisted = count.Unlisted > 0 ? count.Unlisted : null, Unverified = count.Unverified > 0 ? count.Unverified : null };
}

/// <summary>Where a stream of several rooms stands: the rooms passed in this round were told what changed up to it, the others up to the one before.</summary>
/// <param name="Before">The version the round before began at; 0 when there was none.</param>
/// <param name="Round">The version this round began at.</param>
/// <param name="Passed">How many rooms it has passed.</param>
/// <param name="Rooms">Tells these rooms, in this order, from others.</param>
internal readonly record struct RoomsStreamId(long Before, long Round, int Passed, int Rooms)
{
    public const int Longest = 64;

    /// <summary>Up to which version a room was told.</summary>
    public long Of(int index) => index < Passed ? Round : Before;

    /// <summary>Differs between runs too; an id of another run is known by its versions.</summary>
    public static int HashOf(IEnumerable<string> roomIds)
    {
        var hash = default(HashCode);
        foreach (var roomId in roomIds)
            hash.Add(roomId, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    public static bool TryRead(string text, out RoomsStreamId id)
    {
        id = default;
        if (text.Length > Longest || text.Split('.') is not [var before, var round, var passed, var rooms])
            return false;
        if (!TryReadNumber(before, out var versionBefore) || !TryReadNumber(round, out var version) || !TryReadNumber(passed, out var count) || count > StreamEndpoints.MostRooms
            || !int.TryParse(rooms, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hash))
            return false;
        id = new RoomsStreamId(versionBefore, version, (int)count, hash);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Before}.{Round}.{Passed}.{Rooms:x}");

    private static bool TryReadNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

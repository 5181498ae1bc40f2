namespace Presence.Engine;

/// <summary>Caps on everything a caller can grow inside the engine (rule 14).</summary>
public sealed record PresenceLimits
{
    /// <summary>The largest page of any list.</summary>
    public const int Page = 200;

    /// <summary>The longest search text, in characters.</summary>
    public const int SearchLength = 64;

    /// <summary>An unverified session with so many heartbeats in a row at the same distance has the pattern of a machine; 0, the default, looks at none.</summary>
    public int MetronomeHeartbeats { get; init; }

    /// <summary>How far apart two distances may be to be the same. Default 50 ms.</summary>
    public TimeSpan MetronomeTolerance { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Unverified sessions of an address that holds more sessions than this have the pattern of machines; 0, the default, looks at none.</summary>
    public int CrowdedAddress { get; init; }

    /// <summary>Whether sessions are looked at for the pattern of machines.</summary>
    public bool HasBand => MetronomeHeartbeats > 0 || CrowdedAddress > 0;

    /// <summary>Hands raised in one room.</summary>
    public const int HandsPerRoom = 1_000;

    /// <summary>What a viewer's count of sessions holds, with one to spare for the session that replaces another.</summary>
    private const int MostSessionsPerUserAndRoom = 65_000;

    /// <summary>Rooms in total, including empty rooms that are still kept. Default 200,000.</summary>
    public int Rooms { get; init; } = 200_000;

    /// <summary>Sessions in all rooms together. Default 2,000,000.</summary>
    public int Sessions { get; init; } = 2_000_000;

    /// <summary>Of <see cref="Rooms"/> and of <see cref="Sessions"/>, those that addresses cannot take: they are kept for server keys. In percent. Default 10.</summary>
    public int ServerReserve { get; init; } = 10;

    /// <summary>Rooms that have viewers because of one address. Default: a quarter of <see cref="Rooms"/>.</summary>
    public int RoomsPerAddress { get => field > 0 ? field : QuarterOf(Rooms); init; }

    /// <summary>Sessions of one address. Default: a quarter of <see cref="Sessions"/>.</summary>
    public int SessionsPerAddress { get => field > 0 ? field : QuarterOf(Sessions); init; }

    /// <summary>Rooms with viewers opened by one server key. Default: all but the reserve.</summary>
    public int RoomsPerServerKey { get => field > 0 ? field : WithoutReserve(Rooms); init; }

    /// <summary>Sessions of one server key. Default: all but the reserve.</summary>
    public int SessionsPerServerKey { get => field > 0 ? field : WithoutReserve(Sessions); init; }

    /// <summary>Sessions of one user in one room; one more replaces the longest silent. Default 10, at most 65,000.</summary>
    public int SessionsPerUserAndRoom
    {
        get;
        init => field = value is >= 1 and <= MostSessionsPerUserAndRoom ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"1 to {MostSessionsPerUserAndRoom}.");
    } = 10;

    /// <summary>Rooms one user may be present in at once. Default 20.</summary>
    public int RoomsPerUser { get; init; } = 20;

    /// <summary>Rooms defined in the catalogue. Default 200,000.</summary>
    public int CatalogueRooms { get; init; } = 200_000;

    /// <summary>Users who opted out of being listed. Default 1,000,000.</summary>
    public int OptOuts { get; init; } = 1_000_000;

    /// <summary>Channels with members. Default 20,000.</summary>
    public int Channels { get; init; } = 20_000;

    /// <summary>Members of one channel. Default 1,000.</summary>
    public int ChannelMembers { get; init; } = 1_000;

    /// <summary>Viewers above which a room's feed tells counts instead of single joins and leaves (rule 15). Default 1,000.</summary>
    public int Crowd { get; init; } = 1_000;

    /// <summary>Distinct pairs of device and app version. Sessions with others show as "other". Default 10,000, at most 65,000.</summary>
    public int Devices { get; init; } = 10_000;

    /// <summary>Removals in force at once. Default 100,000.</summary>
    public int Removals { get; init; } = 100_000;

    /// <summary>Invitations to stages, open or over within the last hour. Default 10,000.</summary>
    public int Invitations { get; init; } = 10_000;

    /// <summary>The share of one holder where nothing else is said.</summary>
    public static int QuarterOf(int cap) => (int)(((long)cap + 3) / 4);

    /// <summary>What of a cap is left to callers for whom the reserve is not.</summary>
    public int WithoutReserve(int cap) => cap - (int)((long)cap * ServerReserve / 100);
}

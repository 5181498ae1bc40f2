using System.Globalization;

namespace Presence.Dashboard.Api.Streaming;

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

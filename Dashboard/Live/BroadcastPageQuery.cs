using System.Globalization;
using Presence.Dashboard.Accounts;
using Presence.Engine;
using Presence.Engine.History;

namespace Presence.Dashboard.Live;

/// <summary>Reads one broadcast, and what it is compared with, for one circuit.</summary>
internal sealed class BroadcastPageQuery(HistoryReads history, ModeratorGuard guard)
{
    /// <summary>What stands in the address for the average of the broadcasts before.</summary>
    public const string Usual = "usual";

    /// <summary>How many other broadcasts of the room are offered to compare with.</summary>
    private const int Offered = 12;

    /// <param name="id">The broadcast.</param>
    /// <param name="beside">The id of another of the same room, or <see cref="Usual"/>; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async Task<BroadcastViewModel> ReadAsync(long id, string? beside, CancellationToken cancellationToken)
    {
        if (await history.ReadBroadcastAsync(id, cancellationToken) is not { } report)
            return new BroadcastViewModel(null) { KeptDays = history.Settings.BroadcastDays };
        var roomId = report.Broadcast.RoomId;
        var others = await history.ReadAsync(roomId, past => past.ReadBroadcastsAsync(new BroadcastQuery { RoomId = roomId, Take = Offered + 1 }, cancellationToken));
        var other = long.TryParse(beside, NumberStyles.None, CultureInfo.InvariantCulture, out var otherId) && otherId != id
            ? await history.ReadAsync(roomId, past => past.ReadBroadcastAsync(otherId, cancellationToken))
            : null;
        return new BroadcastViewModel(report)
        {
            Accuracy = history.AccuracyIn(roomId),
            Others = [.. others.Items.Where(broadcast => broadcast.Id != id).Take(Offered)],
            Other = other is not null && PresenceComparers.RoomId.Equals(other.Broadcast.RoomId, roomId) ? other : null,
            IsBesideUsual = beside is Usual && report.Usual is not null,
            MayShare = await guard.HoldsAsync(ModeratorRole.Moderator, roomId),
        };
    }
}

/// <summary>One broadcast as its page shows it.</summary>
/// <param name="Report">The broadcast; null when there is none.</param>
public sealed record BroadcastViewModel(BroadcastReport? Report)
{
    /// <summary>What a stay is exact to at each end.</summary>
    public TimeSpan Accuracy { get; init; }

    /// <summary>Other broadcasts of the room, the latest first.</summary>
    public IReadOnlyList<Broadcast> Others { get; init; } = [];

    /// <summary>The one it is compared with.</summary>
    public BroadcastReport? Other { get; init; }

    /// <summary>Whether it is compared with the average of those before.</summary>
    public bool IsBesideUsual { get; init; }

    /// <summary>Whether this moderator may make links to it.</summary>
    public bool MayShare { get; init; }

    /// <summary>For how many days broadcasts are kept.</summary>
    public int KeptDays { get; init; }
}

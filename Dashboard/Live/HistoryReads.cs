using Presence.Dashboard.Accounts;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Live;

/// <summary>Looks back for one circuit; the role is checked here.</summary>
internal sealed class HistoryReads(IHistory history, IPresence presence, UserStore users, ModeratorGuard guard)
{
    /// <summary>For how long history is kept, and whose days it follows.</summary>
    public HistorySettings Settings => history.Settings;

    /// <summary>Whose hours and days history follows unless a page asks for others.</summary>
    public TimeZoneInfo Zone => HistorySettingsRules.ZoneOf(Settings.Zone, TimeZoneInfo.Local) ?? TimeZoneInfo.Utc;

    /// <summary>How long a viewer may be gone before anyone knows: what a stay is exact to at each end.</summary>
    public TimeSpan AccuracyIn(string roomId) => presence.StateOf(roomId).Effective.Values.HeartbeatInterval;

    /// <summary>What the catalogue calls a room; null shows the id.</summary>
    public string? TitleOf(string roomId) => VisibleText.NameOf(presence.StateOf(roomId).Definition.Title);

    /// <summary>What is kept of a room, or with null of the network.</summary>
    /// <exception cref="AccessRefusedException">The moderator may not, or no longer, see this.</exception>
    public async Task<T> ReadAsync<T>(string? roomId, Func<IHistory, Task<T>> read)
    {
        await guard.RequireAsync(ModeratorRole.Observer, roomId);
        return await read(history);
    }

    /// <summary>What is kept of all rooms that the moderator may see: handed over, null for all.</summary>
    /// <exception cref="AccessRefusedException">The moderator may see none.</exception>
    public async Task<T> ReadListAsync<T>(Func<IHistory, RoomSet?, Task<T>> read) =>
        await read(history, (await guard.RequireSomewhereAsync(ModeratorRole.Observer)).Access.RoomsOf(ModeratorRole.Observer));

    /// <summary>One broadcast; null when there is none.</summary>
    /// <exception cref="AccessRefusedException">The moderator may not see its room.</exception>
    public async Task<BroadcastReport?> ReadBroadcastAsync(long id, CancellationToken cancellationToken)
    {
        await guard.RequireSomewhereAsync(ModeratorRole.Observer);
        var report = await history.ReadBroadcastAsync(id, cancellationToken);
        if (report is not null)
            await guard.RequireAsync(ModeratorRole.Observer, report.Broadcast.RoomId);
        return report;
    }

    /// <summary>Whether the moderator may see what is counted over all rooms.</summary>
    public ValueTask<bool> SeesNetworkAsync() => guard.HoldsAsync(ModeratorRole.Observer);

    /// <summary>How the people of visits are shown; nothing for those without an account, and for those forgotten.</summary>
    public async Task<IReadOnlyDictionary<string, UserProfile>> ProfilesOfAsync(IEnumerable<Visit> visits, CancellationToken cancellationToken)
    {
        var profiles = new Dictionary<string, UserProfile>(StringComparer.Ordinal);
        var userIds = visits.Where(visit => visit.UserId.Length > 0).Select(visit => visit.UserId).Distinct(StringComparer.Ordinal).ToList();
        var here = await presence.ReadProfilesAsync(userIds, cancellationToken);
        var unknown = new List<string>();
        for (var i = 0; i < userIds.Count; i++)
        {
            if (here[i] is { } profile)
                profiles[userIds[i]] = profile;
            else
                unknown.Add(userIds[i]);
        }
        foreach (var some in unknown.Chunk(UserStore.LargestLookUp))
        {
            foreach (var user in await users.FindAsync(some, cancellationToken))
                profiles[user.UserId] = user.Profile;
        }
        return profiles;
    }
}

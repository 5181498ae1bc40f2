using Presence.Dashboard.Accounts;
using Presence.Engine;
using Presence.Engine.History;
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

    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async Task<T> ReadAsync<T>(Func<IHistory, Task<T>> read)
    {
        await guard.RequireAsync(ModeratorRole.Observer);
        return await read(history);
    }

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

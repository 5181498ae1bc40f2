using System.Globalization;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Live;

/// <summary>Reads the bans of all places, for a Moderator; the role is checked here, whatever the page shows.</summary>
internal sealed class BansQuery(RemovalStore removals, UserStore users, IPresence presence, ModeratorGuard guard, TimeProvider time)
{
    /// <summary>Bans on one page.</summary>
    public const int PageSize = 100;

    /// <exception cref="AccessRefusedException">Not a Moderator.</exception>
    public async Task<BansReading> ReadAsync(BansView view, CancellationToken cancellationToken)
    {
        var rooms = (await guard.RequireSomewhereAsync(ModeratorRole.Moderator)).Access.RoomsOf(ModeratorRole.Moderator);
        var found = await removals.ListAsync(view.Query with { Within = rooms }, PageSize + 1, cancellationToken);
        var page = found.Take(PageSize).ToArray();
        string[] userIds = [.. page.Select(ban => ban.Removal.UserId).Distinct(PresenceComparers.UserId)];
        var profiles = new Dictionary<string, (UserProfile? Profile, bool IsGuest)>(PresenceComparers.UserId);
        foreach (var (userId, profile) in userIds.Zip(await presence.ReadProfilesAsync(userIds, cancellationToken)))
            profiles[userId] = (profile, false);
        foreach (var user in await users.FindAsync(userIds, cancellationToken))
            profiles[user.UserId] = (profiles[user.UserId].Profile ?? user.Profile, user.IsGuest);
        var (all, network) = await removals.CountAsync(cancellationToken, rooms);
        return new BansReading(
            [.. page.Select(ban => new BanRow(ban, profiles[ban.Removal.UserId] is var (profile, isGuest) ? ViewerNames.Of(profile, isGuest, ban.Removal.UserId) : ban.Removal.UserId))],
            found.Count > PageSize ? page[^1].Id : null,
            all,
            network,
            time.GetUtcNow())
        { Rooms = rooms };
    }
}

/// <summary>A page of bans.</summary>
/// <param name="Bans">The latest first.</param>
/// <param name="Older">Where older ones begin; null on the last page.</param>
/// <param name="InForce">How many are in force, whatever is shown.</param>
/// <param name="FromNetwork">Of them, from the network.</param>
/// <param name="At">When it was read.</param>
public sealed record BansReading(IReadOnlyList<BanRow> Bans, long? Older, int InForce, int FromNetwork, DateTimeOffset At)
{
    /// <summary>The rooms of who does not moderate all of them; null for all, and the network.</summary>
    public RoomSet? Rooms { get; init; }
}

/// <summary>One ban, and what its user is called.</summary>
public sealed record BanRow(RemovalEntry Entry, string Name);

/// <summary>Which bans are shown, as in the page's address.</summary>
internal sealed record BansView(BanState State, bool? IsNetwork, string? RoomId, string? Search, long? Before)
{
    public static readonly IReadOnlyList<(BanState State, string? Word, string Text)> States =
        [(BanState.InForce, null, BanTexts.StateActive), (BanState.Past, "past", BanTexts.StatePast), (BanState.All, "all", BanTexts.StateAll)];

    public static readonly IReadOnlyList<(bool? IsNetwork, string? Word, string Text)> Scopes =
        [(null, null, BanTexts.ScopeAny), (true, "network", BanTexts.ScopeNetwork), (false, "rooms", BanTexts.ScopeRooms)];

    /// <summary>From an address. What is no choice counts as left out.</summary>
    public static BansView Of(string? state, string? scope, string? room, string? search, string? before) => new(
        States.FirstOrDefault(known => known.Word == state, States[0]).State,
        Scopes.FirstOrDefault(known => known.Word == scope, Scopes[0]).IsNetwork,
        string.IsNullOrWhiteSpace(room) ? null : room,
        string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
        long.TryParse(before, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null);

    public BanQuery Query => new() { State = State, IsNetworkAlone = IsNetwork == true, IsRoomsAlone = IsNetwork == false, RoomId = RoomId, Text = Search, Before = Before };
}

/// <summary>A pasted list of users, checked line by line. Pure.</summary>
/// <param name="UserIds">Each once, in their order.</param>
/// <param name="Problems">Lines that hold no user id, by number.</param>
/// <param name="Repeated">How many ids were there before.</param>
internal sealed record BanList(IReadOnlyList<string> UserIds, IReadOnlyList<(int Line, string Problem)> Problems, int Repeated)
{
    public static BanList Of(string text)
    {
        var seen = new HashSet<string>(PresenceComparers.UserId);
        var (userIds, problems, repeated) = (new List<string>(), new List<(int, string)>(), 0);
        var line = 0;
        foreach (var written in text.Split('\n'))
        {
            line++;
            var userId = written.Trim();
            if (userId.Length == 0)
                continue;
            if (PresenceIds.ProblemOfUserId(userId) is { } problem)
                problems.Add((line, problem));
            else if (seen.Add(userId))
                userIds.Add(userId);
            else
                repeated++;
        }
        return new BanList(userIds, problems, repeated);
    }
}

/// <summary>Bans in words.</summary>
internal static class BanWords
{
    /// <summary>The lengths that buttons offer, and what they are called.</summary>
    public static readonly IReadOnlyList<(RemovalLength Length, string Text)> Lengths =
    [
        (RemovalLength.FiveMinutes, ViewerTexts.Minutes5),
        (RemovalLength.Hour, ViewerTexts.Hour1),
        (RemovalLength.Today, BanTexts.Today),
        (RemovalLength.Forever, BanTexts.Forever),
    ];

    /// <summary>When a ban of this length ends, that is set now.</summary>
    public static DateTimeOffset EndOf(RemovalLength length, LocalTime localTime, DateTimeOffset now) => length switch
    {
        RemovalLength.FiveMinutes => now + TimeSpan.FromMinutes(5),
        RemovalLength.Hour => now + TimeSpan.FromHours(1),
        RemovalLength.Today => localTime.EndOfDay(now),
        _ => RemovalRules.Forever,
    };

    /// <summary>"until 21:14" or "until it is lifted".</summary>
    public static string Until(Removal ban, LocalTime localTime, DateTimeOffset now) =>
        ban.IsForever ? BanTexts.UntilLifted : Sentence.With(BanTexts.Until, localTime.Clock(ban.Until, now));

    /// <summary>"until 21:14, 2 h 05 min left" or "until it is lifted".</summary>
    public static string UntilFor(Removal ban, LocalTime localTime, DateTimeOffset now) =>
        ban.IsForever ? BanTexts.UntilLifted : Sentence.With(ViewerTexts.UntilFor, localTime.Clock(ban.Until, now), Durations.Rough(ban.Until - now));

    /// <summary>That somebody is banned now.</summary>
    public static string Banned(Removal ban, string name, LocalTime localTime, DateTimeOffset now) =>
        Sentence.With(ban.RoomId is null ? RoomTexts.RemovedFromNetwork : RoomTexts.RemovedFromRoom, VisibleText.Isolated(name), Until(ban, localTime, now));

    /// <summary>How a ban stands, and since when it ended.</summary>
    public static string State(RemovalEntry ban, LocalTime localTime, DateTimeOffset now)
    {
        var ended = localTime.Clock(ban.EndedAt ?? ban.Removal.Until, now);
        return ban switch
        {
            { IsReplaced: true } => Sentence.With(BanTexts.Replaced, ended, ban.LiftedBy),
            { LiftedBy: { } lifter } => Sentence.With(BanTexts.Lifted, ended, lifter),
            _ when ban.IsInForce(now) => UntilFor(ban.Removal, localTime, now),
            _ => Sentence.With(BanTexts.Expired, ended),
        };
    }
}

using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>The presence settings as a moderator reads and changes them; the role is checked here, whatever the page shows.</summary>
internal sealed class SettingsAdministration(IPresence presence, SettingsStore store, RoomStore rooms, RoomPrefixStore prefixes, ScheduleStore schedules, SettingsAdoption adoption, IHistory history, ModeratorGuard guard, NoticeBoard notices)
{
    private const int ShownHistory = 50;

    /// <summary>A page's list of rooms; who has more finds a room on its own page.</summary>
    private const int ShownRooms = 500;

    private IReadOnlyList<SettingsHistoryEntry> _history = [];
    private int _historyOf = -1;
    private IReadOnlyList<DefinedRoom> _rooms = [];
    private int _roomsOf = -1;

    /// <summary>The settings in force, the latest changes, and what they mean to those who are present.</summary>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async ValueTask<SettingsViewModel> ReadAsync(CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Observer);
        var mayChange = await guard.HoldsAsync(ModeratorRole.Moderator);
        var inForce = presence.Current.Settings;
        if (_historyOf != inForce.Version)
        {
            // Only on a change, because a page reads four times per second and settings change rarely.
            _history = await store.HistoryAsync(ShownHistory, cancellationToken);
            _historyOf = inForce.Version;
        }
        var catalogue = presence.Current.CatalogueVersion;
        if (_roomsOf != catalogue)
        {
            _rooms = await rooms.ListOverriddenAsync(ShownRooms, cancellationToken);
            _roomsOf = catalogue;
        }
        return new SettingsViewModel
        {
            InForce = inForce,
            History = _history,
            Rooms = _rooms,
            Prefixes = prefixes.All,
            Schedules = schedules.All,
            Network = (await presence.ReadNetworkAsync(NetworkQuery.Counts, cancellationToken)).Count,
            Kept = history.Settings,
            Adoption = await adoption.ReadAsync(),
            IsWarming = presence.Current.IsWarming,
            MayChange = mayChange,
        };
    }

    /// <summary>Saves, in the moderator's name, says so, and offers the way back.</summary>
    /// <param name="wanted">The settings; its version is the one they were decided on.</param>
    /// <param name="reason">Why; null when nothing was said.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="SettingsRefusedException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="SettingsConflictException">It was saved in the meantime. Nothing was changed.</exception>
    public async Task<PresenceSettings> SaveAsync(PresenceSettings wanted, string? reason, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator);
        var before = presence.Current.Settings; // the ones that are replaced: after others the store refuses
        var saved = await store.ChangeAsync(
            new SettingsChange
            {
                Settings = wanted,
                Reason = reason,
                By = moderator.Actor,
                ExpectedVersion = wanted.Version,
            },
            cancellationToken);
        notices.Say(
            Sentence.With(SettingsTexts.Saved, saved.Version),
            () => SaveAsync(before.SavedAs(saved), Sentence.With(SettingsTexts.RevertReason, before.Version), CancellationToken.None));
        return saved;
    }
}

/// <summary>What the settings page shows, read at one moment.</summary>
public sealed record SettingsViewModel
{
    /// <summary>The settings in force.</summary>
    public required PresenceSettings InForce { get; init; }

    /// <summary>The latest changes, newest first.</summary>
    public required IReadOnlyList<SettingsHistoryEntry> History { get; init; }

    /// <summary>The rooms with settings of their own, by id.</summary>
    public required IReadOnlyList<DefinedRoom> Rooms { get; init; }

    /// <summary>What holds in rooms by the beginning of their id.</summary>
    public required IReadOnlyList<RoomPrefix> Prefixes { get; init; }

    /// <summary>Scheduled changes: those that wait or are in force, then the latest that are over.</summary>
    public required IReadOnlyList<ScheduledChange> Schedules { get; init; }

    /// <summary>How many are present.</summary>
    public required NetworkCount Network { get; init; }

    /// <summary>For how long history is kept.</summary>
    public required HistorySettings Kept { get; init; }

    /// <summary>How many of them answer to the settings in force.</summary>
    public required AdoptionViewModel Adoption { get; init; }

    /// <summary>Whether the server restarted recently, so that some of them may have left.</summary>
    public required bool IsWarming { get; init; }

    /// <summary>Whether who looks may save.</summary>
    public required bool MayChange { get; init; }
}

/// <summary>How far a version of the settings has come among the sessions present.</summary>
/// <param name="Version">The version in force.</param>
/// <param name="Answering">Sessions that said, with their last heartbeat, that they answer to it.</param>
/// <param name="Silent">Sessions of clients that never say which settings they know, as published ones.</param>
/// <param name="Sessions">All sessions present.</param>
public sealed record AdoptionViewModel(int Version, int Answering, int Silent, int Sessions)
{
    /// <summary>Those of which it can be known.</summary>
    public int Telling => Math.Max(Sessions - Silent, Answering);

    /// <summary>Those of them that answer to an earlier one.</summary>
    public int Behind => Telling - Answering;
}

/// <summary>
/// Counts, for all circuits together, how many sessions answer to the settings in force. Each count looks at every session,
/// so it is made once a second at most, and more rarely the longer it takes: it never costs more than a twentieth of a core.
/// </summary>
internal sealed class SettingsAdoption(IPresence presence, TimeProvider time)
{
    private const int ShareOfACore = 20;
    private static readonly TimeSpan ShortestAge = TimeSpan.FromSeconds(1);

    private readonly SharedReading<Count> _count = new(time);

    /// <summary>No older than a second or what it took, and never of settings that are in force no more.</summary>
    public async ValueTask<AdoptionViewModel> ReadAsync() => (await _count.ReadAsync(TimeSpan.Zero, CountAsync)).Adoption;

    private async Task<Count> CountAsync(Count? latest)
    {
        var version = presence.Current.Settings.Version;
        var began = time.GetTimestamp();
        if (latest is not null && latest.Adoption.Version == version && time.GetElapsedTime(latest.At, began) < latest.Age)
            return latest;

        var network = await presence.ReadNetworkAsync(new NetworkQuery { AnsweringTo = version });
        var pause = time.GetElapsedTime(began) * ShareOfACore;
        return new Count(new AdoptionViewModel(version, network.Answering, network.Silent, network.Count.Sessions), time.GetTimestamp(), pause > ShortestAge ? pause : ShortestAge);
    }

    private sealed record Count(AdoptionViewModel Adoption, long At, TimeSpan Age);
}

/// <summary>What settings mean for those who are present. Pure.</summary>
/// <param name="HeartbeatsPerSecond">What the sessions present send, once all of them keep the interval.</param>
/// <param name="MayBeLost">Missed heartbeats tolerated before a viewer times out.</param>
/// <param name="KeepsHiddenTabs">Whether tabs in the background stay, which wake about once a minute.</param>
/// <param name="KeepsPublishedClients">Whether clients with a fixed 30 s interval stay.</param>
internal sealed record SettingsImpact(double HeartbeatsPerSecond, int MayBeLost, bool KeepsHiddenTabs, bool KeepsPublishedClients)
{
    public static SettingsImpact Of(PresenceSettings settings, NetworkCount network) => new(
        settings.Enabled ? network.Sessions / settings.HeartbeatInterval.TotalSeconds : 0,
        // After that many lost heartbeats, the next one still arrives in time: clients send up to 10 % early, never late.
        Math.Max(0, (int)(settings.PresenceTimeout / settings.HeartbeatInterval) - 1),
        settings.PresenceTimeout >= PresenceSettingsRules.HiddenTabTimeout,
        settings.PresenceTimeout > PresenceSettingsRules.PublishedClientTimeout);
}

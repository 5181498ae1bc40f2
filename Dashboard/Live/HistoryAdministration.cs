using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine.History;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>What history answers to a moderator's forms, and its own settings; the role is checked here, whatever the page shows.</summary>
internal sealed class HistoryAdministration(IHistory history, HistorySettingsStore store, ModeratorGuard guard, NoticeBoard notices)
{
    /// <summary>Tries an interval and a timeout on the heartbeats of the last day.</summary>
    /// <param name="roomId">The room; null for the network.</param>
    /// <param name="wanted">The settings to try.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<Rehearsal> RehearseAsync(string? roomId, PresenceSettings wanted, CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Observer, roomId);
        return await history.RehearseAsync(new RehearsalQuery(roomId, wanted.HeartbeatInterval, wanted.PresenceTimeout), cancellationToken);
    }

    /// <summary>How much history there is.</summary>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<HistoryVolume> ReadVolumeAsync(CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Observer);
        return await history.ReadVolumeAsync(cancellationToken);
    }

    /// <summary>Saves how history is kept, in the moderator's name, says so, and offers the way back.</summary>
    /// <param name="wanted">The settings; their version is the one they were decided on.</param>
    /// <param name="reason">Why; null when nothing was said.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="HistorySettingsRefusedException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="HistorySettingsConflictException">It was saved in the meantime. Nothing was changed.</exception>
    public async Task<HistorySettings> SaveAsync(HistorySettings wanted, string? reason, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator);
        var before = store.Current; // the ones that are replaced: after others the store refuses
        var saved = await store.ChangeAsync(wanted, moderator.Actor, reason, wanted.Version, cancellationToken);
        notices.Say(SettingsTexts.KeptSaved, () => SaveAsync(before.SavedAs(saved), reason: null, CancellationToken.None));
        return saved;
    }
}

/// <summary>How history is kept, while a moderator edits it: whole days and minutes.</summary>
public sealed record HistoryDraft
{
    public int? MinuteDays { get; set; }
    public int? QuarterDays { get; set; }
    public int? AttendanceDays { get; set; }
    public int? BroadcastDays { get; set; }
    public int? EventDays { get; set; }
    public int? EmptyMinutes { get; set; }
    public string Zone { get; set; } = "";

    public static HistoryDraft Of(HistorySettings settings) => new()
    {
        MinuteDays = settings.MinuteDays,
        QuarterDays = settings.QuarterDays,
        AttendanceDays = settings.AttendanceDays,
        BroadcastDays = settings.BroadcastDays,
        EventDays = settings.EventDays,
        EmptyMinutes = (int)Math.Ceiling(settings.EmptyGap.TotalMinutes),
        Zone = settings.Zone,
    };

    /// <summary>The settings with the typed values; null while a field is empty. An untouched gap keeps its seconds.</summary>
    public HistorySettings? On(HistorySettings settings) =>
        this is { MinuteDays: { } minutes, QuarterDays: { } quarters, AttendanceDays: { } attendance, BroadcastDays: { } broadcasts, EventDays: { } events, EmptyMinutes: { } empty }
            ? settings with
            {
                MinuteDays = minutes,
                QuarterDays = quarters,
                AttendanceDays = attendance,
                BroadcastDays = broadcasts,
                EventDays = events,
                EmptyGap = empty == Of(settings).EmptyMinutes ? settings.EmptyGap : TimeSpan.FromMinutes(empty),
                Zone = Zone,
            }
            : null;

    /// <summary>What this draft changed, onto what others saved.</summary>
    public HistoryDraft Onto(HistorySettings before, HistorySettings theirs)
    {
        var (was, now) = (Of(before), Of(theirs));
        return new HistoryDraft
        {
            MinuteDays = MinuteDays == was.MinuteDays ? now.MinuteDays : MinuteDays,
            QuarterDays = QuarterDays == was.QuarterDays ? now.QuarterDays : QuarterDays,
            AttendanceDays = AttendanceDays == was.AttendanceDays ? now.AttendanceDays : AttendanceDays,
            BroadcastDays = BroadcastDays == was.BroadcastDays ? now.BroadcastDays : BroadcastDays,
            EventDays = EventDays == was.EventDays ? now.EventDays : EventDays,
            EmptyMinutes = EmptyMinutes == was.EmptyMinutes ? now.EmptyMinutes : EmptyMinutes,
            Zone = string.Equals(Zone, was.Zone, StringComparison.Ordinal) ? now.Zone : Zone,
        };
    }
}

/// <summary>How history is kept, typed and not saved.</summary>
/// <param name="DecidedOn">The settings that were on screen.</param>
/// <param name="Draft">What was typed.</param>
/// <param name="Reason">Why.</param>
public sealed record TypedHistory(HistorySettings DecidedOn, HistoryDraft Draft, string Reason);

using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Scheduled settings as a moderator reads, makes and cancels them; the role is checked here.</summary>
internal sealed class ScheduleAdministration(ScheduleStore schedules, IPresence presence, ModeratorGuard guard, NoticeBoard notices, LocalTime localTime, PageFailures failures, TimeProvider time)
{
    /// <summary>Those that wait or are in force for a room: its own, and those of its prefixes.</summary>
    public IEnumerable<ScheduledChange> OpenFor(string roomId) => schedules.All.Where(change =>
        change.IsOpen && (PresenceComparers.RoomId.Equals(change.RoomId, roomId) || (change.Prefix is { } prefix && roomId.StartsWith(prefix, StringComparison.Ordinal))));

    /// <summary>What is wrong with the values of a change.</summary>
    public IReadOnlyList<SettingsIssue> ProblemsOf(ScheduledChange change) => ScheduleRules.ProblemsOf(change, presence.Current.Settings);

    /// <summary>Schedules, in the moderator's name, says so, and offers the way back.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator of the room, or of the network. Nothing was changed.</exception>
    /// <exception cref="ScheduleRefusedException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="ScheduleOverlapException">The same settings are scheduled in that time. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">There are as many as there can be. Nothing was changed.</exception>
    public async Task ScheduleAsync(ScheduledChange change, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, change.RoomId);
        var made = await schedules.ScheduleAsync(change, moderator.Actor, cancellationToken);
        notices.Say(ScheduleWords.Sentence(made, localTime, time.GetUtcNow()), () => CancelAsync(made.Id));
    }

    /// <summary>Ends a change now, and says what became of it.</summary>
    public async Task CancelAsync(string id)
    {
        try
        {
            var moderator = await guard.RequireAsync(ModeratorRole.Moderator, schedules.All.FirstOrDefault(change => change.Id == id)?.RoomId);
            if (await schedules.CancelAsync(id, moderator.Actor, CancellationToken.None) is { } change)
                notices.Say($"{ScheduleWords.Where(change)}: {ScheduleWords.State(change)}");
        }
        catch (AccessRefusedException)
        {
            notices.Say(RoomTexts.NotAllowed, severity: Severity.Error);
        }
#pragma warning disable CA1031 // whatever it was, the moderator is told and can try again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            notices.Say(failures.Tell(failure, "A scheduled change couldn't be cancelled.", RoomTexts.SaveFailed), severity: Severity.Error);
        }
    }
}

/// <summary>Scheduled settings in words.</summary>
internal static class ScheduleWords
{
    /// <summary>What it is for.</summary>
    public static string Where(ScheduledChange change) => change switch
    {
        { RoomId: { } roomId } => VisibleText.Isolated(VisibleText.IdOf(roomId)),
        { Prefix: { } prefix } => VisibleText.Isolated($"{prefix}*"),
        _ => SettingsTexts.TabNetwork,
    };

    /// <summary>What became of it, and by whom.</summary>
    public static string State(ScheduledChange change) => change.State switch
    {
        ScheduleState.Waiting => SettingsTexts.ScheduleWaiting,
        ScheduleState.InForce => SettingsTexts.ScheduleActive,
        ScheduleState.Over => SettingsTexts.ScheduleOver,
        ScheduleState.Cancelled => Display.Sentence.With(SettingsTexts.ScheduleCancelled, change.Note),
        ScheduleState.Overtaken => Display.Sentence.With(SettingsTexts.ScheduleOvertaken, change.Note),
        ScheduleState.Missed => SettingsTexts.ScheduleMissed,
        _ => Display.Sentence.With(SettingsTexts.ScheduleRefused, change.Note),
    };

    /// <summary>Until when what holds, and what comes back.</summary>
    public static string Sentence(ScheduledChange change, LocalTime localTime, DateTimeOffset now) => change.State == ScheduleState.InForce
        ? Display.Sentence.With(SettingsTexts.ScheduleActiveLine, Where(change), localTime.Clock(change.Until, now), SettingsDifferences.WordsOf(change.Values), BackTo(change), change.CreatedBy)
        : Display.Sentence.With(SettingsTexts.ScheduleWaitingLine, Where(change), localTime.Clock(change.From, now), localTime.Clock(change.Until, now), SettingsDifferences.WordsOf(change.Values), change.CreatedBy);

    private static string BackTo(ScheduledChange change)
    {
        var before = change.Before!;
        var back = new RoomOverrides
        {
            Enabled = change.Values.Enabled is null ? null : before.Enabled,
            HeartbeatInterval = change.Values.HeartbeatInterval is null ? null : before.HeartbeatInterval,
            PresenceTimeout = change.Values.PresenceTimeout is null ? null : before.PresenceTimeout,
        };
        return back == RoomOverrides.None ? SettingsTexts.ScheduleFollows : SettingsDifferences.WordsOf(back);
    }
}

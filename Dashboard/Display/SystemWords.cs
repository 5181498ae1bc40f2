using Presence.Dashboard.Hosting;
using Presence.Dashboard.Jobs;
using Presence.Engine.Diagnostics;

namespace Presence.Dashboard.Display;

/// <summary>Words what the System page shows.</summary>
internal static class SystemWords
{
    public static string Of(LimitKind cap) => cap switch
    {
        LimitKind.Rooms => SystemTexts.CapRooms,
        LimitKind.Sessions => SystemTexts.CapSessions,
        LimitKind.Streams => SystemTexts.CapStreams,
        LimitKind.Connections => SystemTexts.CapConnections,
        _ => SystemTexts.CapPages,
    };

    /// <summary>From 80 % on a cap deserves attention, from 95 % on haste.</summary>
    public static string? CssOf(LimitUsage cap) => (100 * cap.Used / Math.Max(cap.Most, 1)) switch
    {
        >= 95 => "is-bad",
        >= 80 => "is-caution",
        _ => null,
    };

    public static (string Name, string Explanation) OfJob(string job) => job switch
    {
        JobNames.Backup => (SystemTexts.JobBackup, SystemTexts.JobBackupIs),
        JobNames.HistoryFigures => (SystemTexts.JobHistoryFigures, SystemTexts.JobHistoryFiguresIs),
        JobNames.HistoryRetention => (SystemTexts.JobHistoryRetention, SystemTexts.JobHistoryRetentionIs),
        _ => (SystemTexts.JobMaintenance, SystemTexts.JobMaintenanceIs),
    };

    /// <summary>What came of a job's latest run, in a word.</summary>
    public static string OutcomeOf(JobViewModel job) => job switch
    {
        { Error: not null } or { Latest.State: JobRunState.Failed } => SystemTexts.OutcomeFailed,
        { Latest: null } => SystemTexts.OutcomeNone,
        { Latest.State: JobRunState.Waiting or JobRunState.Running } => SystemTexts.OutcomeRunning,
        { Latest.State: JobRunState.Cancelled } => SystemTexts.OutcomeCancelled,
        _ => SystemTexts.OutcomeSucceeded,
    };

    /// <summary>What a run did.</summary>
    public static string Of(JobResult result) => result switch
    {
        { File: { } file } => Sentence.With(SystemTexts.BackupTaken, file, Numbers.Bytes(result.Bytes)),
        { Computed: { } computed } => computed == 0 ? SystemTexts.HistoryFiguresNone : Sentence.With(SystemTexts.HistoryFiguresDone, Numbers.Of(computed, SystemTexts.Broadcast, SystemTexts.BroadcastsMany)),
        { Deleted: { } deleted } => deleted == 0 ? SystemTexts.HistoryRetentionNone : Sentence.With(SystemTexts.HistoryRetentionDone, Numbers.Of(deleted, SystemTexts.Row, SystemTexts.Rows)),
        { GivenBack: > 0 } => $"{Of(result with { GivenBack = 0 })} {Sentence.With(SystemTexts.MaintenanceGaveBack, Numbers.Bytes(result.GivenBack))}",
        _ => Sentence.With(result.IsLogKept ? SystemTexts.MaintenanceDoneLogKept : SystemTexts.MaintenanceDone, Numbers.Bytes(result.Bytes)),
    };

    /// <summary>What a background loop is called; by its name in health where there is no word for it.</summary>
    public static string OfLoop(string loop) => loop switch
    {
        "alert push" => SystemTexts.LoopAlertPush,
        "alerts" => SystemTexts.LoopAlerts,
        "broadcasts" => SystemTexts.LoopBroadcasts,
        "canary" => SystemTexts.LoopCanary,
        "checkpoint" => SystemTexts.LoopCheckpoint,
        "demo" => SystemTexts.LoopDemo,
        "event streams" => SystemTexts.LoopEventStreams,
        "hand-overs" => SystemTexts.LoopHandovers,
        "history writer" => SystemTexts.LoopHistoryWriter,
        "job schedule" => SystemTexts.LoopJobSchedule,
        "key set" => SystemTexts.LoopKeySet,
        "last alive" => SystemTexts.LoopLastAlive,
        "membership writer" => SystemTexts.LoopMembershipWriter,
        "memory" => SystemTexts.LoopMemory,
        "failed sign-ins" => SystemTexts.LoopFailedSignIns,
        "moderators seen" => SystemTexts.LoopModeratorsSeen,
        "names" => SystemTexts.LoopNames,
        "notes" => SystemTexts.LoopNotes,
        "removals" => SystemTexts.LoopRemovals,
        "schedules" => SystemTexts.LoopSchedules,
        "stages" => SystemTexts.LoopStages,
        "restore" => SystemTexts.LoopRestore,
        "revoked tokens" => SystemTexts.LoopRevokedTokens,
        "server keys" => SystemTexts.LoopServerKeys,
        "share links" => SystemTexts.LoopShareLinks,
        "signing keys" => SystemTexts.LoopSigningKeys,
        "sweep" => SystemTexts.LoopSweep,
        "test viewers" => SystemTexts.LoopTestViewers,
        "unused users" => SystemTexts.LoopUnusedUsers,
        "watched arrivals" => SystemTexts.LoopWatchedArrivals,
        "vouched users" => SystemTexts.LoopVerifiedUsers,
        "webhook log" => SystemTexts.LoopWebhookLog,
        "webhook reader" => SystemTexts.LoopWebhookReader,
        "webhooks" => SystemTexts.LoopWebhooks,
        JobNames.Backup or JobNames.HistoryFigures or JobNames.HistoryRetention or JobNames.Maintenance => OfJob(loop).Name,
        _ => loop,
    };

    /// <summary>How soon counts show what happens, on the System page.</summary>
    public static string Of(CanaryReading canary) => canary switch
    {
        { State: CanaryState.Off } => SystemTexts.CanaryOff,
        { State: CanaryState.Resting } => SystemTexts.CanaryResting,
        { State: CanaryState.Lost } => SystemTexts.CanaryLost,
        { Most: { } most } => Sentence.With(SystemTexts.CanaryMost, Durations.Taken(most)),
        _ => SystemTexts.CanaryNothing,
    };

    public static string Of(ConfigurationEntry entry) => entry switch
    {
        { IsSecret: true } => entry.IsSet ? SystemTexts.Secret : SystemTexts.NotSet,
        { Value: null or string[] { Length: 0 } } => SystemTexts.NotSet,
        { Value: bool isOn } => isOn ? "true" : "false", // as in the variable
        { Value: int number } => Numbers.Count(number),
        { Value: TimeSpan span } => Durations.Rough(span),
        { Value: string[] several } => string.Join(", ", several),
        _ => entry.Value.ToString() ?? "",
    };
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Presence.Engine.Alerts;
using Presence.Engine.Audit;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Stage;

namespace Presence.Engine.Webhooks;

/// <summary>The words for what webhooks tell, and the one place where each gets its payload.</summary>
public static class WebhookEvents
{
    public const string RoomLive = "room.live";
    public const string RoomEmpty = "room.empty";
    public const string RoomAbove = "room.above";
    public const string RoomBelow = "room.below";
    public const string RoomPeak = "room.peak";
    public const string ViewerJoined = "viewer.joined";
    public const string ViewerLeft = "viewer.left";
    public const string ViewersCounted = "viewers.counted";
    public const string BroadcastStarted = "broadcast.started";
    public const string BroadcastEnded = "broadcast.ended";
    public const string BanCreated = "ban.created";
    public const string BanLifted = "ban.lifted";
    public const string InvitationCreated = "invitation.created";
    public const string InvitationChanged = "invitation.changed";
    public const string SettingsChanged = "settings.changed";
    public const string RoomChanged = "room.changed";
    public const string RoomDeleted = "room.deleted";
    public const string PresenceDisabled = "presence.disabled";
    public const string PresenceEnabled = "presence.enabled";
    public const string AlertRaised = "alert.raised";
    public const string AlertOver = "alert.over";

    /// <summary>Events were missed. Sent to every endpoint, whatever it selects.</summary>
    public const string Gap = "gap";

    /// <summary>From the test button. Sent to one endpoint, whatever it selects.</summary>
    public const string Test = "test";

    /// <summary>All that an endpoint can select.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        RoomLive, RoomEmpty, RoomAbove, RoomBelow, RoomPeak, ViewerJoined, ViewerLeft, ViewersCounted, BroadcastStarted, BroadcastEnded,
        BanCreated, BanLifted, InvitationCreated, InvitationChanged, SettingsChanged, RoomChanged, RoomDeleted, PresenceDisabled, PresenceEnabled, AlertRaised, AlertOver,
    ];

    /// <summary>Those that come from the feed: without an endpoint that selects one, nobody reads it for webhooks.</summary>
    internal static readonly HashSet<string> OfFeed = new(StringComparer.Ordinal) { RoomLive, RoomEmpty, RoomAbove, RoomBelow, RoomPeak, ViewerJoined, ViewerLeft, ViewersCounted };

    /// <summary>What an act of the audit log tells, in the transaction that records it. Most acts tell nothing.</summary>
    internal static IReadOnlyList<WebhookEvent> Of(AuditEntry act, DateTimeOffset at) => act.Act switch
    {
        AuditActs.BanCreated => [Make(BanCreated, at, act.RoomId, act.UserId, ("until", Member(act.New, "until")), ("reason", act.Reason), ("by", act.By.Name))],
        AuditActs.BanLifted => [Make(BanLifted, at, act.RoomId, act.UserId, ("by", act.By.Name))],
        AuditActs.SettingsChanged => Changed(SettingsChanged, act, at),
        AuditActs.RoomChanged => Changed(RoomChanged, act, at),
        AuditActs.RoomDeleted => [Make(RoomDeleted, at, act.RoomId, null, ("old", Values(act.Old)), ("by", act.By.Name))],
        _ => [],
    };

    /// <summary>An invitation to the stage, and each thing that becomes of it.</summary>
    internal static WebhookEvent Invitation(StageInvitation invitation, DateTimeOffset at) => Make(
        invitation.Status == InvitationStatus.Pending ? InvitationCreated : InvitationChanged, at, invitation.RoomId, invitation.UserId,
        ("invitationId", invitation.Id), ("status", invitation.Status.ToString().ToLowerInvariant()), ("expiresAt", Text(invitation.ExpiresAt)), ("by", invitation.InvitedBy));

    /// <summary>An alert that began. Rooms that are folded into it later are told when it is over.</summary>
    internal static WebhookEvent Raised(Alert alert) => Make(
        AlertRaised, alert.RaisedAt, alert.RoomId, alert.UserId, ("alertId", alert.Id), ("ruleId", alert.Rule.Id), ("kind", alert.Rule.Kind.ToString().ToLowerInvariant()), ("prefix", alert.Rule.Prefix),
        ("flag", FlagOf(alert)), ("rooms", alert.Rooms), ("before", CountOf(alert, alert.Before)), ("now", CountOf(alert, alert.Now)));

    internal static WebhookEvent Over(Alert alert) => Make(
        AlertOver, alert.OverAt!.Value, alert.RoomId, alert.UserId, ("alertId", alert.Id), ("ruleId", alert.Rule.Id), ("kind", alert.Rule.Kind.ToString().ToLowerInvariant()), ("prefix", alert.Rule.Prefix),
        ("flag", FlagOf(alert)), ("raisedAt", Text(alert.RaisedAt)), ("rooms", alert.Rooms), ("times", alert.Times), ("last", CountOf(alert, alert.Last)));

    private static string? FlagOf(Alert alert) => alert.Flag?.ToString().ToLowerInvariant();

    /// <summary>An arrival counts nobody.</summary>
    private static JsonNode? CountOf(Alert alert, int viewers) => alert.Rule.Kind == AlertKind.Watched ? null : viewers;

    internal static WebhookEvent Live(string roomId, int viewers, DateTimeOffset at) => Make(RoomLive, at, roomId, null, ("viewers", viewers));

    internal static WebhookEvent Empty(string roomId, DateTimeOffset at) => Make(RoomEmpty, at, roomId, null);

    internal static WebhookEvent Threshold(string type, string roomId, int threshold, int viewers, DateTimeOffset at) =>
        Make(type, at, roomId, null, ("threshold", threshold), ("viewers", viewers)) with { Threshold = threshold };

    internal static WebhookEvent Peak(string roomId, int viewers, DateTimeOffset peakAt, DateTimeOffset at) =>
        Make(RoomPeak, at, roomId, null, ("viewers", viewers), ("peakAt", Text(peakAt)));

    internal static WebhookEvent Joined(in FeedEvent joined) =>
        Make(ViewerJoined, joined.At, joined.RoomId, joined.UserId, ("guest", joined.IsGuest), ("viewers", joined.Viewers));

    internal static WebhookEvent Left(in FeedEvent left) => Make(
        ViewerLeft, left.At, left.RoomId, left.UserId, ("guest", left.IsGuest), ("reason", left.Reason.ToString().ToLowerInvariant()),
        ("joinedAt", left.JoinedAt is { } joinedAt ? Text(joinedAt) : null), ("viewers", left.Viewers));

    /// <summary>Joins and leaves of a crowd.</summary>
    internal static WebhookEvent Counted(string roomId, int joined, int left, int viewers, DateTimeOffset from, DateTimeOffset at) =>
        Make(ViewersCounted, at, roomId, null, ("joined", joined), ("left", left), ("viewers", viewers), ("from", Text(from)));

    /// <summary>What a room came to in a gap: who came and went is not known.</summary>
    internal static WebhookEvent Missed(string roomId, int before, int viewers, DateTimeOffset from, DateTimeOffset at) =>
        Make(ViewersCounted, at, roomId, null, ("viewersBefore", before), ("viewers", viewers), ("from", Text(from)), ("missed", true));

    internal static WebhookEvent Started(long broadcastId, string roomId, string? title, DateTimeOffset startedAt, DateTimeOffset at) =>
        Make(BroadcastStarted, at, roomId, null, ("broadcastId", broadcastId), ("title", title), ("startedAt", Text(startedAt)));

    internal static WebhookEvent Ended(Broadcast broadcast, DateTimeOffset at)
    {
        var figures = broadcast.Figures ?? new BroadcastFigures();
        return Make(
            BroadcastEnded, at, broadcast.RoomId, null, ("broadcastId", broadcast.Id), ("title", broadcast.Title), ("startedAt", Text(broadcast.StartedAt)), ("endedAt", Text(broadcast.EndedAt ?? at)),
            ("end", broadcast.End.ToString().ToLowerInvariant()), ("peak", figures.Peak), ("peakAt", figures.PeakAt is { } peakAt ? Text(peakAt) : null), ("average", Math.Round(figures.Average, 1)),
            ("users", figures.Users), ("guests", figures.Guests), ("joins", figures.Joins), ("returning", figures.Returning),
            ("watchedSeconds", Math.Round(figures.Watched.TotalSeconds)), ("medianStaySeconds", Math.Round(figures.MedianStay.TotalSeconds)));
    }

    /// <summary>Events of the feed were missed, by a restart (<c>restart</c>) or by falling behind (<c>behind</c>): rooms and viewers before and after it.</summary>
    internal static WebhookEvent FeedGap(string reason, DateTimeOffset from, DateTimeOffset at, (int Rooms, int Viewers) before, (int Rooms, int Viewers) now) => Make(
        Gap, at, null, null, ("reason", reason), ("from", Text(from)), ("liveRoomsBefore", before.Rooms), ("liveRooms", now.Rooms), ("viewersBefore", before.Viewers), ("viewers", now.Viewers));

    /// <summary>Events were not kept because too many were pending (<c>full</c>): how many, by type.</summary>
    internal static WebhookEvent FullGap(DateTimeOffset from, DateTimeOffset at, IReadOnlyDictionary<string, int> dropped)
    {
        var counts = new JsonObject();
        foreach (var (type, count) in dropped)
            counts[type] = count;
        return Make(Gap, at, null, null, ("reason", "full"), ("from", Text(from)), ("dropped", counts));
    }

    internal static WebhookEvent Trial(string by, DateTimeOffset at) => Make(Test, at, null, null, ("by", by));

    private static IReadOnlyList<WebhookEvent> Changed(string type, AuditEntry act, DateTimeOffset at)
    {
        var changed = Make(type, at, act.RoomId, null, ("old", Values(act.Old)), ("new", Values(act.New)), ("by", act.By.Name), ("reason", act.Reason));
        // A room without a value of its own follows the network.
        var (before, after) = (Member(act.Old, "enabled")?.GetValue<bool>(), Member(act.New, "enabled")?.GetValue<bool>());
        return (before ?? true) == (after ?? true)
            ? [changed]
            : [changed, Make(after ?? true ? PresenceEnabled : PresenceDisabled, at, act.RoomId, null, ("by", act.By.Name), ("reason", act.Reason))];
    }

    private static WebhookEvent Make(string type, DateTimeOffset at, string? roomId, string? userId, params ReadOnlySpan<(string Name, JsonNode? Value)> values)
    {
        var data = new JsonObject();
        if (roomId is not null)
            data["roomId"] = roomId;
        if (userId is not null)
            data["userId"] = userId;
        foreach (var (name, value) in values)
        {
            if (value is not null)
                data[name] = value;
        }
        return new WebhookEvent("evt_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)), type, at, roomId, userId, data);
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static JsonNode? Values(string? stored) => stored is null ? null : JsonNode.Parse(stored);

    private static JsonNode? Member(string? stored, string name) => Values(stored)?[name]?.DeepClone();

    /// <summary>The body as it is signed and sent: type, timestamp and data, as Standard Webhooks has it.</summary>
    internal static string BodyOf(WebhookEvent happened) =>
        new JsonObject { ["type"] = happened.Type, ["timestamp"] = Text(happened.At), ["data"] = happened.Data.DeepClone() }.ToJsonString();
}

/// <summary>Something to tell.</summary>
/// <param name="Id">The same for every endpoint and attempt: receivers know repetitions by it.</param>
/// <param name="Type">One of <see cref="WebhookEvents"/>.</param>
/// <param name="At">When it happened.</param>
/// <param name="RoomId">Where; null for the whole network.</param>
/// <param name="UserId">The viewer concerned; erased with the person.</param>
/// <param name="Data">Its payload, at most a few kilobytes: ids, titles and reasons are bounded.</param>
internal sealed record WebhookEvent(string Id, string Type, DateTimeOffset At, string? RoomId, string? UserId, JsonObject Data)
{
    /// <summary>The threshold that was passed: for endpoints that have it.</summary>
    public int? Threshold { get; init; }
}

/// <summary>What an endpoint wants to hear.</summary>
/// <param name="Events">Types (<see cref="WebhookEvents.All"/>); none for all.</param>
/// <param name="Rooms">Rooms, or with <c>*</c> at the end beginnings of their ids; none for all. What concerns the network is always told.</param>
/// <param name="Thresholds">Viewer counts that <see cref="WebhookEvents.RoomAbove"/> and <see cref="WebhookEvents.RoomBelow"/> are told for.</param>
public sealed record WebhookFilter(IReadOnlyList<string> Events, IReadOnlyList<string> Rooms, IReadOnlyList<int> Thresholds)
{
    /// <summary>Rooms and beginnings of rooms that one endpoint can name.</summary>
    public const int MostRooms = 50;

    /// <summary>Thresholds of one endpoint.</summary>
    public const int MostThresholds = 10;

    internal bool WantsType(string type) => type is WebhookEvents.Gap || Events.Count == 0 || Events.Contains(type, StringComparer.Ordinal);

    internal bool WantsRoom(string? roomId) => roomId is null || Rooms.Count == 0
        || Rooms.Any(room => room.EndsWith('*') ? roomId.StartsWith(room[..^1], StringComparison.Ordinal) : PresenceComparers.RoomId.Equals(room, roomId));

    internal bool Wants(WebhookEvent happened) =>
        WantsType(happened.Type) && WantsRoom(happened.RoomId) && (happened.Threshold is not { } threshold || Thresholds.Contains(threshold));

    internal static WebhookFilter Read(string events, string rooms, string thresholds) => new(
        events.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        JsonSerializer.Deserialize<string[]>(rooms) ?? [],
        [.. thresholds.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))]);

    internal (string Events, string Rooms, string Thresholds) Write() => (string.Join(' ', Events), JsonSerializer.Serialize(Rooms), string.Join(' ', Thresholds.Select(threshold => threshold.ToString(CultureInfo.InvariantCulture))));
}

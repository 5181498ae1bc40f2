using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Presence.Engine.Alerts;
using Presence.Engine.Audit;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Stage;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Tests.Webhooks;

/// <summary>docs/guides/webhooks.md shows every event with the members it has.</summary>
public sealed partial class WebhookDocumentTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 22, 40, 0, TimeSpan.Zero);

    [Fact]
    public void Events_OfTheGuide_AreThoseOfTheCode()
    {
        var shown = Row().Matches(File.ReadAllText(Path.Combine(Root(), "docs/guides/webhooks.md"))).Select(row => Shape(row.Groups["type"].Value, JsonNode.Parse(row.Groups["data"].Value)!.AsObject()));

        Assert.Equal(Made().Select(made => Shape(made.Type, made.Data)).Order(), shown.Order());
        Assert.Equal(WebhookEvents.All.Append(WebhookEvents.Gap).Append(WebhookEvents.Test).Order(), Made().Select(made => made.Type).Distinct().Order());
    }

    /// <summary>One of each kind, with every member it can have.</summary>
    private static IEnumerable<WebhookEvent> Made()
    {
        var joined = new FeedEvent(0, FeedEventKind.Joined, At) { RoomId = "lobby", UserId = "anna", Viewers = 12 };
        var ban = new AuditEntry(AuditActs.BanCreated, "mia") { RoomId = "lobby", UserId = "anna", New = """{"until":"2026-11-21T23:40:00Z"}""", Reason = "spam" };
        var settings = new AuditEntry(AuditActs.SettingsChanged, "mia") { Old = """{"enabled":true}""", New = """{"enabled":false}""", Reason = "show" };
        var room = new AuditEntry(AuditActs.RoomChanged, "mia") { RoomId = "lobby", Old = """{"enabled":false}""", New = """{"title":"Lobby"}""" };
        var alert = new Alert { Id = 12, Rule = new AlertRule { Id = "rule_1", Prefix = "" }, RoomId = "lobby", RaisedAt = At, OverAt = At };
        var watched = alert with { Rule = new AlertRule { Id = "rule_2", Kind = AlertKind.Watched, Prefix = "" }, UserId = "anna", Flag = ViewerFlag.Vip };
        return
        [
            WebhookEvents.Live("lobby", 1, At),
            WebhookEvents.Empty("lobby", At),
            WebhookEvents.Threshold(WebhookEvents.RoomAbove, "lobby", 100, 100, At),
            WebhookEvents.Threshold(WebhookEvents.RoomBelow, "lobby", 100, 89, At),
            WebhookEvents.Peak("lobby", 120, At, At),
            WebhookEvents.Joined(joined),
            WebhookEvents.Left(joined with { JoinedAt = At, Reason = LeaveReason.Timeout }),
            WebhookEvents.Counted("lobby", 1, 1, 1, At, At),
            WebhookEvents.Missed("lobby", 1, 2, At, At),
            WebhookEvents.Started(1, "lobby", "Lobby", At, At),
            WebhookEvents.Ended(new Broadcast(1, "lobby", "Lobby", At, At, BroadcastEnd.Empty, new BroadcastFigures { PeakAt = At }), At),
            WebhookEvents.Invitation(new StageInvitation("inv_1", "lobby", "anna", InvitationStatus.Pending, At, At, "mia"), At),
            WebhookEvents.Invitation(new StageInvitation("inv_1", "lobby", "anna", InvitationStatus.Accepted, At, At, "mia"), At),
            WebhookEvents.Raised(alert),
            WebhookEvents.Over(alert),
            WebhookEvents.Raised(watched),
            WebhookEvents.Over(watched),
            WebhookEvents.FeedGap("restart", At, At, (1, 1), (1, 1)),
            WebhookEvents.FullGap(At, At, new Dictionary<string, int>()),
            WebhookEvents.Trial("mia", At),
            .. WebhookEvents.Of(ban, At),
            .. WebhookEvents.Of(ban with { Act = AuditActs.BanLifted }, At),
            .. WebhookEvents.Of(settings, At),
            .. WebhookEvents.Of(room, At),
            .. WebhookEvents.Of(room with { Act = AuditActs.RoomDeleted }, At),
        ];
    }

    private static string Shape(string type, JsonObject data) => $"{type}: {string.Join(", ", data.Select(member => member.Key))}";

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../.."));

    [GeneratedRegex(@"^\| `(?<type>[a-z.]+)` \| [^|]+ \| `(?<data>\{.*\})` \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}

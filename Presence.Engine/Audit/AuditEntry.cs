using System.Text;
using System.Text.Json;

namespace Presence.Engine.Audit;

/// <summary>Who does something. A name alone is an actor too: the command line, a test.</summary>
/// <param name="Name">A moderator's email, a server key's name, or what else acts.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Address">From where, as a keyed hash: equal addresses are equal, and none can be read from it. Null where there is none.</param>
public sealed record Actor(string Name, ActorKind Kind = ActorKind.System, string? Address = null)
{
    /// <summary>The server itself: retention, a configured first account.</summary>
    public static readonly Actor Server = new("the server");

    public static implicit operator Actor(string name) => new(name);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>What acts. The numbers are stored, and part of the chain.</summary>
public enum ActorKind : byte
{
    /// <summary>The server, or who can read its data folder.</summary>
    System = 0,

    /// <summary>A moderator's account.</summary>
    Moderator = 1,

    /// <summary>A server key of the host app.</summary>
    ServerKey = 2,

    /// <summary>A viewer.</summary>
    Viewer = 3,
}

/// <summary>One administrative act, as it is recorded in the transaction that does it (<see cref="Storage.AuditRecording.RecordAsync"/>).</summary>
/// <param name="Act">One of <see cref="AuditActs"/>.</param>
/// <param name="By">Who does it.</param>
public sealed record AuditEntry(string Act, Actor By)
{
    /// <summary>The room concerned; null for the network, or where none is.</summary>
    public string? RoomId { get; init; }

    /// <summary>The viewer concerned; erased with the person.</summary>
    public string? UserId { get; init; }

    /// <summary>What else is concerned: an account's email, a key's or a link's id and name, a job.</summary>
    public string? Object { get; init; }

    /// <summary>The values before (<see cref="Values"/>); null when there were none.</summary>
    public string? Old { get; init; }

    /// <summary>The values after; null when there are none.</summary>
    public string? New { get; init; }

    /// <summary>Why, in the words of who did it.</summary>
    public string? Reason { get; init; }

    /// <summary>Values as a JSON object: spans in seconds, instants in UTC, what is null left out.</summary>
    public static string Values(params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in values)
            {
                if (value is not null)
                    Write(json, name, value);
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int or long:
                json.WriteNumber(name, Convert.ToInt64(value, null));
                break;
            case TimeSpan span:
                json.WriteNumber(name, Math.Round(span.TotalSeconds, 3));
                break;
            case DateTimeOffset instant:
                json.WriteString(name, instant.UtcDateTime);
                break;
            default:
                json.WriteString(name, value.ToString());
                break;
        }
    }
}

/// <summary>The words for administrative acts, as stored, returned by the API and filtered by.</summary>
public static class AuditActs
{
    public const string SettingsChanged = "settings.changed";
    public const string HistorySettingsChanged = "history_settings.changed";
    public const string RoomChanged = "room.changed";
    public const string RoomDeleted = "room.deleted";
    public const string ScheduleCreated = "schedule.created";
    public const string ScheduleCancelled = "schedule.cancelled";
    public const string PrefixChanged = "room_prefix.changed";
    public const string PrefixDeleted = "room_prefix.deleted";
    public const string BanCreated = "ban.created";
    public const string BanLifted = "ban.lifted";
    public const string InvitationCreated = "invitation.created";
    public const string InvitationCancelled = "invitation.cancelled";
    public const string InvitationAnswered = "invitation.answered";
    public const string HandLowered = "hand.lowered";
    public const string HandoverLeft = "handover.left";
    public const string HandoverCleared = "handover.cleared";
    public const string NoteCreated = "note.created";
    public const string NoteChanged = "note.changed";
    public const string NoteDeleted = "note.deleted";
    public const string QuickReasonsChanged = "quick_reasons.changed";
    public const string DrawPrepared = "draw.prepared";
    public const string Drawn = "draw.drawn";
    public const string ServerKeyCreated = "server_key.created";
    public const string ServerKeyRevoked = "server_key.revoked";
    public const string PublicLinkCreated = "public_link.created";
    public const string PublicLinkChanged = "public_link.changed";
    public const string PublicLinkRevoked = "public_link.revoked";
    public const string ShareLinkCreated = "share_link.created";
    public const string ShareLinkRevoked = "share_link.revoked";
    public const string WebhookCreated = "webhook.created";
    public const string WebhookChanged = "webhook.changed";
    public const string WebhookSecretRotated = "webhook.secret_rotated";
    public const string WebhookPaused = "webhook.paused";
    public const string WebhookResumed = "webhook.resumed";
    public const string WebhookDisabled = "webhook.disabled";
    public const string WebhookDeleted = "webhook.deleted";
    public const string WebhookTested = "webhook.tested";
    public const string WebhookResent = "webhook.resent";
    public const string UserErased = "user.erased";
    public const string PersonExported = "person.exported";
    public const string PersonErased = "person.erased";
    public const string DataExported = "data.exported";
    public const string JobStarted = "job.started";
    public const string AccountCreated = "account.created";
    public const string AccountRoleChanged = "account.role_changed";
    public const string AccountConnected = "account.connected";
    public const string AccountDisabled = "account.disabled";
    public const string AccountEnabled = "account.enabled";
    public const string AccountSignedOut = "account.signed_out_everywhere";
    public const string AccountInvited = "account.invited";
    public const string AccountInvitationRevoked = "account.invitation_revoked";
    public const string PasswordChanged = "password.changed";
    public const string PasswordLinkCreated = "password_link.created";
    public const string SecondFactorEnabled = "second_factor.enabled";
    public const string SecondFactorDisabled = "second_factor.disabled";
    public const string SecondFactorReset = "second_factor.reset";
    public const string SecondFactorRequired = "second_factor.required";
    public const string SecondFactorOptional = "second_factor.optional";
    public const string PasskeyAdded = "passkey.added";
    public const string PasskeyRemoved = "passkey.removed";
    public const string RecoveryCodesRenewed = "recovery_codes.renewed";
    public const string RecoveryCodeUsed = "recovery_code.used";
    public const string AlertRuleCreated = "alert_rule.created";
    public const string AlertRuleChanged = "alert_rule.changed";
    public const string AlertRuleDeleted = "alert_rule.deleted";
    public const string SignedIn = "sign_in.succeeded";
    public const string SignInsFailed = "sign_in.failed";
    public const string SignedOut = "sign_out";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        SettingsChanged, HistorySettingsChanged, RoomChanged, RoomDeleted, PrefixChanged, PrefixDeleted, ScheduleCreated, ScheduleCancelled, BanCreated, BanLifted, QuickReasonsChanged, InvitationCreated, InvitationCancelled, InvitationAnswered, HandLowered, DrawPrepared, Drawn, ServerKeyCreated, ServerKeyRevoked, PublicLinkCreated,
        PublicLinkChanged, PublicLinkRevoked, ShareLinkCreated, ShareLinkRevoked, UserErased, PersonExported, PersonErased, DataExported, JobStarted,
        AccountCreated, AccountRoleChanged, AccountConnected, AccountDisabled, AccountEnabled, AccountSignedOut, AccountInvited, AccountInvitationRevoked, PasswordChanged,
        PasswordLinkCreated, SecondFactorEnabled, SecondFactorDisabled, SecondFactorReset, SecondFactorRequired, SecondFactorOptional, PasskeyAdded, PasskeyRemoved, RecoveryCodesRenewed, RecoveryCodeUsed, SignedIn, SignInsFailed, SignedOut,
        AlertRuleCreated, AlertRuleChanged, AlertRuleDeleted,
        NoteCreated, NoteChanged, NoteDeleted, HandoverLeft, HandoverCleared,
        WebhookCreated, WebhookChanged, WebhookSecretRotated, WebhookPaused, WebhookResumed, WebhookDisabled, WebhookDeleted, WebhookTested, WebhookResent,
    ];
}

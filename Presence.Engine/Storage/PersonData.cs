using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Alerts;
using Presence.Engine.Audit;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Users;

namespace Presence.Engine.Storage;

/// <summary>Everything the database keeps of one person: handed out, or erased.</summary>
/// <remarks><b>Where.</b> Profile, presence switch, channels, bans, invitations to stages, draws, notes of moderators, alerts, present sessions, visits, acts of the audit log, payloads of webhooks. No address is stored. See docs/operations.md.</remarks>
public sealed class PersonData(PresenceDatabase database, PresenceEngine engine, IHistory history, UserPresenceSettingStore switches, ChannelStore channels, RemovalStore removals, StageStore stage, ViewerNoteStore notes, AlertWatch alerts)
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true };

    /// <summary>Writes all of it as one JSON document, of any size in constant memory.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="output">Where to; left open.</param>
    /// <param name="by">Who asks for it; recorded before anything is handed out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ExportAsync(string userId, Stream output, Actor by, CancellationToken cancellationToken)
    {
        await using (var context = database.CreateDbContext())
            await context.RecordAloneAsync(new AuditEntry(AuditActs.PersonExported, by) { UserId = userId }, database.Now(), cancellationToken);
        await using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        json.WriteString("userId", userId);
        json.WriteString("exportedAt", database.Now());
        await WriteAccountAsync(json, userId, cancellationToken);
        await WriteHistoryAsync(json, userId, cancellationToken);
        json.WriteEndObject();
    }

    /// <summary>Erases who it was: what was counted stays, and names no one.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="bansToo">Lifts and erases bans as well. Otherwise those in force stay, and name the id until they end.</param>
    /// <param name="by">Who erases it.</param>
    /// <param name="cancellationToken">Gives up; what was erased before is erased, and the call can be repeated.</param>
    /// <returns>What was erased.</returns>
    /// <remarks>Sessions that are present go on, and are recorded under the id again: end them first, with a ban for instance.</remarks>
    public async Task<ErasedPerson> EraseAsync(string userId, bool bansToo, Actor by, CancellationToken cancellationToken)
    {
        var bans = bansToo ? (await removals.OfUserAsync(userId, cancellationToken)).Where(ban => ban.EndedAt is null).ToList() : [];
        foreach (var ban in bans)
            await removals.LiftAsync(userId, ban.Removal.RoomId, by, cancellationToken);
        var memberships = await channels.ChannelsOfAsync(userId, cancellationToken);
        foreach (var (channelId, members) in memberships)
            await channels.SetMembersAsync(channelId, members.Where(member => !PresenceComparers.UserId.Equals(member, userId)), cancellationToken);
        var hadSwitch = await switches.ForgetAsync(userId, cancellationToken);
        var invitations = await stage.EraseAsync(userId, cancellationToken);
        var noted = await notes.EraseAsync(userId, cancellationToken);
        await alerts.EraseAsync(userId, cancellationToken); // before the webhooks: it tells of those that end

        await using var context = database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        var visits = await context.HistoryPeople.Where(p => p.UserId == userId).Select(p => p.Visits).FirstOrDefaultAsync(cancellationToken);
        await context.UpdateAsync(context.HistoryPeople.Where(p => p.UserId == userId), set => set.SetProperty(p => p.UserId, (string?)null), cancellationToken);
        var hadProfile = await context.DeleteAsync(context.Users.Where(user => user.UserId == userId), cancellationToken) > 0;
        await DrawStore.EraseAsync(context, userId, cancellationToken);
        await AuditLog.EraseAsync(context, userId, cancellationToken);
        await RemovalStore.EraseAsync(context, userId, cancellationToken);
        await WebhookStore.EraseAsync(context, userId, cancellationToken);
        await context.RecordAsync(new AuditEntry(AuditActs.PersonErased, by) { New = AuditEntry.Values(("visits", visits), ("bans", bans.Count), ("channels", memberships.Count)) }, database.Now(), cancellationToken); // not who
        await transaction.CommitAsync(cancellationToken);
        engine.UpdateProfile(userId, UserProfile.None with { SaidAt = database.Now() });
        return new ErasedPerson(hadProfile, visits, bans.Count, memberships.Count, hadSwitch) { Invitations = invitations, Notes = noted };
    }

    private async Task WriteAccountAsync(Utf8JsonWriter json, string userId, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        if (await context.Users.AsNoTracking().FirstOrDefaultAsync(user => user.UserId == userId, cancellationToken) is { } user)
        {
            json.WriteStartObject("profile");
            json.WriteString("displayName", user.DisplayName);
            json.WriteString("avatarUrl", user.AvatarUrl);
            json.WritePropertyName("metadata");
            json.WriteRawValue(user.MetadataJson);
            json.WriteString("internalId", user.InternalId);
            json.WriteString("publicId", user.PublicId);
            json.WriteBoolean("isGuest", user.IsGuest);
            json.WriteBoolean("isVerified", user.IsVouched);
            json.WriteString("createdAt", user.CreatedAt);
            json.WriteString("seenAt", user.SeenAt);
            json.WriteEndObject();
        }
        if (await context.UserPresenceSettings.AsNoTracking().FirstOrDefaultAsync(s => s.UserId == userId, cancellationToken) is { } presenceSwitch)
        {
            json.WriteStartObject("presenceSwitch");
            json.WriteBoolean("enabled", presenceSwitch.Enabled);
            json.WriteString("enabledAt", presenceSwitch.EnabledAt);
            json.WriteEndObject();
        }
        json.WriteStartArray("channels");
        foreach (var (channelId, _) in await channels.ChannelsOfAsync(userId, cancellationToken))
            json.WriteStringValue(channelId);
        json.WriteEndArray();
        json.WriteStartArray("bans");
        foreach (var ban in await removals.OfUserAsync(userId, cancellationToken))
        {
            json.WriteStartObject();
            json.WriteString("roomId", ban.Removal.RoomId);
            json.WriteString("until", ban.Removal.Until);
            json.WriteString("reason", ban.Removal.Reason);
            json.WriteString("at", ban.At);
            if (ban.EndedAt is { } endedAt)
                json.WriteString("endedAt", endedAt);
            if (ban.Removal.Devices is not null)
                json.WriteNumber("devices", DeviceBans.Of(ban.Removal).Length);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("invitations");
        foreach (var invitation in await stage.OfUserAsync(userId, cancellationToken))
        {
            json.WriteStartObject();
            json.WriteString("roomId", invitation.RoomId);
            json.WriteString("status", invitation.Status.ToString());
            json.WriteString("invitedAt", invitation.InvitedAt);
            if (invitation.EndedAt is { } endedAt)
                json.WriteString("endedAt", endedAt);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in notes.Of(userId))
        {
            json.WriteStartObject();
            json.WriteString("text", note.Text);
            json.WriteString("flag", note.Flag?.ToString());
            json.WriteString("by", note.By);
            json.WriteString("at", note.At);
            if (note.ExpiresAt is { } expiresAt)
                json.WriteString("expiresAt", expiresAt);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("alerts");
        foreach (var alert in await AlertStore.OfUserAsync(context, userId, cancellationToken))
        {
            json.WriteStartObject();
            json.WriteString("roomId", alert.RoomId);
            json.WriteString("flag", alert.Flag?.ToString());
            json.WriteString("raisedAt", alert.RaisedAt);
            if (alert.OverAt is { } overAt)
                json.WriteString("overAt", overAt);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("draws");
        foreach (var draw in await DrawStore.OfUserAsync(context, userId, cancellationToken))
        {
            json.WriteStartObject();
            json.WriteString("roomId", draw.RoomId);
            json.WriteString("drawnAt", draw.DrawnAt!.Value);
            json.WriteBoolean("won", draw.Drawn.Contains(userId, PresenceComparers.UserId));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("sessions");
        foreach (var session in await context.Set<MembershipRecord>().AsNoTracking().Where(session => session.UserId == userId).OrderBy(session => session.Id).ToListAsync(cancellationToken))
        {
            json.WriteStartObject();
            json.WriteString("roomId", session.RoomId);
            json.WriteString("sessionId", session.SessionId);
            json.WriteString("joinedAt", MembershipRows.JoinedAtOf(session.JoinedAt));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private async Task WriteHistoryAsync(Utf8JsonWriter json, string userId, CancellationToken cancellationToken)
    {
        if (await history.ReadPersonAsync(userId, cancellationToken) is { } person)
        {
            json.WriteStartObject("history");
            json.WriteString("firstSeenAt", person.FirstSeenAt);
            json.WriteString("lastSeenAt", person.LastSeenAt);
            json.WriteNumber("visits", person.Visits);
            json.WriteNumber("watchedSeconds", Math.Round(person.Watched.TotalSeconds, 3));
            json.WriteEndObject();
        }
        json.WriteStartArray("visits");
        string? cursor = null;
        do
        {
            var page = await history.ReadVisitsAsync(userId, cursor, cancellationToken: cancellationToken);
            foreach (var visit in page.Items)
            {
                json.WriteStartObject();
                json.WriteString("roomId", visit.RoomId);
                json.WriteString("joinedAt", visit.JoinedAt);
                json.WriteString("leftAt", visit.LeftAt);
                json.WriteString("reason", visit.Reason.ToString());
                json.WriteNumber("watchedSeconds", Math.Round(visit.Watched.TotalSeconds, 3));
                json.WriteNumber("hiddenSeconds", Math.Round(visit.Hidden.TotalSeconds, 3));
                json.WriteString("device", visit.Device.Name);
                json.WriteString("appVersion", visit.Device.AppVersion);
                json.WriteEndObject();
            }
            await json.FlushAsync(cancellationToken);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        json.WriteEndArray();

        json.WriteStartArray("acts");
        await foreach (var act in new AuditLog(database).ReadAsync(new AuditQuery { UserId = userId }, cancellationToken))
        {
            json.WriteStartObject();
            json.WriteString("act", act.Act);
            json.WriteString("at", act.At);
            json.WriteString("by", act.Actor);
            json.WriteString("roomId", act.RoomId);
            json.WriteString("reason", act.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();

        json.WriteStartArray("webhookDeliveries");
        await using var context = database.CreateDbContext();
        await foreach (var delivery in context.WebhookDeliveries.AsNoTracking().Where(d => d.UserId == userId).OrderBy(d => d.Id).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            json.WriteStartObject();
            json.WriteString("at", delivery.At);
            json.WriteString("state", delivery.State.ToString());
            json.WritePropertyName("payload");
            json.WriteRawValue(delivery.Payload);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}

/// <summary>What was erased of a person.</summary>
/// <param name="Profile">Name, picture, metadata.</param>
/// <param name="Visits">Visits that keep counting and name no one.</param>
/// <param name="Bans">Bans that were lifted.</param>
/// <param name="Channels">Channels it belonged to.</param>
/// <param name="Switch">Its own presence switch.</param>
public sealed record ErasedPerson(bool Profile, long Visits, int Bans, int Channels, bool Switch)
{
    /// <summary>Invitations to stages.</summary>
    public int Invitations { get; init; }

    /// <summary>Notes of moderators.</summary>
    public int Notes { get; init; }

    /// <summary>Whether there was anything.</summary>
    public bool IsKnown => Profile || Visits > 0 || Bans > 0 || Channels > 0 || Switch || Invitations > 0 || Notes > 0;
}

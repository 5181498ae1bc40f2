using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Stage;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Storage;

/// <summary>Keeps invitations to stages, and everything that becomes of them.</summary>
/// <remarks>
/// <para><b>Guarantee.</b> Invited, answered and cancelled: on the disk before it is in force, and in force when the call returns. Left and expired: in force at once,
/// on the disk within a second or two; a start that finds one open whose viewer is not there ends it.</para>
/// <para><b>Bound.</b> <see cref="PresenceLimits.Invitations"/>: the latest of each viewer and room, and those that are over for <see cref="StageInvitations.Kept"/>.</para>
/// <para><b>Threads.</b> Any; changes follow one another.</para>
/// </remarks>
public sealed class StageStore(PresenceDatabase database, PresenceEngine engine) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private bool _hasLookedForAbsent;

    /// <summary>Something became of an invitation, which is in force. Raised without a lock.</summary>
    public event EventHandler<StageChangedEventArgs>? Changed;

    /// <summary>Reads what is stored, before viewers are restored, and whenever it was changed elsewhere: the one place where such news arrives.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var stored = (await context.StageInvitations.AsNoTracking().ToListAsync(cancellationToken)).ConvertAll(ToInvitation);
            var ids = stored.Select(invitation => invitation.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in engine.Stage.All.Where(known => !ids.Contains(known.Id)).ToList())
                engine.Stage.Forget(gone);
            foreach (var invitation in stored.Where(invitation => engine.Stage.Of(invitation.RoomId, invitation.UserId) != invitation))
                engine.Stage.Set(invitation);
        }
        finally
        {
            _hasLookedForAbsent = false;
            _oneAtATime.Release();
        }
    }

    /// <summary>Invites a viewer who is present. One that is open already stays as it is.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="userId">Who.</param>
    /// <param name="answerWithin">Already validated (<see cref="InvitationRules"/>).</param>
    /// <param name="by">Who invites.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The open invitation, and whether it is new; null when the viewer is not present.</returns>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    public async Task<(StageInvitation Invitation, bool IsNew)?> InviteAsync(string roomId, string userId, TimeSpan answerWithin, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var now = database.Now();
            var before = engine.InvitationOf(roomId, userId);
            if (before is { Status: InvitationStatus.Accepted } || before?.Remaining(now) > TimeSpan.Zero)
                return (before, false);
            if (engine.Find(roomId, userId) is null)
                return null;
            if (before is null)
                await MakeRoomAsync(cancellationToken);

            var invitation = new StageInvitation("inv_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), roomId, userId, InvitationStatus.Pending, now, Milliseconds(now + answerWithin), by.Name);
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            await context.DeleteAsync(context.StageInvitations.Where(r => r.RoomId == roomId && r.UserId == userId), cancellationToken);
            context.Add(ToRecord(invitation));
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.InvitationCreated, by) { RoomId = roomId, UserId = userId, Object = invitation.Id, New = AuditEntry.Values(("expiresAt", invitation.ExpiresAt)) }, now, cancellationToken);
            context.WriteEvents([WebhookEvents.Invitation(invitation, now)], now);
            await transaction.CommitAsync(cancellationToken);
            engine.Invite(invitation);
            Tell(engine.InvitationOf(roomId, userId) ?? invitation);
            return (invitation, true);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The answer of the invited viewer.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="userId">The subject of the caller's token.</param>
    /// <param name="id">The invitation's.</param>
    /// <param name="accepts">Yes or no.</param>
    /// <param name="address">The hash of where it came from.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The invitation as it is now, whatever that is; null when the viewer has none with this id.</returns>
    public async Task<StageInvitation?> AnswerAsync(string roomId, string userId, string id, bool accepts, string? address, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (engine.InvitationOf(roomId, userId) is not { } invitation || invitation.Id != id)
                return null;
            var now = database.Now();
            if (invitation.Status == InvitationStatus.Pending && invitation.Remaining(now) == TimeSpan.Zero)
                return await ChangeAsync(invitation, InvitationAct.Expire, entry: null, now, cancellationToken);
            // Not by its id, which would outlive the person: the row's viewer is who acted.
            return await ChangeAsync(
                invitation, accepts ? InvitationAct.Accept : InvitationAct.Reject, new AuditEntry(AuditActs.InvitationAnswered, new Actor("the viewer", ActorKind.Viewer, address)), now, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Takes an invitation back, or its viewer off the stage. One that is over stays as it is.</summary>
    /// <returns>The invitation as it is now; null when the room has none with this id.</returns>
    public async Task<StageInvitation?> CancelAsync(string roomId, string id, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            return engine.Stage.All.FirstOrDefault(known => known.Id == id && PresenceComparers.RoomId.Equals(known.RoomId, roomId)) is { } invitation
                ? await ChangeAsync(invitation, InvitationAct.Cancel, new AuditEntry(AuditActs.InvitationCancelled, by), database.Now(), cancellationToken)
                : null;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Lowers a viewer's raised hand, or with null all of a room; how many were up. Recorded when there was one.</summary>
    public async Task<int> LowerHandsAsync(string roomId, string? userId, Actor by, CancellationToken cancellationToken)
    {
        var raised = engine.HandsIn(roomId).Count(hand => userId is null || PresenceComparers.UserId.Equals(hand.UserId, userId));
        if (raised == 0)
            return 0;
        await using var context = database.CreateDbContext();
        await context.RecordAloneAsync(new AuditEntry(AuditActs.HandLowered, by) { RoomId = roomId, UserId = userId, New = AuditEntry.Values(("hands", raised)) }, database.Now(), cancellationToken);
        return engine.LowerHands(roomId, userId);
    }

    /// <summary>Ends what is due, stores what ended by leaving, and forgets what has been over for long. Called once a second.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        if (engine.Stage.IsEmpty)
            return;
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var now = database.Now();
            var all = engine.Stage.All.ToList();
            if (!_hasLookedForAbsent)
                all.ForEach(engine.EndIfAbsent);
            _hasLookedForAbsent = true;
            var left = engine.Stage.TakeLeft();
            var expired = all.FindAll(invitation => invitation.Status == InvitationStatus.Pending && invitation.Remaining(now) == TimeSpan.Zero);
            var over = all.FindAll(invitation => invitation.EndedAt <= now - StageInvitations.Kept);
            try
            {
                foreach (var invitation in expired)
                    await ChangeAsync(invitation, InvitationAct.Expire, entry: null, now, cancellationToken);
                foreach (var invitation in left)
                    await StoreAsync(invitation, entry: null, now, cancellationToken);
            }
            catch
            {
                engine.Stage.GiveBack(left);
                throw;
            }
            foreach (var invitation in left)
                Tell(invitation);
            await ForgetAsync(over, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The invitations kept of one user.</summary>
    internal async Task<IReadOnlyList<StageInvitation>> OfUserAsync(string userId, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return (await context.StageInvitations.AsNoTracking().Where(r => r.UserId == userId).OrderBy(r => r.InvitedAt).ToListAsync(cancellationToken)).ConvertAll(ToInvitation);
    }

    /// <summary>Forgets all invitations of one user, open ones too; how many there were.</summary>
    internal async Task<int> EraseAsync(string userId, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var rows = await context.DeleteAsync(context.StageInvitations.Where(r => r.UserId == userId), cancellationToken);
            foreach (var invitation in engine.Stage.All.Where(known => PresenceComparers.UserId.Equals(known.UserId, userId)).ToList())
                engine.Stage.Forget(invitation);
            return rows;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Stores and puts in force what an act makes of an invitation; one that is not open to it stays.</summary>
    private async Task<StageInvitation> ChangeAsync(StageInvitation invitation, InvitationAct act, AuditEntry? entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (invitation.After(act, now) is not { } after)
            return invitation;
        await StoreAsync(after, entry, now, cancellationToken);
        if (!engine.Stage.TryReplace(invitation, after))
            return engine.InvitationOf(invitation.RoomId, invitation.UserId) ?? after; // the viewer left meanwhile, which is stored next
        engine.SignalStage(after.RoomId);
        Tell(after);
        return after;
    }

    private async Task StoreAsync(StageInvitation invitation, AuditEntry? entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        await context.UpdateAsync(
            context.StageInvitations.Where(r => r.Id == invitation.Id),
            set => set.SetProperty(r => r.Status, invitation.Status).SetProperty(r => r.AcceptedAt, invitation.AcceptedAt).SetProperty(r => r.EndedAt, invitation.EndedAt).SetProperty(r => r.HasLeft, invitation.HasLeft),
            cancellationToken);
        if (entry is not null)
            await context.RecordAsync(entry with { RoomId = invitation.RoomId, UserId = invitation.UserId, Object = invitation.Id, New = AuditEntry.Values(("status", invitation.Status)) }, now, cancellationToken);
        context.WriteEvents([WebhookEvents.Invitation(invitation, now)], now);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Those that are over make way.</summary>
    private async Task MakeRoomAsync(CancellationToken cancellationToken)
    {
        if (engine.Stage.IsFull)
            await ForgetAsync([.. engine.Stage.All.Where(invitation => !invitation.IsOpen)], cancellationToken);
        if (engine.Stage.IsFull)
            throw new StoreFullException(engine.Limits.Invitations, $"The limit of {engine.Limits.Invitations} invitations is reached. Cancel one first.");
    }

    private async Task ForgetAsync(List<StageInvitation> over, CancellationToken cancellationToken)
    {
        if (over.Count == 0)
            return;
        string[] ids = [.. over.Select(invitation => invitation.Id)];
        await using var context = database.CreateDbContext();
        await context.DeleteAsync(context.StageInvitations.Where(r => ids.Contains(r.Id)), cancellationToken);
        over.ForEach(engine.Stage.Forget);
        foreach (var roomId in over.Select(invitation => invitation.RoomId).Distinct(PresenceComparers.RoomId))
            engine.SignalStage(roomId);
    }

    private void Tell(StageInvitation invitation) => Changed?.Invoke(this, new StageChangedEventArgs(invitation));

    private static DateTimeOffset Milliseconds(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeMilliseconds(instant.ToUnixTimeMilliseconds());

    private static StageInvitation ToInvitation(StageInvitationRecord record) =>
        new(record.Id, record.RoomId, record.UserId, record.Status, record.InvitedAt, record.ExpiresAt, record.InvitedBy) { AcceptedAt = record.AcceptedAt, EndedAt = record.EndedAt, HasLeft = record.HasLeft };

    private static StageInvitationRecord ToRecord(StageInvitation invitation) => new()
    {
        Id = invitation.Id,
        RoomId = invitation.RoomId,
        UserId = invitation.UserId,
        Status = invitation.Status,
        InvitedAt = invitation.InvitedAt,
        ExpiresAt = invitation.ExpiresAt,
        InvitedBy = invitation.InvitedBy,
    };
}

/// <summary>The latest invitation of a viewer in a room.</summary>
internal sealed class StageInvitationRecord
{
    public required string Id { get; init; }
    public required string RoomId { get; init; }
    public required string UserId { get; init; }
    public InvitationStatus Status { get; init; }
    public DateTimeOffset InvitedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public required string InvitedBy { get; init; }
    public DateTimeOffset? AcceptedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public bool HasLeft { get; init; }
}

/// <summary>What became of an invitation.</summary>
/// <param name="invitation">As it is now.</param>
public sealed class StageChangedEventArgs(StageInvitation invitation) : EventArgs
{
    /// <summary>The invitation as it is now.</summary>
    public StageInvitation Invitation => invitation;
}

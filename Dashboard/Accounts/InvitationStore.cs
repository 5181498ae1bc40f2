using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Presence.Dashboard.Display;
using Presence.Engine.Audit;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>
/// Invites moderators by links that work once, for a week and for one role. Anyone with a link can use it, so it is shown
/// once, to who made it; stored is a hash of its token.
/// </summary>
/// <remarks>Bounded: at most <see cref="Most"/> wait at once; what expired a day ago, by a clock that is believed, is deleted with the next invitation.</remarks>
internal sealed class InvitationStore(IServiceScopeFactory scopes, PresenceDatabase database, AccountChanges changes, TimeProvider time, ILogger<InvitationStore> log) : IDisposable
{
    public const int Most = 100;
    public const int LongestName = 100;
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private const int TokenBytes = 32;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Those that can still be used, the newest first.</summary>
    public async Task<IReadOnlyList<Invitation>> ListAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = time.GetUtcNow();
        return await Context(scope).Invitations.AsNoTracking().Where(record => record.ExpiresAt > now).OrderByDescending(record => record.Id)
            .Select(record => InvitationOf(record)).ToListAsync(cancellationToken);
    }

    /// <exception cref="ModeratorChangeRefusedException">The name is missing or too long, or too many invitations wait. Nothing was stored.</exception>
    public async Task<IssuedInvitation> IssueAsync(string name, ModeratorAccess access, Actor by, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
            throw new ModeratorChangeRefusedException(Sentence.With(PeopleTexts.NameRule, LongestName));

        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var context = Context(scope);
            var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
            var longAgo = database.LongAgo();
            await context.DeleteAsync(context.Invitations.Where(record => record.ExpiresAt <= longAgo), cancellationToken);
            if (await context.Invitations.CountAsync(record => record.ExpiresAt > now, cancellationToken) >= Most)
                throw new ModeratorChangeRefusedException(Sentence.With(PeopleTexts.TooManyInvitations, Most));

            var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
            var record = new InvitationRecord { Name = name, Role = access.Role ?? ModeratorRole.Observer, Rooms = access.Rooms?.ToString(), ObservesElsewhere = access.ObservesElsewhere, TokenHash = Hash(token), InvitedBy = by.Name, InvitedAt = now, ExpiresAt = now + Lifetime };
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            context.Add(record);
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.AccountInvited, by) { Object = name, New = access.ToValues(("expiresAt", record.ExpiresAt)) }, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            log.LogInformation("{By} invited {Name} as {Access}.", by, name, access);
            changes.Announce(accountId: null);
            return new IssuedInvitation(InvitationOf(record), $"{ModeratorAccounts.JoinPath}?token={token}");
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Revokes an invitation. Its link stops working. Revoking one that no longer exists also succeeds.</summary>
    public async Task RemoveAsync(int id, Actor by, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = Context(scope);
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        if (await context.Invitations.AsNoTracking().FirstOrDefaultAsync(record => record.Id == id, cancellationToken) is { } invitation)
        {
            await context.DeleteAsync(context.Invitations.Where(record => record.Id == id), cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.AccountInvitationRevoked, by) { Object = invitation.Name, Old = InvitationOf(invitation).Access.ToValues() }, time.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            log.LogInformation("{By} revoked invitation {Id}.", by, id);
        }
        changes.Announce(accountId: null);
    }

    /// <summary>The invitation of a link; null if it was used, revoked, has expired or never existed.</summary>
    public async Task<Invitation?> FindAsync(string? token, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
            return null;
        await using var scope = scopes.CreateAsyncScope();
        var (hash, now) = (Hash(token), time.GetUtcNow());
        return await Context(scope).Invitations.AsNoTracking().Where(record => record.TokenHash == hash && record.ExpiresAt > now)
            .Select(record => InvitationOf(record)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Makes the account a link promises and uses the link up; both or neither.</summary>
    /// <returns>What is wrong with the email or the password; empty when the account was made; null when the link is dead.</returns>
    /// <exception cref="HashingBusyException">Nothing was made and the link still works.</exception>
    public async Task<IReadOnlyList<string>?> JoinAsync(string? token, string email, string password, string? address, CancellationToken cancellationToken)
    {
        if (await FindAsync(token, cancellationToken) is not { } invitation)
            return null;
        await using var scope = scopes.CreateAsyncScope();
        var context = Context(scope);
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();

        // Before the transaction, because hashing is slow and all other writers would wait.
        var account = new ModeratorAccount { UserName = email, Email = email, EmailConfirmed = true, Name = invitation.Name };
        invitation.Access.Store(account);
        var made = await scope.ServiceProvider.GetRequiredService<ModeratorPasswords>().SetAsync(account, password, cancellationToken);
        if (!made.Succeeded)
            return AccountErrors.Of(made);

        // The link is deleted first, so that only one of two simultaneous uses succeeds.
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        if (await context.DeleteAsync(context.Invitations.Where(record => record.Id == invitation.Id), cancellationToken) == 0)
            return null;
        made = await accounts.CreateAsync(account);
        if (made.Succeeded)
            made = await accounts.AddToRoleAsync(account, invitation.Access.Role.ToString()!);
        if (!made.Succeeded)
            return AccountErrors.Of(made);

        await context.RecordAsync(
            new AuditEntry(AuditActs.AccountCreated, new Actor(email, ActorKind.Moderator, address)) { Object = email, New = invitation.Access.ToValues(("invitedBy", invitation.InvitedBy)) }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        log.LogInformation("{Email} joined as {Access}, invited by {By}.", email, invitation.Access, invitation.InvitedBy);
        changes.Announce(account.Id);
        return [];
    }

    public void Dispose() => _oneAtATime.Dispose();

    private static Invitation InvitationOf(InvitationRecord record) =>
        new(record.Id, record.Name, ModeratorAccess.Of(record.Role, RoomSet.Read(record.Rooms), record.ObservesElsewhere), record.InvitedBy, record.ExpiresAt);

    private static AccountsContext Context(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<AccountsContext>();

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

/// <summary>An invitation as it is stored: without the token itself, so that a copy of the database contains no usable invitation.</summary>
internal sealed class InvitationRecord
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public required ModeratorRole Role { get; set; }

    /// <summary>The rooms the role is for, as <see cref="RoomSet"/> writes them; null for all.</summary>
    public string? Rooms { get; set; }

    public bool ObservesElsewhere { get; set; }
    public required byte[] TokenHash { get; set; }
    public required string InvitedBy { get; set; }
    public required DateTimeOffset InvitedAt { get; set; }
    public required DateTimeOffset ExpiresAt { get; set; }
}

/// <summary>A pending invitation.</summary>
/// <param name="Id">Names it among the others; no secret.</param>
/// <param name="Name">Who is invited, as the inviter wrote it.</param>
/// <param name="Access">What the account will be, and where.</param>
/// <param name="InvitedBy">Who invited.</param>
/// <param name="ExpiresAt">When the link stops working.</param>
internal sealed record Invitation(int Id, string Name, ModeratorAccess Access, string InvitedBy, DateTimeOffset ExpiresAt);

/// <summary>A new invitation with its link, shown only once.</summary>
/// <param name="Invitation">What was stored.</param>
/// <param name="PathAndQuery">The link, without the server's address.</param>
internal sealed record IssuedInvitation(Invitation Invitation, string PathAndQuery);

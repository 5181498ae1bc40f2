using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>
/// The browsers that are signed in. A cookie alone proves nothing: it names a session that must be known here, so that one
/// that was ended stays ended, whoever kept a copy of its cookie.
/// </summary>
/// <remarks>Bounded: an account has at most <see cref="MostOfAccount"/>, and the next ends the oldest; what is past its lifetime goes with the next sign-in.</remarks>
internal sealed class ModeratorSessions(
    AccountsContext context, SignInManager<ModeratorAccount> signIn, AccountChanges changes, DashboardOptions options, TimeProvider time)
{
    public const int MostOfAccount = 100;

    /// <summary>The claim that names the session.</summary>
    public const string ClaimType = "presence:session";

    private const int TokenBytes = 16;

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Signs this browser in, with a session of its own.</summary>
    public async Task BeginAsync(ModeratorAccount account, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var began = Now;
        var expired = began - options.SignIn.Lifetime;
        await context.Sessions.Where(session => session.StartedAt <= expired).ExecuteDeleteAsync(cancellationToken);
        var last = await context.Sessions.Where(session => session.AccountId == account.Id).OrderByDescending(session => session.Id)
            .Skip(MostOfAccount - 1).Select(session => session.Id).FirstOrDefaultAsync(cancellationToken);
        if (last > 0)
            await context.Sessions.Where(session => session.AccountId == account.Id && session.Id <= last).ExecuteDeleteAsync(cancellationToken);
        context.Sessions.Add(new SessionRecord { TokenHash = Hash(token), AccountId = account.Id, StartedAt = began });
        await context.SaveChangesAsync(cancellationToken);
        await SignInAsync(account, token);
    }

    /// <summary>Null while the session of a principal was begun here, was not ended, and is not too old; else what ended it.</summary>
    public async Task<SessionEnd?> EndOfAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (principal.FindFirstValue(ClaimType) is not { } token)
            return SessionEnd.Expired; // from before sessions were kept
        var hash = Hash(token);
        var startedAt = await context.Sessions.Where(session => session.TokenHash == hash).Select(session => (DateTimeOffset?)session.StartedAt).FirstOrDefaultAsync(cancellationToken);
        return startedAt is null ? SessionEnd.SignedOut : startedAt <= Now - options.SignIn.Lifetime ? SessionEnd.Expired : null;
    }

    /// <summary>Signs this browser out: its cookie and all copies of it are worth nothing from here on, and its open pages are told.</summary>
    public async Task EndAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (principal.FindFirstValue(ClaimType) is { } token)
        {
            var hash = Hash(token);
            await context.Sessions.Where(session => session.TokenHash == hash).ExecuteDeleteAsync(cancellationToken);
            changes.Announce(principal.FindFirstValue(ClaimTypes.NameIdentifier));
        }
        await signIn.SignOutAsync();
    }

    /// <summary>Ends every other session of an account whose stamp has changed; this browser stays.</summary>
    public async Task KeepOnlyAsync(ClaimsPrincipal principal, ModeratorAccount account, CancellationToken cancellationToken)
    {
        var token = principal.FindFirstValue(ClaimType) ?? "";
        var hash = Hash(token);
        await context.Sessions.Where(session => session.AccountId == account.Id && session.TokenHash != hash).ExecuteDeleteAsync(cancellationToken);
        await SignInAsync(account, token);
        changes.Announce(account.Id);
    }

    private Task SignInAsync(ModeratorAccount account, string token) => signIn.SignInWithClaimsAsync(account, isPersistent: true, [new Claim(ClaimType, token)]);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

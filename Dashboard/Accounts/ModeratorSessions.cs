using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Hosting;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>
/// The browsers that are signed in. A cookie alone proves nothing: it names a session that must be known here, so that one
/// that was ended stays ended, also for a copy of its cookie.
/// </summary>
/// <remarks>Bounded: an account has at most <see cref="MostOfAccount"/>, and the next ends the oldest; what is past its lifetime for a day, by a clock that is believed, goes with the next sign-in.</remarks>
internal sealed class ModeratorSessions(
    AccountsContext context, PresenceDatabase database, SignInManager<ModeratorAccount> signIn, AccountChanges changes, DashboardOptions options, TimeProvider time)
{
    public const int MostOfAccount = 100;

    /// <summary>The claim that names the session.</summary>
    public const string ClaimType = "presence:session";

    /// <summary>The claim that says until when the provider's word counts, in Unix milliseconds.</summary>
    private const string UntilClaimType = "presence:until";

    /// <summary>The claim of a session that a passkey opened.</summary>
    private const string PasskeyClaimType = "presence:passkey";

    private const int TokenBytes = 16;

    private static readonly TimeSpan UntilItLeft = TimeSpan.FromSeconds(0.5);

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Signs this browser in, with a session of its own.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="by">Who, and from where.</param>
    /// <param name="means">What proved it, for the audit log.</param>
    /// <param name="cancellationToken">Gives up; nobody is signed in.</param>
    /// <param name="provider">For who signed in at the provider.</param>
    public async Task BeginAsync(ModeratorAccount account, Actor by, string means, CancellationToken cancellationToken, ProviderSession? provider = null)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var began = Now;
        if (database.LongAgo() is var longAgo && longAgo - DateTimeOffset.MinValue > options.SignIn.Lifetime)
        {
            var expired = longAgo - options.SignIn.Lifetime;
            await context.DeleteAsync(context.Sessions.Where(session => session.StartedAt <= expired), cancellationToken);
        }
        var last = await context.Sessions.Where(session => session.AccountId == account.Id).OrderByDescending(session => session.Id)
            .Skip(MostOfAccount - 1).Select(session => session.Id).FirstOrDefaultAsync(cancellationToken);
        if (last > 0)
            await context.DeleteAsync(context.Sessions.Where(session => session.AccountId == account.Id && session.Id <= last), cancellationToken);
        await using (var transaction = await context.BeginWriteAsync(cancellationToken))
        {
            context.Sessions.Add(new SessionRecord { TokenHash = Hash(token), AccountId = account.Id, StartedAt = began });
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.SignedIn, by) { New = AuditEntry.Values(("with", means)) }, began, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        await SignInAsync(account, token, provider, means == Passkeys.Means);
    }

    /// <summary>Whether a session was opened with more than a password and without a code of ours: by a passkey, or at the provider.</summary>
    public static bool IsStrong(ClaimsPrincipal principal) => principal.HasClaim(claim => claim.Type == PasskeyClaimType) || UntilOf(principal) is not null;

    /// <summary>Null while the session of a principal was begun here, was not ended, and is not too old; else what ended it.</summary>
    public async Task<SessionEnd?> EndOfAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (principal.FindFirstValue(ClaimType) is not { } token)
            return SessionEnd.Expired; // issued before sessions were stored
        if (UntilOf(principal) is { } until ? until <= Now : !options.SignIn.LocalAccounts)
            return SessionEnd.Expired; // the provider is asked again, or passwords no longer count
        var hash = Hash(token);
        var startedAt = await context.Sessions.Where(session => session.TokenHash == hash).Select(session => (DateTimeOffset?)session.StartedAt).FirstOrDefaultAsync(cancellationToken);
        return startedAt is null ? SessionEnd.SignedOut : startedAt <= Now - options.SignIn.Lifetime ? SessionEnd.Expired : null;
    }

    /// <summary>Signs this browser out: its cookie and all copies of it are worth nothing from here on, and its open pages are told.</summary>
    /// <param name="principal">Who.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="isLeaving">The answer leads to the provider: told at once, the page that signs out would go to the sign-in page instead.</param>
    public async Task EndAsync(ClaimsPrincipal principal, CancellationToken cancellationToken, bool isLeaving = false)
    {
        if (principal.FindFirstValue(ClaimType) is { } token)
        {
            var hash = Hash(token);
            await using (var transaction = await context.BeginWriteAsync(cancellationToken))
            {
                if (await context.DeleteAsync(context.Sessions.Where(session => session.TokenHash == hash), cancellationToken) > 0)
                    await context.RecordAsync(new AuditEntry(AuditActs.SignedOut, principal.Actor()), Now, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
            _ = AnnounceAsync(principal.FindFirstValue(ClaimTypes.NameIdentifier), isLeaving ? UntilItLeft : TimeSpan.Zero);
        }
        await signIn.SignOutAsync();
    }

    /// <summary>Ends every other session of an account whose stamp has changed; this browser stays.</summary>
    public async Task KeepOnlyAsync(ClaimsPrincipal principal, ModeratorAccount account, CancellationToken cancellationToken)
    {
        var token = principal.FindFirstValue(ClaimType) ?? "";
        var hash = Hash(token);
        await context.DeleteAsync(context.Sessions.Where(session => session.AccountId == account.Id && session.TokenHash != hash), cancellationToken);
        await SignInAsync(account, token, UntilOf(principal) is { } until ? new ProviderSession(until, await signIn.Context.GetTokenAsync(IdentityConstants.ApplicationScheme, "id_token")) : null, principal.HasClaim(claim => claim.Type == PasskeyClaimType));
        changes.Announce(account.Id);
    }

    private async Task AnnounceAsync(string? accountId, TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, time);
        changes.Announce(accountId);
    }

    private Task SignInAsync(ModeratorAccount account, string token, ProviderSession? provider, bool isByPasskey)
    {
        var session = new Claim(ClaimType, token);
        if (provider is null)
            return signIn.SignInWithClaimsAsync(account, isPersistent: true, isByPasskey ? [session, new Claim(PasskeyClaimType, "true")] : [session]);
        var properties = new AuthenticationProperties { IsPersistent = false, AllowRefresh = false, IssuedUtc = Now, ExpiresUtc = provider.Until };
        if (provider.IdToken is { } idToken)
            properties.StoreTokens([new AuthenticationToken { Name = "id_token", Value = idToken }]);
        return signIn.SignInWithClaimsAsync(account, properties, [session, new Claim(UntilClaimType, provider.Until.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture))]);
    }

    /// <summary>When the session of who signed in at the provider ends; null for others.</summary>
    private static DateTimeOffset? UntilOf(ClaimsPrincipal principal) =>
        long.TryParse(principal.FindFirstValue(UntilClaimType), CultureInfo.InvariantCulture, out var until) ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null;

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

/// <summary>One browser signed in to an account, as it is stored: its id itself is not, so that a copy of the database opens no page.</summary>
internal sealed class SessionRecord
{
    public int Id { get; set; }
    public required byte[] TokenHash { get; set; }
    public required string AccountId { get; set; }
    public required DateTimeOffset StartedAt { get; set; }
}

/// <summary>Why a browser that was signed in is no longer.</summary>
internal enum SessionEnd
{
    /// <summary>The cookie or the session is older than it may be.</summary>
    Expired,

    /// <summary>Signed out, here or in another window of the same browser.</summary>
    SignedOut,

    /// <summary>An Admin switched the account off or deleted it.</summary>
    AccountClosed,

    /// <summary>An Admin gave the account another role.</summary>
    RoleChanged,

    /// <summary>The password was changed, or the account was signed out everywhere.</summary>
    SignedOutEverywhere,
}

/// <summary>Carries the reason from the request that noticed it to the sign-in page, which says it.</summary>
internal static class SessionEnds
{
    public const string Parameter = "Ended";

    /// <summary>Notes it for the rest of a request.</summary>
    public static void Note(HttpContext http, SessionEnd end) => http.Items[typeof(SessionEnd)] = end;

    /// <summary>Why the browser of a request is not signed in; null where it never was.</summary>
    public static SessionEnd? Of(HttpContext http)
    {
        if (http.Items.TryGetValue(typeof(SessionEnd), out var noted))
            return (SessionEnd)noted!;
        if (http.User.Identity?.IsAuthenticated == true)
            return null;
        // An expired cookie isn't decrypted. Its presence shows that there was a session.
        var cookies = http.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        return cookies.CookieManager.GetRequestCookie(http, cookies.Cookie.Name!) is null ? null : SessionEnd.Expired;
    }

    /// <summary>The URL of the sign-in page with the reason, because the cookie is deleted by then.</summary>
    public static Task RedirectAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        var address = Of(context.HttpContext) is { } end ? QueryHelpers.AddQueryString(context.RedirectUri, Parameter, end.ToString()) : context.RedirectUri;
        context.Response.Redirect(address);
        return Task.CompletedTask;
    }
}

/// <summary>When each moderator last had a page open. Kept in memory and stored once a minute: a page load writes nothing.</summary>
/// <remarks>Bounded by the accounts there are, which Admins make.</remarks>
internal sealed class LastSeen(IServiceScopeFactory scopes, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _unsaved = new(StringComparer.Ordinal);

    public void Note(string accountId) => _unsaved[accountId] = time.GetUtcNow();

    /// <summary>What is known here and not yet stored, or null.</summary>
    public DateTimeOffset? Of(string accountId) => _unsaved.TryGetValue(accountId, out var at) ? at : null;

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_unsaved.IsEmpty)
            return;
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        foreach (var seen in _unsaved.ToArray())
        {
            await context.UpdateAsync(context.Users.Where(account => account.Id == seen.Key), account => account.SetProperty(one => one.LastSeenAt, seen.Value), cancellationToken);
            _unsaved.TryRemove(seen); // kept if it was recorded again since
        }
    }
}

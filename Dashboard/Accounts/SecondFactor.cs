using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Storage;
using QRCoder;

namespace Presence.Dashboard.Accounts;

/// <summary>The second factor of an account: an authenticator app, and recovery codes for the day the phone is lost.</summary>
internal sealed class SecondFactor(UserManager<ModeratorAccount> accounts, AccountsContext context, ModeratorSessions sessions, TimeProvider time)
{
    public const int RecoveryCodes = 10;

    // Where Identity's store keeps both. Its own methods for the first two also change the stamp, which would end sessions before anything is switched on.
    private const string Provider = "[AspNetUserStore]";
    private const string KeyName = "AuthenticatorKey";
    private const string CodesName = "RecoveryCodes";

    private const int HalfOfARecoveryCode = 5;

    /// <summary>Makes the key for an app. It asks for nothing until a code confirms it (<see cref="ConfirmAsync"/>); a newer key takes its place.</summary>
    public async Task<AuthenticatorKey> BeginAsync(ModeratorAccount account)
    {
        var key = accounts.GenerateNewAuthenticatorKey();
        Require(await accounts.SetAuthenticationTokenAsync(account, Provider, KeyName, key));
        return new AuthenticatorKey(account.Email ?? "", key);
    }

    /// <summary>The key that waits for its code; null before <see cref="BeginAsync"/>.</summary>
    public async Task<AuthenticatorKey?> PendingAsync(ModeratorAccount account) =>
        !account.TwoFactorEnabled && await accounts.GetAuthenticatorKeyAsync(account) is { } key ? new AuthenticatorKey(account.Email ?? "", key) : null;

    /// <summary>Switches it on with a code of the app. Other sessions of the account end.</summary>
    /// <returns>The recovery codes, this once; null when the code was wrong.</returns>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(ModeratorAccount account, string code, ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (account.TwoFactorEnabled || !await accounts.VerifyTwoFactorTokenAsync(account, TokenOptions.DefaultAuthenticatorProvider, Plain(code)))
            return null;
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        Require(await accounts.SetTwoFactorEnabledAsync(account, enabled: true));
        var codes = await MakeCodesAsync(account);
        await context.RecordAsync(new AuditEntry(AuditActs.SecondFactorEnabled, principal.Actor()) { Object = account.Email }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await sessions.KeepOnlyAsync(principal, account, cancellationToken);
        return codes;
    }

    /// <summary>Makes new recovery codes; those before are worth nothing.</summary>
    public async Task<IReadOnlyList<string>> RenewCodesAsync(ModeratorAccount account, Actor by, CancellationToken cancellationToken)
    {
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        var codes = await MakeCodesAsync(account);
        await context.RecordAsync(new AuditEntry(AuditActs.RecoveryCodesRenewed, by) { Object = account.Email }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return codes;
    }

    /// <summary>Switches it off. Other sessions of the account end.</summary>
    public async Task DisableAsync(ModeratorAccount account, ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        await RemoveAsync(accounts, account);
        Require(await accounts.UpdateSecurityStampAsync(account));
        await context.RecordAsync(new AuditEntry(AuditActs.SecondFactorDisabled, principal.Actor()) { Object = account.Email }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await sessions.KeepOnlyAsync(principal, account, cancellationToken);
    }

    /// <summary>Whether it is a code of the account's app, or one of its recovery codes, which is used up by this.</summary>
    /// <returns>What it was; null for a wrong code.</returns>
    public async Task<string?> VerifyAsync(ModeratorAccount account, string code, Actor by, CancellationToken cancellationToken)
    {
        code = Plain(code);
        if (await accounts.VerifyTwoFactorTokenAsync(account, TokenOptions.DefaultAuthenticatorProvider, code))
            return "authenticator app";
        if (code.Length != 2 * HalfOfARecoveryCode)
            return null;
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        // Of two at the same moment one fails: the account's row has changed.
        if (!(await accounts.RedeemTwoFactorRecoveryCodeAsync(account, $"{code[..HalfOfARecoveryCode]}-{code[HalfOfARecoveryCode..]}")).Succeeded)
            return null;
        var left = await accounts.CountRecoveryCodesAsync(account);
        await context.RecordAsync(new AuditEntry(AuditActs.RecoveryCodeUsed, by) { Object = account.Email, New = AuditEntry.Values(("left", left)) }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return "recovery code";
    }

    /// <summary>How many recovery codes are left.</summary>
    public Task<int> CountCodesAsync(ModeratorAccount account) => accounts.CountRecoveryCodesAsync(account);

    /// <summary>Takes key and codes away, in the caller's transaction.</summary>
    internal static async Task RemoveAsync(UserManager<ModeratorAccount> accounts, ModeratorAccount account)
    {
        Require(await accounts.RemoveAuthenticationTokenAsync(account, Provider, KeyName));
        Require(await accounts.RemoveAuthenticationTokenAsync(account, Provider, CodesName));
        account.TwoFactorEnabled = false;
        Require(await accounts.UpdateAsync(account));
    }

    private async Task<IReadOnlyList<string>> MakeCodesAsync(ModeratorAccount account) =>
        [.. await accounts.GenerateNewTwoFactorRecoveryCodesAsync(account, RecoveryCodes) ?? throw new InvalidOperationException("The recovery codes couldn't be stored.")];

    /// <summary>As stored: people type codes with spaces, without the hyphen and in lower case.</summary>
    private static string Plain(string code) => string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    private static void Require(IdentityResult result)
    {
        if (!result.Succeeded)
            throw new InvalidOperationException("The account couldn't be changed: " + string.Join(" ", AccountErrors.Of(result)));
    }
}

/// <summary>
/// Whether everybody needs a second factor. Who has none is led to set one up after the password, and can do nothing else: the
/// principal of its requests and circuits holds no role until then.
/// </summary>
internal sealed class SecondFactorRule(IServiceScopeFactory scopes, AccountChanges changes, TimeProvider time, ILogger<SecondFactorRule> log)
{
    /// <summary>The claim that says whether a session has a second factor, or has yet to get one. Of no cookie: it is made with each request.</summary>
    public const string ClaimType = "presence:second-factor";

    private const string Had = "has";
    private const string Needed = "needs";

    public static async Task<bool> IsInForceAsync(AccountsContext context, CancellationToken cancellationToken) =>
        await context.SignInRules.AnyAsync(rules => rules.RequiresSecondFactor, cancellationToken);

    /// <summary>What a session counts as: with an authenticator app it was opened with a code, a passkey is two factors in one, and at a provider the provider asks.</summary>
    /// <returns>Null where nothing is asked for and nothing is there.</returns>
    public static Claim? ClaimOf(ModeratorAccount account, ClaimsPrincipal session, bool isInForce) =>
        account.TwoFactorEnabled || ModeratorSessions.IsStrong(session) ? new Claim(ClaimType, Had) : isInForce ? new Claim(ClaimType, Needed) : null;

    /// <summary>Whether a session may do nothing but set one up.</summary>
    public static bool IsNeededBy(ClaimsPrincipal session) => session.HasClaim(ClaimType, Needed);

    /// <summary>Whether a session has one.</summary>
    public static bool IsHeldBy(ClaimsPrincipal session) => session.HasClaim(ClaimType, Had);

    public async Task<bool> IsInForceAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await IsInForceAsync(scope.ServiceProvider.GetRequiredService<AccountsContext>(), cancellationToken);
    }

    /// <summary>Sets it. It holds with the next request, and in open pages at once.</summary>
    public async Task SetAsync(bool isInForce, Actor by, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        await using (var transaction = await context.BeginWriteAsync(cancellationToken))
        {
            var rules = await context.SignInRules.FirstOrDefaultAsync(cancellationToken);
            if (rules?.RequiresSecondFactor == isInForce || (rules is null && !isInForce))
                return;
            if (rules is null)
                context.SignInRules.Add(new SignInRules { RequiresSecondFactor = true });
            else
                rules.RequiresSecondFactor = isInForce;
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(new AuditEntry(isInForce ? AuditActs.SecondFactorRequired : AuditActs.SecondFactorOptional, by), time.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        log.LogInformation("{By} made the second factor {What}.", by, isInForce ? "required of everybody" : "everybody's own choice");
        changes.Announce(AccountChanges.Everybody);
    }
}

/// <summary>What holds for everybody who signs in: one row at most.</summary>
internal sealed class SignInRules
{
    public int Id { get; set; }
    public required bool RequiresSecondFactor { get; set; }
}

/// <summary>Marks a page or route that is also open to who has yet to set up a second factor, and to nothing else.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SetsUpSecondFactorAttribute : Attribute;

/// <summary>The key of an authenticator app, as a person or a camera reads it.</summary>
/// <param name="Email">Whose.</param>
/// <param name="Secret">In Base32.</param>
internal sealed record AuthenticatorKey(string Email, string Secret)
{
    private const int GroupLength = 4;
    private const int PixelsPerModule = 4;

    /// <summary>In groups of four, for typing.</summary>
    public string Spaced => string.Join(' ', Secret.Chunk(GroupLength).Select(group => new string(group)));

    /// <summary>A picture for the page itself: the key is in no address and no log.</summary>
    public string Picture
    {
        get
        {
            using var data = QRCodeGenerator.GenerateQrCode($"otpauth://totp/Presence:{Uri.EscapeDataString(Email)}?secret={Secret}&issuer=Presence&digits=6", QRCodeGenerator.ECCLevel.M);
            using var png = new PngByteQRCode(data);
            return "data:image/png;base64," + Convert.ToBase64String(png.GetGraphic(PixelsPerModule));
        }
    }
}

/// <summary>Checks codes of authenticator apps, as the framework does, and each once: it takes a code for as long as five minutes, however often.</summary>
internal sealed class OneTimeCodes(UsedCodes used) : AuthenticatorTokenProvider<ModeratorAccount>
{
    private const int Digits = 6;

    public override async Task<bool> ValidateAsync(string purpose, string token, UserManager<ModeratorAccount> manager, ModeratorAccount user) =>
        token.Length == Digits && token.All(char.IsAsciiDigit) // the framework also reads "+123456", which would be another code here
        && await base.ValidateAsync(purpose, token, manager, user)
        && used.TryUse(user.Id, token);
}

/// <summary>Codes that were right lately.</summary>
/// <remarks>Bounded by the accounts there are: an app has ten codes in this time.</remarks>
internal sealed class UsedCodes(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string AccountId, string Code), long> _usedAt = [];

    /// <summary>False for a code that was used already.</summary>
    public bool TryUse(string accountId, string code)
    {
        lock (_lock)
        {
            foreach (var (expired, _) in _usedAt.Where(one => time.GetElapsedTime(one.Value) >= Kept).ToList())
                _usedAt.Remove(expired);
            return _usedAt.TryAdd((accountId, code), time.GetTimestamp());
        }
    }
}

/// <summary>Who has given the right password and not yet a code, in a cookie of its own for five minutes.</summary>
internal static class PendingSignIn
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const string StampClaim = "presence:stamp";

    public static Task RememberAsync(HttpContext http, ModeratorAccount account) => http.SignInAsync(IdentityConstants.TwoFactorUserIdScheme, new ClaimsPrincipal(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, account.Id), new Claim(StampClaim, account.SecurityStamp ?? "")], IdentityConstants.TwoFactorUserIdScheme)));

    /// <summary>Null once it expired, or when the account's password or second factor was changed since.</summary>
    public static async Task<ModeratorAccount?> FindAsync(HttpContext http, UserManager<ModeratorAccount> accounts)
    {
        var pending = await http.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme);
        return pending.Principal?.FindFirstValue(ClaimTypes.Name) is { } id && await accounts.FindByIdAsync(id) is { IsDisabled: false } account
            && pending.Principal.FindFirstValue(StampClaim) == (account.SecurityStamp ?? "") ? account : null;
    }

    public static Task ForgetAsync(HttpContext http) => http.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
}

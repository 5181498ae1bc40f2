using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Hosting;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>Passkeys of accounts: a fingerprint, a face or a PIN in place of the password and the code.</summary>
/// <remarks>Bounded: an account has at most <see cref="Most"/>.</remarks>
internal sealed class Passkeys(UserManager<ModeratorAccount> accounts, SignInManager<ModeratorAccount> signIn, AccountsContext context, TimeProvider time)
{
    public const int Most = 20;
    public const int LongestName = 60;

    /// <summary>What the audit log says a session was opened with.</summary>
    public const string Means = "passkey";
    public const string OptionsPath = ModeratorAccounts.SignInPath + "/passkey";
    public const string NewOptionsPath = "/account/passkeys/options";

    /// <summary>An account's, the oldest first.</summary>
    public async Task<IReadOnlyList<UserPasskeyInfo>> ListAsync(ModeratorAccount account) => [.. (await accounts.GetPasskeysAsync(account)).OrderBy(passkey => passkey.CreatedAt)];

    /// <summary>Adds one that the browser made a moment ago.</summary>
    /// <returns>False for one that isn't what was asked for.</returns>
    public async Task<bool> AddAsync(ModeratorAccount account, string credential, string name, Actor by, CancellationToken cancellationToken)
    {
        if (await AttestAsync(credential) is not { Succeeded: true, Passkey: { } passkey, UserEntity.Id: { } id } || id != account.Id)
            return false;
        passkey.Name = name;
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        if (!(await accounts.AddOrUpdatePasskeyAsync(account, passkey)).Succeeded)
            return false;
        await context.RecordAsync(new AuditEntry(AuditActs.PasskeyAdded, by) { Object = account.Email, New = AuditEntry.Values(("name", name)) }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Removes one; one that is gone is no error.</summary>
    public async Task RemoveAsync(ModeratorAccount account, byte[] id, Actor by, CancellationToken cancellationToken)
    {
        if (await accounts.GetPasskeyAsync(account, id) is not { } passkey)
            return;
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        if (!(await accounts.RemovePasskeyAsync(account, id)).Succeeded)
            throw new InvalidOperationException("The passkey couldn't be removed.");
        await context.RecordAsync(new AuditEntry(AuditActs.PasskeyRemoved, by) { Object = account.Email, Old = AuditEntry.Values(("name", passkey.Name)) }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whose passkey it is that the browser answered with; null for nobody's.</summary>
    public async Task<ModeratorAccount?> VerifyAsync(string credential)
    {
        try
        {
            var proof = await signIn.PerformPasskeyAssertionAsync(credential);
            if (!proof.Succeeded)
                return null;
            await accounts.AddOrUpdatePasskeyAsync(proof.User, proof.Passkey); // its counter, by which a copy is noticed
            return proof.User;
        }
        catch (InvalidOperationException)
        {
            return null; // nothing was asked of this browser
        }
    }

    public static void Configure(IServiceCollection services)
    {
        services.AddScoped<Passkeys>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<PublicAddress>((options, address) =>
        {
            options.ServerDomain = address.Host; // else the host of the request
            options.ResidentKeyRequirement = "required"; // signs in without an email
            options.UserVerificationRequirement = "required"; // or whoever holds the device has both factors
        });
    }

    public static void Map(IEndpointRouteBuilder forms)
    {
        forms.MapPost(OptionsPath, AskAsync).AllowAnonymous();
        forms.MapPost(NewOptionsPath, AskForNewAsync).RequireAuthorization(ModeratorPolicy.Observe).WithMetadata(new SetsUpSecondFactorAttribute());
    }

    /// <summary>Names no account: a stranger must not learn which have passkeys.</summary>
    private static async Task<IResult> AskAsync(SignInManager<ModeratorAccount> signIn) =>
        Results.Content(await signIn.MakePasskeyRequestOptionsAsync(null), "application/json");

    private static async Task<IResult> AskForNewAsync(HttpContext http, SignInManager<ModeratorAccount> signIn) =>
        await signIn.UserManager.GetUserAsync(http.User) is { Email: { } email } account
            ? Results.Content(await signIn.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity { Id = account.Id, Name = email, DisplayName = email }), "application/json")
            : Results.Unauthorized();

    private async Task<PasskeyAttestationResult?> AttestAsync(string credential)
    {
        try
        {
            return await signIn.PerformPasskeyAttestationAsync(credential);
        }
        catch (InvalidOperationException)
        {
            return null; // nothing was asked of this browser
        }
    }
}

/// <summary>What the forms of passkeys post.</summary>
public sealed class PasskeyInput
{
    public string? Name { get; set; }
    public string? Password { get; set; }

    /// <summary>The browser's answer, as JSON.</summary>
    public string? Credential { get; set; }

    /// <summary>The name of the browser's error.</summary>
    public string? Error { get; set; }

    /// <summary>The passkey to remove, in Base64.</summary>
    public string? Remove { get; set; }
}

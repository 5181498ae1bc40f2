using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>
/// Before anything listens: brings the accounts' tables up to date and makes the roles and the configured first account.
/// Once it listens, and only while there is no account: prints the set-up link.
/// </summary>
internal sealed class AccountsStartup(
    PresenceDatabase database,
    IServiceScopeFactory scopes,
    FirstAccount firstAccount,
    SetupLink link,
    SetupLinkFile file,
    IServer server,
    IHostApplicationLifetime lifetime,
    IOptions<DashboardOptions> options,
    ILogger<AccountsStartup> log) : IHostedService
{
    /// <summary>Whether the configured account was looked at once everything listened; tests wait for it.</summary>
    internal bool HasCompared { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        if (await firstAccount.ExistsAsync())
        {
            file.Delete(); // left behind by an interrupted start
            if (options.Value.Setup.AdminEmail is { Length: > 0 } configured)
                lifetime.ApplicationStarted.Register(() => _ = Task.Run(() => CompareConfiguredAsync(configured), CancellationToken.None)); // hashing is slow
            return;
        }

        if (options.Value.Setup.AdminEmail is { Length: > 0 } email)
        {
            await CreateConfiguredAsync(email, cancellationToken);
            return;
        }

        if (!options.Value.SignIn.LocalAccounts)
        {
            var provider = options.Value.SignIn.OpenIdConnect;
            log.LogInformation("No Admin yet. Open the dashboard and sign in at {Issuer} with an account of {Groups}.", provider.Issuer, string.Join(", ", provider.AdminGroups));
            return;
        }
        link.Open();
        lifetime.ApplicationStarted.Register(Announce); // the address is known only after the start
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await database.MigrateAsync(scope.ServiceProvider.GetRequiredService<AccountsContext>(), cancellationToken);

        var roles = scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>();
        foreach (var role in Enum.GetNames<ModeratorRole>())
        {
            if (!await roles.RoleExistsAsync(role))
                await roles.CreateAsync(new IdentityRole(role));
        }
    }

    private async Task CreateConfiguredAsync(string email, CancellationToken cancellationToken)
    {
        var problems = await firstAccount.CreateAsync(email, await ConfiguredPasswordAsync(cancellationToken), Actor.Server, cancellationToken);
        if (problems is { Count: > 0 })
            throw new StartupException($"The first account, {email}, couldn't be created from Presence__Setup. {string.Join(" ", problems)} Correct Presence__Setup__AdminEmail or Presence__Setup__AdminPassword, or leave both out to get a setup link.");
        log.LogInformation("Created the first account, {Email}, from Presence__Setup.", email);
    }

    private void Announce()
    {
        if (link.PathAndQuery is not { } path)
            return;

        var address = ServerLinks.To(path, options.Value, server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        file.Write(address);
        if (address == path)
            log.LogInformation("No account yet. To create the first one, open this path on the address your proxy serves (the link is also in {File}):\n\n    {Link}\n", file.FullPath, address);
        else
            log.LogInformation("No account yet. Open this link to create the first one (it is also in {File}):\n\n    {Link}\n", file.FullPath, address);
    }

    private async Task<string> ConfiguredPasswordAsync(CancellationToken cancellationToken)
    {
        var setup = options.Value.Setup;
        return setup.AdminPassword ?? (setup.AdminPasswordFile is { } path ? (await File.ReadAllTextAsync(path, cancellationToken)).TrimEnd('\r', '\n') : "");
    }

    /// <summary>The configuration creates the first account and never changes one. The log says so to an operator who edits it later.</summary>
    private async Task CompareConfiguredAsync(string email)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
            if (await accounts.FindByEmailAsync(email) is not { } account)
                log.LogWarning("Presence__Setup__AdminEmail is {Email}, but this account doesn't exist. Presence__Setup creates only the first account, and one exists already. Invite {Email} on the People page, or run: dotnet Dashboard.dll admin add {Email}", email, email, email);
            else if (!await scope.ServiceProvider.GetRequiredService<ModeratorPasswords>().VerifyAsync(account, await ConfiguredPasswordAsync(lifetime.ApplicationStopping), lifetime.ApplicationStopping))
                log.LogWarning("Presence__Setup__AdminPassword doesn't match the password of {Email}. It sets only the first account's password, which has changed since. Remove it from the configuration. For a lost password, run: dotnet Dashboard.dll admin reset-password {Email}", email, email);
        }
#pragma warning disable CA1031 // a failed notice must not stop the start
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!lifetime.ApplicationStopping.IsCancellationRequested)
                log.LogWarning("Couldn't check whether Presence__Setup still applies: {Message}", failure.Message);
        }
        HasCompared = true;
    }
}

/// <summary>What the account forms can get wrong, in the product's words. The user name is the email: both say the same.</summary>
internal sealed class AccountErrors : IdentityErrorDescriber
{
    public override IdentityError PasswordTooShort(int length) => Error(base.PasswordTooShort(length), Sentence.With(AccountTexts.ProblemShort, length));

    public override IdentityError PasswordRequiresUniqueChars(int uniqueChars) => Error(base.PasswordRequiresUniqueChars(uniqueChars), Sentence.With(AccountTexts.ProblemUniform, uniqueChars));

    public override IdentityError DuplicateEmail(string email) => Error(base.DuplicateEmail(email), AccountTexts.ProblemTaken);

    public override IdentityError DuplicateUserName(string userName) => Error(base.DuplicateUserName(userName), AccountTexts.ProblemTaken);

    public override IdentityError InvalidEmail(string? email) => Error(base.InvalidEmail(email), AccountTexts.ProblemEmail);

    public override IdentityError InvalidUserName(string? userName) => Error(base.InvalidUserName(userName), AccountTexts.ProblemEmail);

    /// <summary>What to show, each sentence once.</summary>
    public static IReadOnlyList<string> Of(IdentityResult result) => [.. result.Errors.Select(error => error.Description).Distinct(StringComparer.Ordinal)];

    private static IdentityError Error(IdentityError known, string description) => new() { Code = known.Code, Description = description };
}

/// <summary>Tells open pages that an account is no longer what it was, so that access ends at once and not with the next check.</summary>
internal sealed class AccountChanges
{
    /// <summary>In place of an account's id: a rule for all of them changed.</summary>
    public const string Everybody = "";

    private readonly Lock _lock = new();
    private Action<string?>? _told;

    /// <summary>Has <paramref name="told"/> called with the account's id, <see cref="Everybody"/>, or null when only the list of invitations changed. It must return at once: the changing thread calls it.</summary>
    public void Subscribe(Action<string?> told)
    {
        lock (_lock)
            _told += told;
    }

    /// <summary>Ends it; one last call may be under way.</summary>
    public void Unsubscribe(Action<string?> told)
    {
        lock (_lock)
            _told -= told;
    }

    /// <summary>Call it when the change is stored: listeners read again.</summary>
    public void Announce(string? accountId)
    {
        Action<string?>? told;
        lock (_lock)
            told = _told;
        told?.Invoke(accountId);
    }
}

/// <summary>Makes the first account, an Admin, and closes the set-up link for good.</summary>
internal sealed class FirstAccount(IServiceScopeFactory scopes, SetupLink link, SetupLinkFile file, Checkpointer checkpointer, TimeProvider time) : IDisposable
{
    // Two browsers with the same link create one account. The second finds it.
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Whether an Admin exists, so that set-up is over.</summary>
    public async Task<bool> ExistsAsync()
    {
        await using var scope = scopes.CreateAsyncScope();
        return await HasAdminAsync(scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>());
    }

    /// <summary>Makes it.</summary>
    /// <returns>What is wrong with the email or the password; empty when the account was made; null when there was one already.</returns>
    /// <exception cref="HashingBusyException">Nothing was made; in a moment it may be.</exception>
    public async Task<IReadOnlyList<string>?> CreateAsync(string email, string password, Actor by, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
            if (await HasAdminAsync(accounts))
                return null;

            // While there is no Admin, an existing account can only be an unfinished one: its creation was interrupted between two writes.
            if (await accounts.FindByEmailAsync(email) is { } unfinished)
                await accounts.DeleteAsync(unfinished);

            var account = new ModeratorAccount { UserName = email, Email = email, EmailConfirmed = true };
            var created = await scope.ServiceProvider.GetRequiredService<ModeratorPasswords>().SetAsync(account, password, cancellationToken);
            if (!created.Succeeded)
                return AccountErrors.Of(created);
            var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            created = await accounts.CreateAsync(account);
            if (!created.Succeeded)
                return AccountErrors.Of(created);
            var promoted = await accounts.AddToRoleAsync(account, nameof(ModeratorRole.Admin));
            if (!promoted.Succeeded)
                return AccountErrors.Of(promoted);
            await context.RecordAsync(new AuditEntry(AuditActs.AccountCreated, by) { Object = email, New = AuditEntry.Values(("role", ModeratorRole.Admin)) }, time.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);

            link.Close();
            file.Delete();
            await checkpointer.CheckpointAsync(cancellationToken); // into the database file: if only its log is lost, the next start must not offer setup again
            return [];
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private static async Task<bool> HasAdminAsync(UserManager<ModeratorAccount> accounts) =>
        (await accounts.GetUsersInRoleAsync(nameof(ModeratorRole.Admin))).Count > 0;
}

/// <summary>The one-time link with which the first account is made: new at each start, dead once an account exists.</summary>
internal sealed class SetupLink
{
    public const string FileName = "setup-link.txt";
    private const int TokenBytes = 32;

    private volatile string? _token;

    /// <summary>Whether there is no account yet.</summary>
    public bool IsOpen => _token is not null;

    /// <summary>The path and query of the link; null when there is none.</summary>
    public string? PathAndQuery => _token is { } token ? "/setup?token=" + token : null;

    /// <summary>Makes a fresh link; an earlier one is dead from here on.</summary>
    public void Open()
    {
        Span<byte> random = stackalloc byte[TokenBytes];
        RandomNumberGenerator.Fill(random);
        _token = Base64Url.EncodeToString(random);
    }

    public void Close() => _token = null;

    /// <summary>Whether the token is the link's, compared in constant time.</summary>
    public bool Matches(string? token) =>
        _token is { } expected && token is not null &&
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(token));
}

/// <summary>The set-up link as a file in the data folder, readable by its owner only, for those who do not see the log.</summary>
internal sealed class SetupLinkFile(IOptions<DashboardOptions> options)
{
    public string FullPath => Path.Combine(Path.GetFullPath(options.Value.Data), SetupLink.FileName);

    public void Write(string address)
    {
        OwnerFiles.CreateFolder(Path.GetDirectoryName(FullPath)!);
        Delete(); // writing to an existing file would keep its access rights
        using var stream = OwnerFiles.Open(FullPath, FileMode.CreateNew);
        stream.Write(Encoding.UTF8.GetBytes(address + "\n"));
    }

    public void Delete() => File.Delete(FullPath);
}

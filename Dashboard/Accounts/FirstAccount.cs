using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Hosting;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

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

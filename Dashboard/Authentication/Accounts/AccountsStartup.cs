using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Authentication.Accounts;

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
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        if (await firstAccount.ExistsAsync())
        {
            file.Delete(); // left behind by a start that was killed
            return;
        }

        if (options.Value.Setup.AdminEmail is { Length: > 0 } email)
        {
            await CreateConfiguredAsync(email, cancellationToken);
            return;
        }

        link.Open();
        lifetime.ApplicationStarted.Register(Announce); // the address is known only then
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
        var setup = options.Value.Setup;
        var password = setup.AdminPassword
            ?? (setup.AdminPasswordFile is { } path ? (await File.ReadAllTextAsync(path, cancellationToken)).TrimEnd('\r', '\n') : "");
        var problems = await firstAccount.CreateAsync(email, password, cancellationToken);
        if (problems is { Count: > 0 })
            throw new InvalidOperationException("Presence__Setup: the first account could not be made. " + string.Join(" ", problems));
        log.LogInformation("Made the first account, {Email}, from Presence__Setup.", email);
    }

    private void Announce()
    {
        if (link.PathAndQuery is not { } path)
            return;

        var address = BaseAddress() + path;
        file.Write(address);
        log.LogInformation("No account yet. Open this link to make the first one (it is also in {File}):\n\n    {Link}\n", file.FullPath, address);
    }

    private string BaseAddress()
    {
        if (options.Value.Http.PublicUrl is { Length: > 0 } publicUrl)
            return publicUrl.TrimEnd('/');

        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        // "Any address" is where it listens, not where a browser can go.
        return address.TrimEnd('/')
            .Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal)
            .Replace("://*", "://localhost", StringComparison.Ordinal);
    }
}

using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>What <c>dotnet ef migrations add</c> uses; it opens no database.</summary>
internal sealed class AccountsContextFactory : IDesignTimeDbContextFactory<AccountsContext>
{
    public AccountsContext CreateDbContext(string[] args)
    {
        // The model depends on Identity's options, which the context asks the application for.
        var services = new ServiceCollection();
        services.Configure<IdentityOptions>(ModeratorAccounts.Configure);
        return new AccountsContext(new DbContextOptionsBuilder<AccountsContext>()
            .UseApplicationServiceProvider(services.BuildServiceProvider())
            .UseSqlite("Data Source=:memory:", sqlite => sqlite.MigrationsHistoryTable(AccountsContext.MigrationsHistoryTable))
            .Options);
    }
}

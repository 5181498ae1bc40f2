using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>What <c>dotnet ef migrations add</c> uses, and whoever asks for the migrations alone; it opens no database.</summary>
internal sealed class AccountsContextFactory : IDesignTimeDbContextFactory<AccountsContext>
{
    /// <summary>Every migration of the accounts' tables this build knows, and the table that says which were applied.</summary>
    public static (string HistoryTable, IReadOnlyList<string> Known) Migrations
    {
        get
        {
            using var context = new AccountsContextFactory().CreateDbContext([]);
            return (AccountsContext.MigrationsHistoryTable, [.. context.Database.GetMigrations()]);
        }
    }

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

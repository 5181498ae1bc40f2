using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>Moderators' accounts. They live in the presence database's file and keep a migrations history of their own.</summary>
internal sealed class AccountsContext(DbContextOptions<AccountsContext> options, PresenceDatabase database)
    : IdentityDbContext<ModeratorAccount>(options), IGatedContext
{
    public const string MigrationsHistoryTable = "__AccountsMigrationsHistory";

    public DbSet<InvitationRecord> Invitations => Set<InvitationRecord>();

    public DbSet<SessionRecord> Sessions => Set<SessionRecord>();

    public DbSet<SignInRules> SignInRules => Set<SignInRules>();

    public WriteGate Gate => database.Gate;

    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new InvalidOperationException("Save with SaveChangesAsync: writers wait their turn without a thread.");

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        this.WriteAsync(() => base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken), cancellationToken);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Instants are stored as UTC milliseconds, as in all tables of the file.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMillisecondsConverter>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<InvitationRecord>(invitation =>
        {
            invitation.ToTable("Invitations");
            invitation.Property(record => record.Name).HasMaxLength(InvitationStore.LongestName);
            invitation.HasIndex(record => record.TokenHash).IsUnique();
        });
        builder.Entity<SignInRules>().ToTable("SignInRules");
        builder.Entity<SessionRecord>(session =>
        {
            session.ToTable("ModeratorSessions");
            session.HasIndex(record => record.TokenHash).IsUnique();
            session.HasOne<ModeratorAccount>().WithMany().HasForeignKey(record => record.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}

/// <summary>What <c>dotnet ef migrations add</c> uses, and for reading the migrations. It opens no database.</summary>
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
        // The model depends on Identity's options, which the context gets from the application's services.
        var services = new ServiceCollection();
        services.Configure<IdentityOptions>(ModeratorAccounts.Configure);
        var database = new PresenceDatabase(Path.GetTempPath(), TimeProvider.System); // never opened
        var options = new DbContextOptionsBuilder<AccountsContext>().UseApplicationServiceProvider(services.BuildServiceProvider());
        database.Configure(options, AccountsContext.MigrationsHistoryTable);
        return new AccountsContext(options.Options, database);
    }
}

using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Moderators' accounts. They live in the presence database's file and keep a migrations history of their own.</summary>
internal sealed class AccountsContext(DbContextOptions<AccountsContext> options)
    : IdentityDbContext<ModeratorAccount>(options)
{
    public const string MigrationsHistoryTable = "__AccountsMigrationsHistory";

    public DbSet<InvitationRecord> Invitations => Set<InvitationRecord>();

    public DbSet<SessionRecord> Sessions => Set<SessionRecord>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Instants are stored as UTC milliseconds, as everywhere in this file.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<InstantToMilliseconds>();
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
        builder.Entity<SessionRecord>(session =>
        {
            session.ToTable("ModeratorSessions");
            session.HasIndex(record => record.TokenHash).IsUnique();
            session.HasOne<ModeratorAccount>().WithMany().HasForeignKey(record => record.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private sealed class InstantToMilliseconds() : ValueConverter<DateTimeOffset, long>(
        instant => instant.ToUnixTimeMilliseconds(),
        milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}

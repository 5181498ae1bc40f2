using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Presence.Engine.Storage;

/// <summary>The presence tables. Made by <see cref="PresenceDatabase"/> alone, which adds the connection's settings.</summary>
public sealed class PresenceContext(DbContextOptions<PresenceContext> options, PresenceDatabase database) : DbContext(options), IGatedContext
{
    /// <summary>Where this context keeps which of its migrations were applied.</summary>
    public const string MigrationsHistoryTable = "__EFMigrationsHistory";

    internal DbSet<SettingsRecord> Settings => Set<SettingsRecord>();
    internal DbSet<UserRecord> Users => Set<UserRecord>();
    internal DbSet<RevokedTokenRecord> RevokedTokens => Set<RevokedTokenRecord>();
    internal DbSet<RoomRecord> Rooms => Set<RoomRecord>();
    internal DbSet<ScheduleRecord> Schedules => Set<ScheduleRecord>();
    internal DbSet<RoomPrefixRecord> RoomPrefixes => Set<RoomPrefixRecord>();
    internal DbSet<RemovalRecord> Removals => Set<RemovalRecord>();

    internal DbSet<QuickReasonsRecord> QuickReasons => Set<QuickReasonsRecord>();
    internal DbSet<UserPresenceSettingRecord> UserPresenceSettings => Set<UserPresenceSettingRecord>();
    internal DbSet<ChannelRecord> Channels => Set<ChannelRecord>();
    internal DbSet<ServerKeyRecord> ServerKeys => Set<ServerKeyRecord>();
    internal DbSet<HistoryRecord> History => Set<HistoryRecord>();
    internal DbSet<RoomTrendSnapshotRecord> RoomMemories => Set<RoomTrendSnapshotRecord>();
    internal DbSet<PublicLinkRecord> PublicLinks => Set<PublicLinkRecord>();
    internal DbSet<ShareLinkRecord> ShareLinks => Set<ShareLinkRecord>();
    internal DbSet<DrawRecord> Draws => Set<DrawRecord>();
    internal DbSet<StageInvitationRecord> StageInvitations => Set<StageInvitationRecord>();
    internal DbSet<HandoverRecord> Handovers => Set<HandoverRecord>();
    internal DbSet<ViewerNoteRecord> ViewerNotes => Set<ViewerNoteRecord>();

    internal DbSet<HistoryRoomRecord> HistoryRooms => Set<HistoryRoomRecord>();
    internal DbSet<HistoryPersonRecord> HistoryPeople => Set<HistoryPersonRecord>();
    internal DbSet<HistoryDeviceRecord> HistoryDevices => Set<HistoryDeviceRecord>();
    internal DbSet<VisitRecord> Visits => Set<VisitRecord>();
    internal DbSet<MinuteRecord> Minutes => Set<MinuteRecord>();
    internal DbSet<BroadcastRecord> Broadcasts => Set<BroadcastRecord>();
    internal DbSet<HistorySettingsRecord> HistorySettings => Set<HistorySettingsRecord>();
    internal DbSet<AuditRecord> Audit => Set<AuditRecord>();
    internal DbSet<AlertRuleRecord> AlertRules => Set<AlertRuleRecord>();
    internal DbSet<AlertRecord> Alerts => Set<AlertRecord>();
    internal DbSet<WebhookEndpointRecord> WebhookEndpoints => Set<WebhookEndpointRecord>();
    internal DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    /// <inheritdoc/>
    public WriteGate Gate => database.Gate;

    /// <inheritdoc/>
    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new InvalidOperationException("Save with SaveChangesAsync: writers wait their turn without a thread.");

    /// <inheritdoc/>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        this.WriteAsync(() => base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMillisecondsConverter>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<SettingsRecord>(settings =>
        {
            settings.ToTable("Settings").HasKey(s => s.Version);
            settings.Property(s => s.Version).ValueGeneratedNever();
        });

        modelBuilder.Entity<UserRecord>(user =>
        {
            user.ToTable("Users").HasKey(u => u.UserId);
            user.Property(u => u.Version).HasDefaultValue(1);
            user.HasIndex(u => u.SeenAt).HasFilter(""" "IsVouched" = 0 AND "IsKept" = 0 """.Trim());
        });

        modelBuilder.Entity<RevokedTokenRecord>(token =>
        {
            token.ToTable("RevokedTokens").HasKey(t => t.TokenId);
            token.HasIndex(t => t.ExpiresAt);
        });

        modelBuilder.Entity<MembershipRecord>(membership =>
        {
            membership.ToTable("Memberships").HasKey(m => m.Id);
            membership.Property(m => m.IsUnlisted).HasDefaultValue(false);
            membership.Property(m => m.Id).ValueGeneratedNever();
            membership.Property(m => m.HiddenMilliseconds).HasDefaultValue(0L);
        });

        modelBuilder.Entity<LastAliveRecord>(alive =>
        {
            alive.ToTable("LastAlive").HasKey(a => a.Id);
            alive.Property(a => a.Id).ValueGeneratedNever();
        });

        modelBuilder.Entity<HistoryRecord>(step =>
        {
            step.ToTable("History").HasKey(h => new { h.Range, h.At });
            step.Property(h => h.At).ValueGeneratedNever();
        });

        modelBuilder.Entity<RoomTrendSnapshotRecord>().ToTable("RoomMemories").HasKey(m => m.RoomId);

        HistoryTables.Create(modelBuilder);
        CreateAdministration(modelBuilder);
    }

    private static void CreateAdministration(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AuditRecord>(act =>
        {
            act.ToTable("Audit").HasKey(a => a.Id);
            act.Property(a => a.Id).ValueGeneratedNever();
            act.Property(a => a.ActorSalt);
            act.Property(a => a.SubjectSalt);
            act.Property(a => a.ActorHash);
            act.Property(a => a.SubjectHash);
            act.Property(a => a.Previous);
            act.Ignore(a => a.IsErased);
            act.HasIndex(a => a.At);
            act.HasIndex(a => a.UserId).HasFilter(""" "UserId" IS NOT NULL """.Trim());
        });

        modelBuilder.Entity<AlertRuleRecord>().ToTable("AlertRules").HasKey(r => r.Id);
        modelBuilder.Entity<AlertRecord>(alert =>
        {
            alert.ToTable("Alerts").HasKey(a => a.Id);
            alert.Property(a => a.Id).ValueGeneratedNever();
            alert.HasIndex(a => a.OverAt);
        });

        modelBuilder.Entity<RoomRecord>().ToTable("Rooms").HasKey(r => r.RoomId);

        modelBuilder.Entity<ScheduleRecord>().ToTable("Schedules").HasKey(s => s.Id);

        modelBuilder.Entity<RoomPrefixRecord>().ToTable("RoomPrefixes").HasKey(p => p.Prefix);

        modelBuilder.Entity<RemovalRecord>(removal =>
        {
            removal.ToTable("Removals").HasKey(r => r.Id);
            removal.HasIndex(r => new { r.RoomId, r.UserId }).IsUnique().HasFilter(""" "EndedAt" IS NULL """.Trim());
            removal.HasIndex(r => r.Until).HasFilter(""" "EndedAt" IS NULL """.Trim());
            removal.HasIndex(r => r.EndedAt).HasFilter(""" "EndedAt" IS NOT NULL """.Trim());
            removal.HasIndex(r => r.UserId);
        });

        modelBuilder.Entity<QuickReasonsRecord>(reasons =>
        {
            reasons.ToTable("QuickReasons").HasKey(r => r.Id);
            reasons.Property(r => r.Id).ValueGeneratedNever();
        });

        modelBuilder.Entity<UserPresenceSettingRecord>().ToTable("PresenceSwitches").HasKey(s => s.UserId);

        modelBuilder.Entity<ChannelRecord>().ToTable("Channels").HasKey(c => c.ChannelId);

        modelBuilder.Entity<ServerKeyRecord>(key =>
        {
            key.ToTable("ServerKeys").HasKey(k => k.Id);
            key.HasIndex(k => k.Hash).IsUnique();
        });

        modelBuilder.Entity<PublicLinkRecord>(link =>
        {
            link.ToTable("PublicLinks").HasKey(l => l.RoomId);
            link.HasIndex(l => l.Code).IsUnique();
        });

        modelBuilder.Entity<ShareLinkRecord>(link =>
        {
            link.ToTable("ShareLinks").HasKey(l => l.Id);
            link.HasIndex(l => l.Hash).IsUnique();
        });

        modelBuilder.Entity<DrawRecord>().ToTable("Draws").HasKey(d => d.No);

        modelBuilder.Entity<StageInvitationRecord>(invitation =>
        {
            invitation.ToTable("StageInvitations").HasKey(i => i.Id);
            invitation.HasIndex(i => new { i.UserId, i.RoomId }).IsUnique();
        });

        modelBuilder.Entity<ViewerNoteRecord>(note =>
        {
            note.ToTable("ViewerNotes").HasKey(n => n.Id);
            note.HasIndex(n => n.UserId);
        });

        modelBuilder.Entity<HandoverRecord>().ToTable("Handovers").HasKey(h => h.RoomId);

        modelBuilder.Entity<WebhookEndpointRecord>().ToTable("WebhookEndpoints").HasKey(e => e.Id);
        modelBuilder.Entity<WebhookRoomRecord>().ToTable("WebhookRooms").HasKey(r => r.RoomId);
        modelBuilder.Entity<WebhookDelivery>(delivery =>
        {
            delivery.ToTable("WebhookDeliveries").HasKey(d => d.Id);
            delivery.HasIndex(d => new { d.EndpointId, d.State, d.Id });
            delivery.HasIndex(d => d.UserId).HasFilter(""" "UserId" IS NOT NULL """.Trim());
        });
    }
}

/// <summary>What <c>dotnet ef migrations add</c> reads the model from; never used by the running product.</summary>
internal sealed class PresenceContextDesignFactory : IDesignTimeDbContextFactory<PresenceContext>
{
    public PresenceContext CreateDbContext(string[] args) => new PresenceDatabase(Path.GetTempPath(), TimeProvider.System).CreateDbContext(); // never opened
}

/// <summary>Stores an instant as UTC milliseconds since 1970: comparable and sortable in SQL, which text with an offset is not.</summary>
public sealed class UtcMillisecondsConverter() : ValueConverter<DateTimeOffset, long>(
    instant => instant.ToUnixTimeMilliseconds(),
    milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Presence.Engine.Storage;

/// <summary>What <c>dotnet ef migrations add</c> reads the model from; never used by the running product.</summary>
internal sealed class PresenceContextDesignFactory : IDesignTimeDbContextFactory<PresenceContext>
{
    public PresenceContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PresenceContext>()
            .UseSqlite("Data Source=:memory:", sqlite => sqlite.MigrationsHistoryTable(PresenceContext.MigrationsHistoryTable))
            .Options);
}

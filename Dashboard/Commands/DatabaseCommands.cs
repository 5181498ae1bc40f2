using System.CommandLine;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Commands;

/// <summary><c>backup FILE</c>, beside a running server too, and <c>restore FILE</c>, which wants it stopped.</summary>
internal static class DatabaseCommands
{
    public static Command Backup(CommandCall call)
    {
        var file = new Argument<string>("FILE") { Description = "The copy to create. An existing file is never overwritten." };
        var backup = call.Command("backup", "Copy the database, also while the server runs. The copy doesn't include the keys folder. Copy that as well.", async (parsed, _) =>
        {
            await using var app = call.Build();
            var copy = Open(app).CopyTo(Path.GetFullPath(parsed.GetRequiredValue(file)));
            await call.Output.WriteLineAsync($"Copied the database to {copy.Path} ({copy.Bytes:N0} bytes) and verified the copy.");
            return 0;
        });
        backup.Arguments.Add(file);
        return backup;
    }

    public static Command Restore(CommandCall call)
    {
        var file = new Argument<string>("FILE") { Description = "A copy made by backup, by the nightly job or before a migration." };
        var restore = call.Command("restore", "Replace the database with a copy. Stop the server first. The copy is verified, and the old database is kept.", async (parsed, _) =>
        {
            await using var app = call.Build();
            var aside = Open(app).Restore(Path.GetFullPath(parsed.GetRequiredValue(file)));
            await call.Output.WriteLineAsync($"The database is restored from {parsed.GetRequiredValue(file)}. Start the server.");
            if (aside is not null)
                await call.Output.WriteLineAsync($"The old database is kept in {aside}. Delete it when you no longer need it.");
            return 0;
        });
        restore.Arguments.Add(file);
        return restore;
    }

    /// <summary>The database's file of the folder in the configuration.</summary>
    internal static DatabaseFile Open(WebApplication app) => new(
        app.Services.GetRequiredService<DashboardOptions>().Data,
        AccountsContextFactory.Migrations,
        app.Services.GetRequiredService<TimeProvider>());
}

using System.CommandLine;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Alerts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Commands;

/// <summary><c>check</c>: what a start would refuse, without a start, and beside a running server too. It changes nothing.</summary>
internal static class CheckCommand
{
    public static Command Describe(CommandCall call) => call.Command(
        "check",
        "Check the configuration, the data folder, the keys and the whole database for problems that would stop a start. Exit code 0 if there are none, 1 otherwise.",
        (_, _) => RunAsync(call));

    private static async Task<int> RunAsync(CommandCall call)
    {
        await using var app = call.Build(); // an invalid configuration ends the check here, because the rest depends on it
        await call.Output.WriteLineAsync("The configuration has no problems.");
        var options = app.Services.GetRequiredService<DashboardOptions>();
        var database = DatabaseCommands.Open(app);

        List<string> problems = [.. database.FolderProblems()];
        if (problems.Count == 0 && Directory.Exists(database.Folder))
        {
            if (database.IsInUse())
                await call.Output.WriteLineAsync($"A server is running on {database.Folder}.");
            problems.AddRange(KeyProblems(options));
        }
        problems.AddRange(database.Problems());
        if (problems.Count == 0 && File.Exists(database.FilePath) && await AuditProblemAsync(call, app, database) is { } broken)
            problems.Add(broken);

        foreach (var problem in problems)
            await call.Errors.WriteLineAsync(problem);
        if (problems.Count == 0)
            await call.Output.WriteLineAsync(File.Exists(database.FilePath) ? $"{database.Folder}: the keys and the database are fine." : $"{database.Folder}: empty. The first start creates the files.");
        return problems.Count == 0 ? 0 : 1;
    }

    /// <summary>Says where the audit log ends, or what is wrong with it.</summary>
    private static async Task<string?> AuditProblemAsync(CommandCall call, WebApplication app, DatabaseFile file)
    {
        try
        {
            file.RequireCurrent();
        }
        catch (IOException other)
        {
            await call.Output.WriteLineAsync($"The audit log was not checked. {other.Message}");
            return null;
        }
        app.Services.GetRequiredService<PresenceDatabase>().OpenBeside();
        var log = await app.Services.GetRequiredService<AuditLog>().VerifyAsync(CancellationToken.None);
        if (log.FirstBroken is { } broken)
            return $"The audit log is broken at row {broken}: {log.Problem}. {log.Count:N0} rows before it verify. Compare it with a backup: rows are never changed by the product, except that erasing a person empties theirs.";
        await call.Output.WriteLineAsync(log.Last is { } last
            ? $"The audit log verifies: {log.Count:N0} rows up to row {last.Id}, hash {Convert.ToHexStringLower(last.Hash)}. Note both elsewhere to find rows missing from its end later."
            : "The audit log is empty.");
        return null;
    }

    private static IEnumerable<string> KeyProblems(DashboardOptions options)
    {
        var folder = new KeyFolder(options);
        foreach (var read in (Action[])[() => KeysInDataFolder.RequireReadable(options.Data), () => folder.Read(ClientKey.FileName), () => new SigningKeyFile(folder).Read(), () => folder.ReadSecret(GuestIds.FileName), () => folder.ReadSecret(AddressHashes.FileName), () => VapidKeys.Read(folder)])
        {
            string? problem = null;
            try
            {
                read();
            }
            catch (StartupException refusal)
            {
                problem = refusal.Message;
            }
            if (problem is not null)
                yield return problem;
        }
    }
}

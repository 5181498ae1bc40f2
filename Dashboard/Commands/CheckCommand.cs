using System.CommandLine;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;

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

        foreach (var problem in problems)
            await call.Errors.WriteLineAsync(problem);
        if (problems.Count == 0)
            await call.Output.WriteLineAsync(File.Exists(database.FilePath) ? $"{database.Folder}: the keys and the database are fine." : $"{database.Folder}: empty. The first start creates the files.");
        return problems.Count == 0 ? 0 : 1;
    }

    private static IEnumerable<string> KeyProblems(DashboardOptions options)
    {
        var folder = new KeyFolder(options);
        foreach (var read in (Action[])[() => KeysInDataFolder.RequireReadable(options.Data), () => folder.Read(ClientKey.FileName), () => new SigningKeyFile(folder).Read(), () => folder.ReadSecret(GuestIds.FileName)])
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

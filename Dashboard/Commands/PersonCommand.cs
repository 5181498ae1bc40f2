using System.CommandLine;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Commands;

/// <summary><c>person</c>: hands out what is stored of a person, also while a server runs, or erases who it was, while none does.</summary>
internal static class PersonCommand
{
    public static Command Describe(CommandCall call)
    {
        var person = new Command("person", "Export or erase what is stored about one person.");
        person.Subcommands.Add(Export(call));
        person.Subcommands.Add(Erase(call));
        return person;
    }

    private static Command Export(CommandCall call)
    {
        var (id, file) = (Id(), new Argument<string>("FILE") { Description = "The JSON file to create. An existing file is never overwritten." });
        var export = call.Command("export", "Write everything that names the person to a file, also while the server runs.", async (parsed, cancellationToken) =>
        {
            if (await RefusedAsync(call, parsed.GetRequiredValue(id)))
                return 1;
            var path = Path.GetFullPath(parsed.GetRequiredValue(file));
            await using var app = call.Build();
            DatabaseCommands.Open(app).RequireCurrent();
            app.Services.GetRequiredService<PresenceDatabase>().OpenBeside();
            if (File.Exists(path))
            {
                await call.Errors.WriteLineAsync($"{path} already exists and was not overwritten. Choose another file.");
                return 1;
            }
            await using (var output = new FileStream(path, OwnerOnly()))
                await app.Services.GetRequiredService<PersonData>().ExportAsync(parsed.GetRequiredValue(id), output, Actors.CommandLine, cancellationToken);
            await call.Output.WriteLineAsync($"Wrote {path} ({new FileInfo(path).Length:N0} bytes).");
            return 0;
        });
        export.Arguments.Add(id);
        export.Arguments.Add(file);
        return export;
    }

    private static Command Erase(CommandCall call)
    {
        var (id, bans) = (Id(), new Option<bool>("--bans") { Description = "Lift and erase the person's bans too. Otherwise bans in force stay, and name the id until they end." });
        var erase = call.Command("erase", "Erase who the person was from everything stored. What was counted stays. Stop the server first, or use the viewer's page or the API.", async (parsed, cancellationToken) =>
        {
            var userId = parsed.GetRequiredValue(id);
            if (await RefusedAsync(call, userId))
                return 1;
            await using var app = call.Build();
            DatabaseCommands.Open(app).RequireCurrent();
            await app.Services.GetRequiredService<PresenceDatabase>().OpenAsync(cancellationToken);
            await app.Services.GetRequiredService<AdministrationStores>().LoadAsync(cancellationToken);
            var erased = new ErasedPerson(Profile: false, Visits: 0, Bans: 0, Channels: 0, Switch: false);
            await app.Services.GetRequiredService<VerifiedUsers>().ForgetAsync(
                userId, async () => erased = await app.Services.GetRequiredService<PersonData>().EraseAsync(userId, parsed.GetValue(bans), Actors.CommandLine, cancellationToken), cancellationToken);
            await call.Output.WriteLineAsync(
                $"Erased {userId}: profile {(erased.Profile ? "yes" : "none")}, visits that name no one now: {erased.Visits:N0}, bans lifted: {erased.Bans}, channels left: {erased.Channels}, presence switch {(erased.Switch ? "yes" : "none")}.");
            return 0;
        });
        erase.Arguments.Add(id);
        erase.Options.Add(bans);
        return erase;
    }

    private static Argument<string> Id() => new("ID") { Description = "The user's id, or a guest's as the dashboard shows it." };

    private static async Task<bool> RefusedAsync(CommandCall call, string userId)
    {
        if (PresenceIds.ProblemOfUserId(userId) is not { } problem)
            return false;
        await call.Errors.WriteLineAsync(problem);
        return true;
    }

    private static FileStreamOptions OwnerOnly()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}

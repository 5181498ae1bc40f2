using System.CommandLine;
using System.Globalization;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Commands;

/// <summary><c>admin</c>: restores access for anyone who can read the data folder, also while a server runs.</summary>
internal static class AdminCommand
{
    public static Command Describe(CommandCall call)
    {
        var admin = new Command("admin", "Manage accounts when no Admin can sign in.");
        admin.Subcommands.Add(ResetPassword(call));
        admin.Subcommands.Add(ResetSecondFactor(call));
        admin.Subcommands.Add(SecondFactorOptional(call));
        admin.Subcommands.Add(Add(call));
        return admin;
    }

    private static Command ResetPassword(CommandCall call)
    {
        var email = new Argument<string>("EMAIL") { Description = "Email of the account." };
        var reset = call.Command("reset-password", "Print a link that sets a new password. It works once, within 24 hours.", async (parsed, cancellationToken) =>
        {
            await using var app = BuildWithAccounts(call);
            if (await FindAsync(call, app, parsed.GetRequiredValue(email).Trim(), cancellationToken) is not { } moderator)
                return 1;
            var code = await PrintLinkAsync(call, app, moderator.Id, cancellationToken);
            if (moderator.HasSecondFactor)
                await call.Output.WriteLineAsync($"Two-factor sign-in stays on: after the new password, the link asks for a code. If phone and recovery codes are lost, run: admin reset-second-factor {moderator.Email}");
            return code;
        });
        reset.Arguments.Add(email);
        return reset;
    }

    private static Command ResetSecondFactor(CommandCall call)
    {
        var email = new Argument<string>("EMAIL") { Description = "Email of the account." };
        var reset = call.Command("reset-second-factor", "Turn off two-factor sign-in of an account, remove its passkeys and end its sessions.", async (parsed, cancellationToken) =>
        {
            await using var app = BuildWithAccounts(call);
            if (await FindAsync(call, app, parsed.GetRequiredValue(email).Trim(), cancellationToken) is not { } moderator)
                return 1;
            if (moderator is { HasSecondFactor: false, HasPasskeys: false })
            {
                await call.Errors.WriteLineAsync($"{moderator.Email} has no two-factor sign-in and no passkeys. Nothing was changed.");
                return 1;
            }
            await app.Services.GetRequiredService<ModeratorStore>().ResetSecondFactorAsync(moderator.Id, Actors.CommandLine, cancellationToken);
            await call.Output.WriteLineAsync($"Two-factor sign-in and passkeys of {moderator.Email} are reset. Its password alone signs in, or leads to setting up a new one where everybody needs a second factor.");
            return 0;
        });
        reset.Arguments.Add(email);
        return reset;
    }

    private static Command SecondFactorOptional(CommandCall call) =>
        call.Command("second-factor-optional", "No longer require a second factor of everybody.", async (_, cancellationToken) =>
        {
            await using var app = BuildWithAccounts(call);
            var rule = app.Services.GetRequiredService<SecondFactorRule>();
            if (!await rule.IsInForceAsync(cancellationToken))
            {
                await call.Errors.WriteLineAsync("No second factor is required. Nothing was changed.");
                return 1;
            }
            await rule.SetAsync(isInForce: false, Actors.CommandLine, cancellationToken);
            await call.Output.WriteLineAsync("A second factor is everybody's own choice again. Who has one is still asked for it. A running server follows within 30 seconds.");
            return 0;
        });

    private static Command Add(CommandCall call)
    {
        var email = new Argument<string>("EMAIL") { Description = "Email of the new account." };
        var role = new Option<ModeratorRole>("--role") { Description = "Observer, Moderator or Admin.", DefaultValueFactory = _ => ModeratorRole.Admin, HelpName = "ROLE" };
        var add = call.Command("add", "Create an account and print a link that sets its password. It works once, within 24 hours.", async (parsed, cancellationToken) =>
        {
            await using var app = BuildWithAccounts(call);
            var id = await app.Services.GetRequiredService<ModeratorStore>().AddAsync(parsed.GetRequiredValue(email).Trim(), parsed.GetValue(role), Actors.CommandLine, cancellationToken);
            return await PrintLinkAsync(call, app, id, cancellationToken);
        });
        add.Arguments.Add(email);
        add.Options.Add(role);
        return add;
    }

    private static async Task<Moderator?> FindAsync(CommandCall call, WebApplication app, string wanted, CancellationToken cancellationToken)
    {
        var moderators = await app.Services.GetRequiredService<ModeratorStore>().ListAsync(cancellationToken);
        if (moderators.FirstOrDefault(one => string.Equals(one.Email, wanted, StringComparison.OrdinalIgnoreCase)) is { } moderator)
            return moderator;
        await call.Errors.WriteLineAsync(moderators.Count == 0
            ? "There is no account yet. Start the server and open the link it prints, or use admin add."
            : $"There is no account with the email {wanted}. Admins: {string.Join(", ", moderators.Where(one => one.Role == ModeratorRole.Admin).Select(one => one.Email))}.");
        return null;
    }

    private static WebApplication BuildWithAccounts(CommandCall call)
    {
        var app = call.Build();
        DatabaseCommands.Open(app).RequireCurrent();
        app.Services.GetRequiredService<PresenceDatabase>().OpenBeside();
        return app;
    }

    private static async Task<int> PrintLinkAsync(CommandCall call, WebApplication app, string accountId, CancellationToken cancellationToken)
    {
        var issued = await app.Services.GetRequiredService<PasswordLinks>().IssueAsync(accountId, Actors.CommandLine, cancellationToken);
        var link = ServerLinks.To(issued.PathAndQuery, app.Services.GetRequiredService<DashboardOptions>(), LocalAddress.Configured(app.Configuration));
        await call.Output.WriteLineAsync($"""
            This link sets a new password for {issued.Email}. It works once, until {issued.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC. Older links no longer work.

                {link}

            """);
        if (link == issued.PathAndQuery)
            await call.Output.WriteLineAsync("The server listens on a socket only. Open this path on the address your proxy serves.");
        if (issued.IsDisabled)
            await call.Output.WriteLineAsync("The account is disabled. An Admin can enable it on the People page.");
        return 0;
    }
}

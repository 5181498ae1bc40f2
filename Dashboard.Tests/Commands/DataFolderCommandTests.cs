using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Commands;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Commands;

/// <summary>The commands that look at a data folder, beside the server that runs on it and without it.</summary>
public sealed partial class DataFolderCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private DashboardHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task BackupAndRestore_BesideARunningServer_CopyAndRefuse()
    {
        await _host.TokenAsync("ada");
        var copy = Path.Combine(_folder.Path, "copy.db");

        var backup = await RunAsync("backup", copy);
        var again = await RunAsync("backup", copy);
        var restore = await RunAsync("restore", copy);
        var check = await RunAsync("check");

        Assert.Equal((0, ""), (backup.ExitCode, backup.Errors));
        Assert.StartsWith($"Copied the database to {copy} (", backup.Output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(copy));
        Assert.Equal((1, $"{copy} already exists and was not overwritten. Choose another file."), (again.ExitCode, again.Errors));
        Assert.Equal(1, restore.ExitCode);
        Assert.Contains("in use by another process", restore.Errors, StringComparison.Ordinal);
        Assert.Equal((0, ""), (check.ExitCode, check.Errors));
        Assert.Contains($"A server is running on {_host.DataFolder}.", check.Output, StringComparison.Ordinal);
        await _host.TokenAsync("bob"); // and the server goes on

        await _host.StopAsync();
        var stopped = await RunAsync("restore", copy);
        Assert.Equal((0, ""), (stopped.ExitCode, stopped.Errors));
        var aside = Assert.Single(Directory.GetDirectories(_host.DataFolder, "replaced-*"));
        Assert.Contains(aside, stopped.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(aside, "presence.db")));

        await _host.StartAgainAsync();
        Assert.Equal(200, (await _host.GetAsync("/api/v1/admin/users/ada", DashboardHost.ServerKey)).Status);
        Assert.Equal(404, (await _host.GetAsync("/api/v1/admin/users/bob", DashboardHost.ServerKey)).Status);
        Assert.Empty(_host.Log.Faults);
    }

    [Fact]
    public async Task Person_IsExportedBesideAServerAndErasedWithoutOne()
    {
        await _host.TokenAsync("ada");
        var file = Path.Combine(_folder.Path, "ada.json");

        var export = await RunAsync("person", "export", "ada", file);
        var again = await RunAsync("person", "export", "ada", file);
        var beside = await RunAsync("person", "erase", "ada");
        var nobody = await RunAsync("person", "erase", new string('x', 51));

        Assert.Equal((0, ""), (export.ExitCode, export.Errors));
        Assert.Contains("\"userId\": \"ada\"", await File.ReadAllTextAsync(file, Cancel), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal((1, $"{file} already exists and was not overwritten. Choose another file."), (again.ExitCode, again.Errors));
        Assert.Equal(1, beside.ExitCode);
        Assert.Contains("in use by another process", beside.Errors, StringComparison.Ordinal);
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("50", nobody.Errors, StringComparison.Ordinal);
        Assert.Equal(200, (await _host.GetAsync("/api/v1/admin/users/ada", DashboardHost.ServerKey)).Status);

        await _host.StopAsync();
        var erased = await RunAsync("person", "erase", "ada", "--bans");
        Assert.Equal((0, ""), (erased.ExitCode, erased.Errors));
        Assert.StartsWith("Erased ada: profile yes", erased.Output, StringComparison.Ordinal);
        await _host.StartAgainAsync();
        Assert.Equal(404, (await _host.GetAsync("/api/v1/admin/users/ada", DashboardHost.ServerKey)).Status);
    }

    [Fact]
    public async Task Check_OfADamagedFolder_NamesEveryProblem()
    {
        var copy = Path.Combine(_folder.Path, "copy.db"); // with what stands in the log
        Assert.Equal(0, (await RunAsync("backup", copy)).ExitCode);
        await _host.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(_host.DataFolder, "keys", "signing.keys"), "no key", Cancel);
        var database = Path.Combine(_host.DataFolder, "presence.db");
        File.Delete(database + "-wal");
        var bytes = await File.ReadAllBytesAsync(copy, Cancel);
        new Random(1).NextBytes(bytes.AsSpan(4_096, 12_288));
        await File.WriteAllBytesAsync(database, bytes, Cancel);

        var check = await RunAsync("check");

        Assert.Equal(1, check.ExitCode);
        Assert.Contains("signing.keys is damaged", check.Errors, StringComparison.Ordinal);
        Assert.Contains($"{database} is damaged", check.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfAnEditedAuditLog_NamesTheFirstBrokenRow()
    {
        for (var user = 0; user < 3; user++)
            await _host.PostAsync("/api/v1/admin/removals", DashboardHost.ServerKey, $$"""{"userId":"user-{{user}}","durationSeconds":60}""");
        var whole = await RunAsync("check");
        Assert.Equal(0, whole.ExitCode);
        Assert.Contains("The audit log verifies: ", whole.Output, StringComparison.Ordinal);
        long edited;
        await using (var context = _host.Services.GetRequiredService<PresenceDatabase>().CreateDbContext())
        {
            edited = (await new AuditLog(_host.Services.GetRequiredService<PresenceDatabase>()).ListAsync(new AuditQuery { UserId = "user-1" }, 1, Cancel))[0].Id;
            await context.ExecuteAsync($"UPDATE \"Audit\" SET \"Actor\" = 'nobody' WHERE \"Id\" = {edited}", Cancel);
        }

        var check = await RunAsync("check");

        Assert.Equal(1, check.ExitCode);
        Assert.Contains($"The audit log is broken at row {edited}: who did it was changed.", check.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResetPassword_OfTheLastAdmin_PrintsALinkThatLetsThemInAgain()
    {
        var command = await RunAsync("admin", "reset-password", ModeratorOfTests.Email.ToUpperInvariant());

        Assert.Equal((0, ""), (command.ExitCode, command.Errors));
        var link = new Uri(Link().Match(command.Output).Value);
        Assert.Equal(_host.BaseAddress.Authority, link.Authority);
        using var visitor = new FormVisitor(_host.BaseAddress);
        using (var set = await visitor.PostFormAsync(link.PathAndQuery, "new-password", ("Input.Password", "a new battery of staples")))
            Assert.Equal(302, (int)set.StatusCode);
        using var page = await visitor.GetAsync("/people");
        Assert.Equal(200, (int)page.StatusCode);
        Assert.Contains(_host.Log.Lines, line => line.Message == $"{ModeratorOfTests.Email} set a new password with a link created by the command line.");
    }

    [Fact]
    public async Task ResetPassword_OfAnUnknownEmail_NamesTheAdmins()
    {
        var command = await RunAsync("admin", "reset-password", "nobody@example.com");

        Assert.Equal((1, $"There is no account with the email nobody@example.com. Admins: {ModeratorOfTests.Email}."), (command.ExitCode, command.Errors));
    }

    [Fact]
    public async Task Add_OfAnAdmin_PrintsTheLinkToTheirFirstPassword()
    {
        var command = await RunAsync("admin", "add", "ada@example.com");
        var again = await RunAsync("admin", "add", "ada@example.com");
        var wrong = await RunAsync("admin", "add", "no email");

        Assert.Equal((0, ""), (command.ExitCode, command.Errors));
        Assert.Equal((1, 1), (again.ExitCode, wrong.ExitCode));
        Assert.Contains("already", again.Errors, StringComparison.Ordinal);
        using var visitor = new FormVisitor(_host.BaseAddress);
        using (await visitor.PostFormAsync(new Uri(Link().Match(command.Output).Value).PathAndQuery, "new-password", ("Input.Password", "a new battery of staples")))
        {
        }
        using var page = await visitor.GetAsync("/people");
        Assert.Equal(200, (int)page.StatusCode);
    }

    [Fact]
    public async Task Commands_WithoutADatabase_SayWhatToDo()
    {
        var empty = Path.Combine(_folder.Path, "empty");
        foreach (var words in (string[][])[["backup", Path.Combine(_folder.Path, "x.db")], ["admin", "reset-password", "a@b.example"], ["admin", "add", "a@b.example"]])
        {
            var command = await RunInAsync(empty, words);
            Assert.Equal(1, command.ExitCode);
            Assert.Contains($"There is no database in {empty} yet.", command.Errors, StringComparison.Ordinal);
        }
        var check = await RunInAsync(empty, "check");
        Assert.Equal((0, ""), (check.ExitCode, check.Errors));
        Assert.False(Directory.Exists(empty));
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args) => RunInAsync(_host.DataFolder, args);

    private async Task<(int ExitCode, string Output, string Errors)> RunInAsync(string folder, params string[] args)
    {
        using StringWriter output = new(CultureInfo.InvariantCulture), errors = new(CultureInfo.InvariantCulture);
        var exitCode = await CommandLine.RunAsync([.. args, $"--Presence:Data={folder}", $"--urls={_host.BaseAddress}"], output, errors);
        return (exitCode, $"{output}".TrimEnd(), $"{errors}".TrimEnd());
    }

    [GeneratedRegex(@"http://\S+/new-password\?token=\S+", RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}

#pragma warning disable CA1416 // rights of files are looked at behind a check for the system, which the analyzer does not see inside a lambda
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;

namespace Presence.Dashboard.Tests.Hosting;

public sealed class StorageTroubleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_WhileAnotherProgramLocksTheDatabase_Are503AndEverythingElseGoesOn()
    {
        await using var host = await DashboardHost.StartAsync();
        var token = await host.TokenAsync("ada");
        using (var stranger = Lock(host))
        {
            Answer[] refused = await Task.WhenAll(
                host.SendAsync(HttpMethod.Put, "/api/v1/admin/settings", DashboardHost.ServerKey, """{"enabled":true,"heartbeatIntervalSeconds":20,"presenceTimeoutSeconds":60,"listLimit":100}""", ("If-Match", "*")),
                host.SendAsync(HttpMethod.Put, "/api/v1/admin/users/eve", DashboardHost.ServerKey, """{"displayName":"Eve"}""", ("If-Match", "*")),
                host.SendAsync(HttpMethod.Delete, "/api/v1/admin/users/eve", DashboardHost.ServerKey),
                host.PostAsync("/api/v1/admin/rooms/lobby/removals", DashboardHost.ServerKey, """{"userId":"eve","durationSeconds":60}"""),
                host.SendAsync(HttpMethod.Put, "/api/v1/presence/settings/user", token, """{"enabled":false}"""),
                host.LogInAsync(new JsonObject { ["userId"] = "new", ["deviceId"] = "d" }),
                host.SendAsync(HttpMethod.Delete, "/api/v4/sessions", token));
            Assert.All(refused, answer =>
            {
                answer.IsRefusal(503, 499503);
                Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
                Assert.Contains("can't be stored", answer.Message, StringComparison.Ordinal);
            });
            Assert.Equal(202, (await host.BeatAsync("lobby", token)).Status);
            Assert.Equal(1, (await host.CountAsync("lobby")).Json["count"]!.GetValue<int>());
            await Eventually.TrueAsync(() => host.Services.GetRequiredService<LoopRegistry>().IsDegraded, "health says so");
        }

        Assert.Equal(200, (await host.LogInAsync(new JsonObject { ["userId"] = "new", ["deviceId"] = "d" })).Status);
        var fault = Assert.Single(host.Log.Faults);
        Assert.Contains("another program has locked", fault.Message, StringComparison.Ordinal);
        Assert.Null(fault.Exception);
    }

    [Fact]
    public async Task Forms_WhileAnotherProgramLocksTheDatabase_SayWhyAndKeepWhatWasTyped()
    {
        const string Joining = "ada@example.com";
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await using var unset = await DashboardHost.StartAsync();
        var invitation = await host.Services.GetRequiredService<InvitationStore>().IssueAsync("Ada", ModeratorRole.Observer, "a test", Cancel);
        await ModeratorOfTests.MakeAsync(host, "lost@example.com", ModeratorRole.Observer);
        var link = await host.Services.GetRequiredService<PasswordLinks>().IssueAsync((await IdOfAsync(host, "lost@example.com"))!, "a test", Cancel);
        using var visitor = new FormVisitor(host.BaseAddress, accept: "text/html");
        using var invited = new FormVisitor(host.BaseAddress, accept: "text/html");
        using var forgetful = new FormVisitor(host.BaseAddress, accept: "text/html");
        using var signedIn = new FormVisitor(host.BaseAddress, accept: "text/html");
        using var first = new FormVisitor(unset.BaseAddress, accept: "text/html");
        (await signedIn.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password)).Dispose();
        using (Lock(host))
        using (Lock(unset))
        {
            var answers = await Task.WhenAll(
                visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password),
                invited.PostFormAsync(invitation.PathAndQuery, "join", ("Input.Email", Joining), ("Input.Password", ModeratorOfTests.Password)),
                forgetful.PostFormAsync(link.PathAndQuery, "new-password", ("Input.Password", ModeratorOfTests.Password + "!")),
                first.PostFormAsync(ModeratorOfTests.SetupLinkOf(unset).PathAndQuery!, "setup", ("Input.Email", Joining), ("Input.Password", ModeratorOfTests.Password)),
                signedIn.PostFormToAsync("/account", AccountEndpoints.SignOutEverywherePath));
            var pages = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync(Cancel)));

            Assert.All(answers, answer => Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5)), (answer.StatusCode, answer.Headers.RetryAfter?.Delta)));
            Assert.All(pages, page => Assert.Matches("be stored or read right now: (another program has locked the database|other writes take too long)\\. Try again in 5 s\\.", page));
            Assert.All(pages.Take(4), page => Assert.Matches("<input [^>]*name=\"Input.Password\"[^>]*id=\"password\"", page)); // the form itself
            Assert.DoesNotContain(pages, page => page.Contains(ModeratorOfTests.Password, StringComparison.Ordinal));
            Assert.Contains($"value=\"{ModeratorOfTests.Email}\"", pages[0], StringComparison.Ordinal);
            Assert.Contains($"value=\"{Joining}\"", pages[1], StringComparison.Ordinal);
            Assert.Contains($"value=\"{Joining}\"", pages[3], StringComparison.Ordinal);
            foreach (var answer in answers)
                answer.Dispose();
            // Of writes that wait for others nothing is logged, and which one fails itself, and when, is up to the machine.
            await Eventually.TrueAsync(() => host.Log.Faults.Count > 0 && unset.Log.Faults.Count > 0, "both logs say what is wrong");
        }

        Assert.All((DashboardHost[])[host, unset], each => Assert.Single(each.Log.Faults));
        Assert.All(host.Log.Faults.Concat(unset.Log.Faults), fault => Assert.Null(fault.Exception));
        using var joined = await visitor.PostFormAsync(invitation.PathAndQuery, "join", ("Input.Email", Joining), ("Input.Password", ModeratorOfTests.Password));
        Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
    }

    [Fact]
    public async Task Stop_WhileAnotherProgramLocksTheDatabase_EndsWithOneLineInTheLog()
    {
        await using var host = await DashboardHost.StartAsync();
        using var stranger = Lock(host);
        await host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"lobby","userId":"vouched"}]}""");

        await host.StopAsync(); // throws when a last write does

        Assert.Single(host.Log.Faults);
        stranger.Dispose();
        await host.StartAgainAsync();
        Assert.Equal(200, (await host.GetAsync("/health/ready")).Status);
    }

    [Fact]
    public async Task Start_WhileAnotherProgramLocksTheDatabase_Serves()
    {
        await using var host = await DashboardHost.StartAsync();
        await host.BeatAsync("lobby", await host.TokenAsync("ada"));
        await host.StopAsync();
        using var stranger = Lock(host);

        await host.StartAgainAsync();

        Assert.Equal(1, (await host.CountAsync("lobby")).Json["count"]!.GetValue<int>());
    }

    [Fact]
    public async Task Start_RefusedForItsDatabase_MakesNoKeys()
    {
        await using var host = await DashboardHost.StartAsync();
        var folder = Directory.CreateTempSubdirectory("presence-").FullName;
        try
        {
            using (var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "presence.db")};Pooling=False"))
            {
                connection.Open();
                Execute(connection, "CREATE TABLE Theirs (Id)");
            }
            await using var app = DashboardApplication.Build(["--urls", "http://127.0.0.1:0", $"--Presence:Data={folder}"]);

            await Assert.ThrowsAsync<StartupException>(() => app.StartAsync(Cancel));

            // Keys are evidence that there was a database: one that was cut off in its first start must not have any.
            var keys = Path.Combine(folder, "keys");
            Assert.True(!Directory.Exists(keys) || Directory.GetFiles(keys).Length == 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task FirstAccount_Made_IsInTheFileItselfAndAllOfTheFolderIsTheOwners()
    {
        await using var host = await DashboardHost.StartAsync();

        Assert.Empty((await host.Services.GetRequiredService<FirstAccount>().CreateAsync("ada@example.com", "correct horse battery", "ada", Cancel))!);

        var copy = Path.Combine(host.DataFolder, "copy.db");
        File.Copy(Path.Combine(host.DataFolder, "presence.db"), copy);
        using (var connection = new SqliteConnection($"Data Source={copy};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """SELECT count(*) FROM "AspNetUsers" """;
            Assert.Equal(1L, command.ExecuteScalar());
        }
        File.Delete(copy);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
            var entries = Directory.GetFileSystemEntries(host.DataFolder, "*", SearchOption.AllDirectories);
            Assert.Contains(entries, entry => entry.EndsWith(".xml", StringComparison.Ordinal));
            Assert.All(entries, entry => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(entry) & Others));
        }
    }

    private static async Task<string?> IdOfAsync(DashboardHost host, string email)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>().FindByEmailAsync(email))?.Id;
    }

    private static LockedDatabase Lock(DashboardHost host) => new(Path.Combine(host.DataFolder, "presence.db"));

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

#pragma warning disable CA1416 // rights of files are looked at behind a check for the system, which the analyzer does not see inside a lambda
using System.Text.Json.Nodes;
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
            Execute(stranger, "ROLLBACK");
        }

        Assert.Equal(200, (await host.LogInAsync(new JsonObject { ["userId"] = "new", ["deviceId"] = "d" })).Status);
        var fault = Assert.Single(host.Log.Faults);
        Assert.Contains("another program has locked", fault.Message, StringComparison.Ordinal);
        Assert.Null(fault.Exception);
    }

    [Fact]
    public async Task Stop_WhileAnotherProgramLocksTheDatabase_EndsWithOneLineInTheLog()
    {
        await using var host = await DashboardHost.StartAsync();
        using var stranger = Lock(host);
        await host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"lobby","userId":"vouched"}]}""");

        await host.StopAsync(); // throws when a last write does

        Assert.Single(host.Log.Faults);
        Execute(stranger, "ROLLBACK");
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

        Assert.Empty((await host.Services.GetRequiredService<FirstAccount>().CreateAsync("ada@example.com", "correct horse battery", Cancel))!);

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

    private static SqliteConnection Lock(DashboardHost host)
    {
        var stranger = new SqliteConnection($"Data Source={Path.Combine(host.DataFolder, "presence.db")};Pooling=False");
        stranger.Open();
        Execute(stranger, "BEGIN IMMEDIATE");
        return stranger;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class HealthTests : IAsyncLifetime
{
    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync();

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Live_OfARunningProcess_Answers200() => Assert.Equal((200, """{"status":"live"}"""), await StatusOfAsync("/health/live"));

    [Fact]
    public async Task Ready_OnceRestored_Answers200() => Assert.Equal((200, """{"status":"healthy"}"""), await StatusOfAsync("/health/ready"));

    [Fact]
    public async Task Ready_AskedByHead_AnswersWithoutABody() => Assert.Equal((200, ""), ((await _host.SendAsync(HttpMethod.Head, "/health/ready")) is var answer ? (answer.Status, answer.Body) : default));

    [Fact]
    public async Task Ready_WhileALoopFails_IsDegradedAndStillServes()
    {
        var loops = _host.Services.GetRequiredService<LoopRegistry>();
        loops.Register("broken on purpose");
        loops.Failed("broken on purpose", "a reason with a path /secret", DateTimeOffset.UnixEpoch);

        Assert.Equal((200, """{"status":"degraded"}"""), await StatusOfAsync("/health/ready"));
        var details = (await _host.GetAsync("/health/ready", DashboardHost.ServerKey)).Json["loops"]!.AsArray();
        Assert.Contains(details, loop => loop!["name"]!.GetValue<string>() == "broken on purpose" && !loop["healthy"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Ready_WhileNothingCanBeStored_IsDegradedAndLogsNoProbe()
    {
        _host.Services.GetRequiredService<StorageWatch>().Note(new SqliteException("database or disk is full", 13));

        Assert.Equal((200, """{"status":"degraded"}"""), await StatusOfAsync("/health/ready"));
        Assert.DoesNotContain(_host.Log.Lines, line => line.Message.Contains("Health check", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ready_WithATokenOrAWrongKey_KeepsDetailsBack()
    {
        var token = await _host.TokenAsync("anna");

        Assert.Null((await _host.GetAsync("/health/ready", token)).Json["loops"]);
        Assert.Null((await _host.GetAsync("/health/ready", "wrong")).Json["loops"]);
    }

    [Fact]
    public async Task Everything_BeforeTheRestoreIsDone_Answers503ButLive()
    {
        using var restoring = new LogHold("Restored ");
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { WaitUntilReady = false, Services = services => services.AddSingleton<ILoggerProvider>(restoring) });
        try
        {
            Assert.Equal(200, (await host.GetAsync("/health/live")).Status);
            foreach (var path in new[] { "/health/ready", "/api/v1/presence/settings", "/api/v1/presence/rooms/r/users/count", "/api/v9/nothing" })
            {
                var answer = await host.GetAsync(path, DashboardHost.ServerKey);
                answer.IsRefusal(503, 499503);
                Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
            }
            var page = await host.GetAsync("/", headers: ("Accept", "text/html"));
            Assert.Equal(503, page.Status);
            Assert.Equal("1", Assert.Single(page.Headers.GetValues("Refresh")));
        }
        finally
        {
            restoring.Release();
        }

        await host.Services.GetRequiredService<PresenceReadiness>().WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(200, (await host.GetAsync("/health/ready")).Status);
    }

    private async Task<(int, string)> StatusOfAsync(string path) => await _host.GetAsync(path) is var answer ? (answer.Status, answer.Body) : default;
}

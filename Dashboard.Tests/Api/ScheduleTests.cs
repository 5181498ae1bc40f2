using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class ScheduleTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string All = "/api/v1/admin/scheduled-settings";

    private readonly DashboardHost _host = shared.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Schedule_ForARoomFromNow_IsInForceAndCancelledGoesBack()
    {
        var made = await PostAsync("""{"roomId":"tonight","values":{"heartbeatIntervalSeconds":50,"presenceTimeoutSeconds":120},"durationSeconds":7200,"reason":"finals"}""");

        Assert.Equal((201, "active"), (made.Status, (string)made.Json["state"]!));
        Assert.Equal(50, (await _host.BeatAsync("tonight", await _host.TokenAsync("anna"))).Json["heartbeatIntervalSeconds"]!.GetValue<double>());
        var address = $"{All}/{made.Json["scheduleId"]}";
        Assert.Equal(made.Body, (await _host.GetAsync(address, DashboardHost.ServerKey)).Body);
        Assert.Contains(made.Body, (await _host.GetAsync(All, DashboardHost.ServerKey)).Body, StringComparison.Ordinal);

        var cancelled = await _host.SendAsync(HttpMethod.Delete, address, DashboardHost.ServerKey);
        Assert.Equal(("cancelled", "server key"), ((string)cancelled.Json["state"]!, (string)cancelled.Json["note"]!));
        Assert.Equal(30, (await _host.BeatAsync("tonight", await _host.TokenAsync("anna"))).Json["heartbeatIntervalSeconds"]!.GetValue<double>());
    }

    [Fact]
    public async Task Schedule_SameSettingsAtTheSameTime_IsRefusedAndNamesTheOther()
    {
        var first = await PostAsync("""{"prefix":"twice-","values":{"enabled":false},"from":"2126-01-01T20:00:00Z","durationSeconds":3600}""");
        first.IsRefusal(422, 400000);
        Assert.Contains("within 366 days", first.Message, StringComparison.Ordinal);
        await PostAsync("""{"prefix":"twice-","values":{"heartbeatIntervalSeconds":20},"durationSeconds":3600}""");

        var second = await PostAsync("""{"prefix":"twice-","values":{"enabled":false},"durationSeconds":60}""");

        second.IsRefusal(422, 400000);
        Assert.Contains("server key scheduled a change of the same settings", second.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"values":{"heartbeatIntervalSeconds":20}}""", "until or durationSeconds")]
    [InlineData("""{"values":{"heartbeatIntervalSeconds":20},"durationSeconds":60,"until":"2026-01-01T00:00:00Z"}""", "until or durationSeconds")]
    [InlineData("""{"values":{},"durationSeconds":60}""", "at least one value")]
    [InlineData("""{"durationSeconds":60}""", "at least one value")]
    [InlineData("""{"values":{"interval":20},"durationSeconds":60}""", "values: \"interval\"")]
    [InlineData("""{"values":{"heartbeatIntervalSeconds":20},"durationSeconds":59}""", "lasts 1 minute to 31 days")]
    [InlineData("""{"roomId":"a/b","values":{"heartbeatIntervalSeconds":20},"durationSeconds":60}""", "must not contain")]
    public async Task Schedule_AgainstARule_IsRefused(string body, string message)
    {
        var answer = await PostAsync(body);

        answer.IsRefusal(422, 400000);
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_WithAKeyOfOneScope_IsForWhatTheScopeIsFor()
    {
        var keys = _host.Services.GetRequiredService<ServerKeys>();
        var settings = (await keys.IssueAsync("schedules-settings", ServerScopes.Settings, expiresAt: null, "test", Cancel)).Secret;
        var rooms = (await keys.IssueAsync("schedules-rooms", ServerScopes.Rooms, expiresAt: null, "test", Cancel)).Secret;
        const string Network = """{"values":{"heartbeatIntervalSeconds":31},"durationSeconds":60}""";
        const string Room = """{"roomId":"scoped","values":{"heartbeatIntervalSeconds":31},"durationSeconds":60}""";

        (await _host.PostAsync(All, rooms, Network)).IsRefusal(403, 400301);
        (await _host.PostAsync(All, settings, Room)).IsRefusal(403, 400301);
        var made = await _host.PostAsync(All, rooms, Room);
        Assert.Equal(201, made.Status);
        (await _host.SendAsync(HttpMethod.Delete, $"{All}/{made.Json["scheduleId"]}", settings)).IsRefusal(403, 400301);
    }

    private Task<Answer> PostAsync(string body) => _host.PostAsync(All, DashboardHost.ServerKey, body);
}

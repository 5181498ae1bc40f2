using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Alerts;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Alert rules over the API, and what comes of them.</summary>
public sealed class AlertTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Rules = "/api/v1/admin/alert-rules";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_MadeChangedAndDeleted_AreReadBackAndRecorded()
    {
        var host = shared.Host;
        var made = await host.PostAsync(Rules, DashboardHost.ServerKey, """{"kind":"falls","prefix":"rule-test-","amount":25,"minutes":5}""");
        Assert.Equal(201, made.Status);
        var id = made.Json["ruleId"]!.GetValue<string>();
        Assert.Equal(20, made.Json["least"]!.GetValue<int>());

        Assert.Equal(200, (await host.SendAsync(HttpMethod.Put, $"{Rules}/{id}", DashboardHost.ServerKey, """{"kind":"above","roomId":"rule-test","amount":150,"enabled":false}""")).Status);
        var read = (await host.GetAsync($"{Rules}/{id}", DashboardHost.ServerKey)).Json;
        Assert.Equal(("above", "rule-test", 150, false), (read["kind"]!.GetValue<string>(), read["roomId"]!.GetValue<string>(), read["amount"]!.GetValue<int>(), read["enabled"]!.GetValue<bool>()));
        Assert.Null(read["minutes"]);
        Assert.Contains((await host.GetAsync(Rules, DashboardHost.ServerKey)).Json["rules"]!.AsArray(), rule => rule!["ruleId"]!.GetValue<string>() == id);
        Assert.Equal(204, (await host.SendAsync(HttpMethod.Delete, $"{Rules}/{id}", DashboardHost.ServerKey)).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Delete, $"{Rules}/{id}", DashboardHost.ServerKey)).Status);

        var acts = await host.Services.GetRequiredService<AuditLog>().ListAsync(new AuditQuery { Text = id }, 10, Cancel);
        Assert.Equal([AuditActs.AlertRuleDeleted, AuditActs.AlertRuleChanged, AuditActs.AlertRuleCreated], acts.Select(act => act.Act));
    }

    [Theory]
    [InlineData("""{"kind":"nonsense"}""", "kind must be one of falls, rises, above, below, empty, refused, off, watched.")]
    [InlineData("""{"kind":"watched","flag":"friend"}""", "flag must be one of vip, trouble, speaker. Leave it out for anyone on the watch list.")]
    [InlineData("""{"kind":"off","flag":"vip"}""", "flag is only for the kind watched. Leave it out.")]
    [InlineData("""{"kind":"falls","amount":25,"minutes":3}""", "minutes must be one of 1, 2, 5, 10, 15, 30, 60, not 3.")]
    [InlineData("""{"kind":"off","roomId":"a","prefix":"b"}""", "Send roomId or prefix, not both. Without either, the rule is for the network.")]
    public async Task Rules_AgainstTheRules_AreRefusedWithTheField(string body, string message)
    {
        var refused = await shared.Host.PostAsync(Rules, DashboardHost.ServerKey, body);

        Assert.Equal((422, message), (refused.Status, refused.Json["message"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Alerts_OfARoomThatPassesALine_AreListedPageByPage()
    {
        var host = shared.Host;
        var alerts = host.Services.GetRequiredService<AlertWatch>();
        await host.PostAsync(Rules, DashboardHost.ServerKey, """{"kind":"above","prefix":"passes-","amount":1}""");
        foreach (var user in new[] { "ann", "bob" })
            await host.BeatAsync("passes-1", await host.TokenAsync(user));
        await alerts.PassAsync(Cancel);
        await alerts.PassAsync(Cancel);
        await host.BeatAsync("passes-2", await host.TokenAsync("ann"));
        await host.BeatAsync("passes-2", await host.TokenAsync("bob"));
        await alerts.PassAsync(Cancel);
        await alerts.PassAsync(Cancel);

        var open = (await host.GetAsync("/api/v1/admin/alerts?state=open&limit=1", DashboardHost.ServerKey)).Json;
        var alert = Assert.Single(open["alerts"]!.AsArray())!;
        Assert.Equal(("above", "passes-1", 2), (alert["kind"]!.GetValue<string>(), alert["roomId"]!.GetValue<string>(), alert["rooms"]!.GetValue<int>()));
        Assert.Empty((await host.GetAsync("/api/v1/admin/alerts?state=over", DashboardHost.ServerKey)).Json["alerts"]!.AsArray());
        Assert.Equal(422, (await host.GetAsync("/api/v1/admin/alerts?cursor=nonsense", DashboardHost.ServerKey)).Status);
    }
}

using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Api;

/// <summary>What is done over the API and in the browser, as the audit log tells it.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private DashboardHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Acts_OfAServerKey_AreReadPageByPageTheLatestFirst()
    {
        await _host.PostAsync("/api/v1/admin/rooms/lobby/removals", DashboardHost.ServerKey, """{"userId":"ann","durationSeconds":60,"reason":"spam"}""");
        await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/rooms/lobby/removals/ann", DashboardHost.ServerKey);
        await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/rooms/lobby/removals/ann", DashboardHost.ServerKey); // there is none: no act
        await _host.ChangeSettingsAsync(interval: 20);

        var first = (await _host.GetAsync("/api/v1/admin/audit?limit=2", DashboardHost.ServerKey)).Json;
        var second = (await _host.GetAsync($"/api/v1/admin/audit?limit=2&cursor={first["cursor"]}", DashboardHost.ServerKey)).Json;

        var acts = first["acts"]!.AsArray().Concat(second["acts"]!.AsArray()).ToList();
        Assert.Equal(["settings.changed", "ban.lifted", "ban.created", "account.created"], acts.Select(act => Text(act, "act")));
        Assert.Equal(acts.Select(act => act!["number"]!.GetValue<long>()).OrderDescending(), acts.Select(act => act!["number"]!.GetValue<long>()));
        Assert.Equal((30, 20), (acts[0]!["old"]!["heartbeatIntervalSeconds"]!.GetValue<int>(), acts[0]!["new"]!["heartbeatIntervalSeconds"]!.GetValue<int>()));
        Assert.Equal(("server key", "serverKey", "lobby", "ann", "spam"), (Text(acts[2], "actor"), Text(acts[2], "actorKind"), Text(acts[2], "roomId"), Text(acts[2], "userId"), Text(acts[2], "reason")));
        Assert.Equal(16, Text(acts[2], "addressHash").Length);
        Assert.DoesNotContain("127.0.0.1", first.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["ban.created"], ((await _host.GetAsync("/api/v1/admin/audit?act=ban.created&userId=ann&roomId=lobby", DashboardHost.ServerKey)).Json["acts"]!).AsArray().Select(act => Text(act, "act")));
        Assert.Equal(422, (await _host.GetAsync("/api/v1/admin/audit?act=nonsense", DashboardHost.ServerKey)).Status);
        Assert.Equal(422, (await _host.GetAsync("/api/v1/admin/audit?cursor=nonsense", DashboardHost.ServerKey)).Status);
    }

    [Fact]
    public async Task Acts_OfAnAccount_AreRecordedWithItsAddress()
    {
        using var visitor = new FormVisitor(_host.BaseAddress);
        using (await visitor.PostFormAsync("/sign-in", "sign-in", ("Input.Email", ModeratorOfTests.Email), ("Input.Password", "not the password")))
        {
        }
        await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);
        using (await visitor.GetAsync("/downloads/rooms.csv"))
        {
        }
        await _host.Services.GetRequiredService<FailedSignIns>().FlushAsync(Cancel);
        await _host.Services.GetRequiredService<FailedSignIns>().FlushAsync(Cancel); // nothing new: no act

        var acts = await _host.Services.GetRequiredService<AuditLog>().ListAsync(new AuditQuery(), 10, Cancel);

        Assert.Equal([AuditActs.SignInsFailed, AuditActs.DataExported, AuditActs.SignedIn, AuditActs.AccountCreated], acts.Select(act => act.Act));
        Assert.Equal("""{"count":1}""", acts[0].New);
        Assert.Equal((ModeratorOfTests.Email, ActorKind.Moderator, "rooms.csv"), (acts[1].Actor, acts[1].ActorKind, acts[1].Object));
        Assert.Equal(16, acts[1].Address!.Length);
        Assert.Equal(acts[1].Address, acts[2].Address);
        Assert.Null((await _host.Services.GetRequiredService<AuditLog>().VerifyAsync(Cancel)).FirstBroken);
    }

    private static string Text(JsonNode? act, string name) => act![name]!.GetValue<string>();
}

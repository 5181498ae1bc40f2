using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Notes on users and the watch list, over the API.</summary>
public sealed class NoteTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Notes_AddedChangedAndDeleted_AreReadBackAndRecorded()
    {
        const string Notes = "/api/v1/admin/users/note%2Ftest/notes"; // a slash in an id
        var host = shared.Host;
        var made = await host.PostAsync(Notes, DashboardHost.ServerKey, """{"text":"Speaks French","flag":"speaker","expiresAt":"2199-01-01T00:00:00.0005Z"}""");
        Assert.True(made.Status == 422 && made.Json["message"]!.GetValue<string>().StartsWith("expiresAt", StringComparison.Ordinal)); // more than ten years off
        made = await host.PostAsync(Notes, DashboardHost.ServerKey, """{"text":"Speaks French","flag":"speaker"}""");
        Assert.Equal((201, "note/test", "speaker"), (made.Status, made.Json["userId"]!.GetValue<string>(), made.Json["flag"]!.GetValue<string>()));
        var id = made.Json["noteId"]!.GetValue<long>();

        Assert.Equal(200, (await host.SendAsync(HttpMethod.Put, $"{Notes}/{id}", DashboardHost.ServerKey, """{"text":"Speaks Dutch"}""")).Status);
        var read = Assert.Single((await host.GetAsync(Notes, DashboardHost.ServerKey)).Json["notes"]!.AsArray())!;
        Assert.Equal(("Speaks Dutch", null, "server key"), (read["text"]!.GetValue<string>(), read["flag"]?.GetValue<string>(), read["editedBy"]!.GetValue<string>()));
        Assert.Equal(204, (await host.SendAsync(HttpMethod.Delete, $"{Notes}/{id}", DashboardHost.ServerKey)).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Put, $"{Notes}/{id}", DashboardHost.ServerKey, """{"text":"late"}""")).Status);
        Assert.Equal(204, (await host.SendAsync(HttpMethod.Delete, $"{Notes}/none", DashboardHost.ServerKey)).Status);

        Assert.Empty((await host.GetAsync(Notes, DashboardHost.ServerKey)).Json["notes"]!.AsArray());
        var acts = await host.Services.GetRequiredService<AuditLog>().ListAsync(new AuditQuery { UserId = "note/test" }, 10, Cancel);
        Assert.Equal([AuditActs.NoteDeleted, AuditActs.NoteChanged, AuditActs.NoteCreated], acts.Select(act => act.Act));
    }

    [Fact]
    public async Task WatchList_OfFlaggedNotes_IsListedPageByPage()
    {
        var host = shared.Host;
        foreach (var (user, flag) in new[] { ("watch-1", "vip"), ("watch-2", "trouble"), ("watch-3", "vip") })
            Assert.Equal(201, (await host.PostAsync($"/api/v1/admin/users/{user}/notes", DashboardHost.ServerKey, $$"""{"flag":"{{flag}}"}""")).Status);
        await host.PostAsync("/api/v1/admin/users/watch-4/notes", DashboardHost.ServerKey, """{"text":"no flag"}""");

        var first = (await host.GetAsync("/api/v1/admin/watch-list?limit=2", DashboardHost.ServerKey)).Json;
        var second = (await host.GetAsync($"/api/v1/admin/watch-list?limit=2&cursor={first["cursor"]}", DashboardHost.ServerKey)).Json;

        Assert.Equal(["watch-3", "watch-2"], Users(first));
        Assert.Equal(["watch-1"], Users(second));
        Assert.Null(second["cursor"]);
        Assert.Equal(["watch-3", "watch-1"], Users((await host.GetAsync("/api/v1/admin/watch-list?flag=vip", DashboardHost.ServerKey)).Json));
        (await host.GetAsync("/api/v1/admin/watch-list?flag=friend", DashboardHost.ServerKey)).IsRefusal(422, 400000);
        (await host.GetAsync("/api/v1/admin/watch-list?cursor=x", DashboardHost.ServerKey)).IsRefusal(422, 400000);

        static IEnumerable<string> Users(JsonNode reply) => reply["notes"]!.AsArray().Select(note => note!["userId"]!.GetValue<string>()).Where(user => user.StartsWith("watch-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}", "text is missing. It can be empty only with a flag.")]
    [InlineData("""{"text":"x","flag":"friend"}""", "flag must be one of vip, trouble, speaker. Leave it out for a note alone.")]
    [InlineData("""{"text":"x","expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt must be in the future and at most 3660 days away. Leave it out to keep the note until it is deleted.")]
    public async Task Notes_AgainstTheRules_AreRefusedWithTheField(string body, string message)
    {
        var refused = await shared.Host.PostAsync("/api/v1/admin/users/anna/notes", DashboardHost.ServerKey, body);

        Assert.Equal((422, message), (refused.Status, refused.Json["message"]!.GetValue<string>()));
    }
}

using System.Text.Json.Nodes;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Invitations to the stage, over the wire: real tokens, real streams.</summary>
public sealed class InvitationTests(InvitationTests.Host shared) : IClassFixture<InvitationTests.Host>
{
    private readonly DashboardHost _host = shared.Value;
    private readonly string _room = "room-" + Guid.NewGuid().ToString("N")[..8];

    public sealed class Host : IAsyncLifetime
    {
        public DashboardHost Value { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Value = await DashboardHost.StartAsync();

        public async ValueTask DisposeAsync() => await Value.DisposeAsync();
    }

    [Fact]
    public async Task Invite_PresentViewer_IsToldInItsNextHeartbeatAndNobodyElse()
    {
        var (anna, berta) = (await BeatingAsync("anna"), await BeatingAsync("berta"));

        var invited = await InviteAsync("anna");

        Assert.Equal(201, invited.Status);
        Assert.Equal(["id", "userId", "status", "invitedAt", "invitedBy", "expiresAt"], invited.Json.AsObject().Select(member => member.Key));
        var beat = await _host.BeatAsync(_room, anna);
        var told = beat.Json["invitation"]!;
        Assert.Equal((Id(invited), _room, "pending"), (told["id"]!.GetValue<string>(), told["roomId"]!.GetValue<string>(), told["status"]!.GetValue<string>()));
        Assert.InRange(told["expiresInSeconds"]!.GetValue<double>(), 1, 120);
        Assert.Null((await _host.BeatAsync(_room, berta)).Json["invitation"]);
        Assert.Equal(["success", "heartbeatIntervalSeconds", "presenceTimeoutSeconds", "nextHeartbeatInSeconds", "settingsVersion"], (await _host.BeatAsync(_room, berta)).Json.AsObject().Select(member => member.Key));
        Assert.Equal((200, Id(invited)), ((await InviteAsync("anna")).Status, Id(await InviteAsync("anna"))));
        (await _host.GetAsync(Own, berta)).IsRefusal(404, 400400);
    }

    [Theory]
    [InlineData("accept", "accepted")]
    [InlineData("reject", "rejected")]
    public async Task Answer_OfTheInvited_HoldsAndOfAnotherIsNotFound(string word, string status)
    {
        var (anna, berta) = (await BeatingAsync("anna"), await BeatingAsync("berta"));
        var id = Id(await InviteAsync("anna"));

        (await _host.PostAsync($"{Own}/{id}/{word}", berta)).IsRefusal(404, 400400);
        (await _host.PostAsync($"{Own}/{id}/{word}", DashboardHost.ServerKey)).IsRefusal(403, 400301);
        var answered = await _host.PostAsync($"{Own}/{id}/{word}", anna);

        Assert.Equal((200, status), (answered.Status, answered.Json["status"]!.GetValue<string>()));
        Assert.Equal(200, (await _host.PostAsync($"{Own}/{id}/{word}", anna)).Status);
        Assert.Equal(status, (await ListAsync())[0]!["status"]!.GetValue<string>());
        Assert.Equal(word == "accept", (await _host.BeatAsync(_room, anna)).Json["invitation"] is not null);
        (await _host.PostAsync($"{Own}/{id}/{(word == "accept" ? "reject" : "accept")}", anna)).IsRefusal(409, 499604);
    }

    [Fact]
    public async Task Stream_OfTheInvited_HearsOfEverythingAtOnceAndOthersOfNothing()
    {
        var (anna, berta) = (await BeatingAsync("anna"), await BeatingAsync("berta"));
        await using var own = await StreamClient.OpenAsync(_host, _room, anna);
        await using var many = await StreamClient.OpenManyAsync(_host, $"?rooms={_room}", anna);
        await using var others = await StreamClient.OpenAsync(_host, _room, berta);
        await own.NextAsync("snapshot");
        await many.NextAsync("snapshot");
        await others.NextAsync("snapshot");
        var before = TimeProvider.System.GetTimestamp();

        var id = Id(await InviteAsync("anna"));
        var told = await own.NextAsync("invitation");

        Assert.Equal((id, "pending"), (told.Data["id"]!.GetValue<string>(), told.Data["status"]!.GetValue<string>()));
        Assert.Null(told.Id);
        Assert.Equal(id, (await many.NextAsync("invitation")).Data["id"]!.GetValue<string>());
        TestContext.Current.TestOutputHelper?.WriteLine($"told after {TimeProvider.System.GetElapsedTime(before).TotalMilliseconds:0} ms");
        await _host.SendAsync(HttpMethod.Delete, $"{OfRoom}/{id}", DashboardHost.ServerKey);
        Assert.Equal("cancelled", (await own.NextAsync("invitation")).Data["status"]!.GetValue<string>());
        await BeatingAsync("carla"); // what the other stream hears next
        Assert.Equal("joined carla 3", (await others.NextAsync()) is { Name: not "count" } next ? next.ToString() : (await others.NextAsync("joined")).ToString());
    }

    [Fact]
    public async Task Leave_OfTheInvited_EndsTheInvitation()
    {
        var anna = await BeatingAsync("anna");
        var id = Id(await InviteAsync("anna"));
        await _host.PostAsync($"{Own}/{id}/accept", anna);

        await _host.SendAsync(HttpMethod.Delete, $"/api/v1/presence/rooms/{_room}/heartbeat", anna);

        var listed = (await ListAsync())[0]!;
        Assert.Equal(("cancelled", true), (listed["status"]!.GetValue<string>(), listed["left"]!.GetValue<bool>()));
        Assert.Null((await _host.BeatAsync(_room, anna)).Json["invitation"]);
        (await _host.PostAsync($"{Own}/{id}/accept", anna)).IsRefusal(409, 499604);
    }

    [Fact]
    public async Task Invite_WhatBreaksARule_IsRefused()
    {
        await BeatingAsync("anna");

        (await InviteAsync("nobody")).IsRefusal(404, 400400);
        (await _host.PostAsync(OfRoom, DashboardHost.ServerKey, """{"userId":"anna","expiresInSeconds":9}""")).IsRefusal(422, 400000);
        (await _host.PostAsync(OfRoom, DashboardHost.ServerKey, """{"userId":"anna","expiresInSeconds":3601}""")).IsRefusal(422, 400000);
        (await _host.PostAsync(OfRoom, DashboardHost.ServerKey, "{}")).IsRefusal(422, 400000);
        (await _host.SendAsync(HttpMethod.Delete, $"{OfRoom}/inv_none", DashboardHost.ServerKey)).IsRefusal(404, 400400);
    }

    [Fact]
    public async Task Heartbeat_WithAHand_IsInListCountAndStreamUntilLowered()
    {
        var (anna, berta) = (await BeatingAsync("anna"), await BeatingAsync("berta"));

        Assert.True((await _host.BeatAsync(_room, anna, """{"handRaised":true}""")).Json["handRaised"]!.GetValue<bool>());
        Assert.True((await _host.BeatAsync(_room, anna)).Json["handRaised"]!.GetValue<bool>());

        var raised = (await _host.GetAsync($"/api/v1/presence/rooms/{_room}/users?hands=raised", berta)).Json["viewers"]!.AsArray();
        Assert.Equal("anna", Assert.Single(raised)!["userId"]!.GetValue<string>());
        Assert.NotNull(raised[0]!["handRaisedAt"]);
        Assert.Equal(1, (await _host.CountAsync(_room)).Json["handsRaised"]!.GetValue<int>());
        await using var stream = await StreamClient.OpenAsync(_host, _room, berta);
        Assert.Equal(1, (await stream.NextAsync("snapshot")).Data["handsRaised"]!.GetValue<int>());

        Assert.Equal(204, (await _host.SendAsync(HttpMethod.Delete, $"/api/v1/admin/rooms/{_room}/hands/anna", DashboardHost.ServerKey)).Status);

        Assert.Null((await stream.NextAsync("count")).Data["handsRaised"]);
        Assert.Null((await _host.BeatAsync(_room, anna, """{"handRaised":true}""")).Json["handRaised"]);
        Assert.Null((await _host.CountAsync(_room)).Json["handsRaised"]);
        var act = (await _host.GetAsync("/api/v1/admin/audit?limit=1", DashboardHost.ServerKey)).Json["acts"]![0]!;
        Assert.Equal(("hand.lowered", "anna"), (act["act"]!.GetValue<string>(), act["userId"]!.GetValue<string>()));
    }

    private string Own => $"/api/v1/presence/rooms/{_room}/invitation";

    private string OfRoom => $"/api/v1/admin/rooms/{_room}/invitations";

    private async Task<string> BeatingAsync(string user)
    {
        var token = await _host.TokenAsync(user);
        Assert.Equal(202, (await _host.BeatAsync(_room, token)).Status);
        return token;
    }

    private Task<Answer> InviteAsync(string user) => _host.PostAsync(OfRoom, DashboardHost.ServerKey, new JsonObject { ["userId"] = user }.ToJsonString());

    private async Task<JsonArray> ListAsync() => (await _host.GetAsync(OfRoom, DashboardHost.ServerKey)).Json["invitations"]!.AsArray();

    private static string Id(Answer answer) => answer.Json["id"]!.GetValue<string>();
}

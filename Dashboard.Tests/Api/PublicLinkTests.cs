using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class PublicLinkTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Instant = @"""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z""";

    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task Make_ARoomsLink_AnswersItWithoutNamesUnlessTold()
    {
        var answer = await SendAsync(HttpMethod.Post, "made", null);

        Assert.Equal(201, answer.Status);
        Assert.Matches($$$"""^\{"roomId":"made","link":"[0-9A-Za-z]{24}","showNames":false,"createdAt":{{{Instant}}},"createdBy":"server key"\}$""", answer.Body);
        Assert.Equal("/api/v1/admin/rooms/made/public-link", answer.Headers.Location!.OriginalString);
        Assert.Equal(answer.Body, (await SendAsync(HttpMethod.Get, "made", null)).Body);
    }

    [Fact]
    public async Task Make_Again_EndsTheLinkBefore()
    {
        var before = await LinkAsync(HttpMethod.Post, "again");

        var link = await LinkAsync(HttpMethod.Post, "again");

        Assert.NotEqual(before, link);
        (await _host.GetAsync($"/badge/{before}.json")).IsRefusal(404, 400400);
        Assert.Equal(200, (await _host.GetAsync($"/badge/{link}.json")).Status);
    }

    [Fact]
    public async Task Set_WhatItShows_KeepsTheLink()
    {
        var link = await LinkAsync(HttpMethod.Put, "kept");

        var answer = await SendAsync(HttpMethod.Put, "kept", """{"showNames":true}""");

        Assert.Equal((200, link, true), (answer.Status, answer.Json["link"]!.GetValue<string>(), answer.Json["showNames"]!.GetValue<bool>()));
        Assert.Equal(200, (await SendAsync(HttpMethod.Put, "kept", answer.Body)).Status); // sent back as it was read
    }

    [Fact]
    public async Task Revoke_TwiceAndRead_IsGoneAndNoError()
    {
        var link = await LinkAsync(HttpMethod.Post, "revoked");

        for (var i = 0; i < 2; i++)
            Assert.Equal(204, (await SendAsync(HttpMethod.Delete, "revoked", null)).Status);

        (await SendAsync(HttpMethod.Get, "revoked", null)).IsRefusal(404, 400400);
        (await _host.GetAsync($"/badge/{link}.svg")).IsRefusal(404, 400400);
    }

    [Theory]
    [InlineData("""{"names":true}""", 422)]
    [InlineData("""{"showNames":"yes"}""", 422)]
    [InlineData("""{"showNames":""", 400)]
    public async Task Make_AgainstARule_IsRefusedAndMakesNone(string body, int status)
    {
        (await SendAsync(HttpMethod.Post, "refused", body)).IsRefusal(status, 400000);
        (await SendAsync(HttpMethod.Put, "refused", body)).IsRefusal(status, 400000);

        Assert.Equal(404, (await SendAsync(HttpMethod.Get, "refused", null)).Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Room_ThatCannotBe_IsRefused(string method) =>
        (await SendAsync(new HttpMethod(method), new string('x', 129), null)).IsRefusal(422, 400000);

    private async Task<string> LinkAsync(HttpMethod method, string room) => (await SendAsync(method, room, null)).Json["link"]!.GetValue<string>();

    private Task<Answer> SendAsync(HttpMethod method, string room, string? json) => _host.SendAsync(method, $"/api/v1/admin/rooms/{room}/public-link", DashboardHost.ServerKey, json);
}

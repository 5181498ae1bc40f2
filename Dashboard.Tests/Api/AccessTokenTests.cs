using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Tokens that must not count.</summary>
public sealed class AccessTokenTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    public async Task Beat_WithAnUnsignedToken_Answers401(string algorithm)
    {
        var (_, payload, _) = Split(await _host.TokenAsync("victim"));

        foreach (var signature in new[] { "", "AAAA" })
            await IsRefusedAsync($"{Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{payload}.{signature}");
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Beat_WithATokenSignedByAKeyEverybodyKnows_Answers401(string algorithm)
    {
        var (_, payload, _) = Split(await _host.TokenAsync("victim"));
        var text = $"{Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{payload}";

        foreach (var key in new[] { "", "secret", DashboardHost.ClientKey, new string('\0', 32) })
            await IsRefusedAsync($"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes(text)))}");
    }

    [Theory]
    [InlineData("""{"alg":"HS256","typ":"JWT","jku":"http://127.0.0.1:1/keys"}""")]
    [InlineData("""{"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":"AAAA"}}""")]
    [InlineData("""{"alg":"HS256","typ":"JWT","kid":"../../dev/null"}""")]
    public async Task Beat_WithATokenThatBringsItsOwnKey_Answers401(string header)
    {
        var (_, payload, signature) = Split(await _host.TokenAsync("victim"));

        await IsRefusedAsync($"{Encode(header)}.{payload}.{signature}");
    }

    [Fact]
    public async Task Beat_WithAnotherPayloadUnderAGoodSignature_Answers401()
    {
        var token = await _host.TokenAsync("mallory");
        Assert.Equal(202, (await _host.BeatAsync("forged", token)).Status); // in the cache now
        var (header, payload, signature) = Split(token);
        var forged = JsonNode.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(payload)))!;
        forged["sub"] = "victim";

        await IsRefusedAsync($"{header}.{Encode(forged.ToJsonString())}.{signature}");
    }

    [Fact]
    public async Task Beat_WithATokenCutShortOrExtended_Answers401()
    {
        var token = await _host.TokenAsync("cut");

        foreach (var bad in new[] { token[..^1], token[..^10], token + "A", token + ".", "." + token, token.Replace('.', ' '), token.Split('.')[1], "..", "a.b.c", new string('a', 4097) })
            await IsRefusedAsync(bad);
    }

    [Fact]
    public async Task Beat_WithATokenOfAnotherInstallation_Answers401()
    {
        await using var other = await DashboardHost.StartAsync();

        await IsRefusedAsync(await other.TokenAsync("anna"));
    }

    [Theory]
    [InlineData("Basic YTpi")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Token abc")]
    public async Task Beat_WithoutABearerToken_Answers401WithTheScheme(string authorization)
    {
        var answer = await _host.PostAsync("/api/v1/presence/rooms/r/heartbeat", headers: ("Authorization", authorization));

        answer.IsRefusal(401, 400100);
        Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).ToString());
    }

    [Fact]
    public async Task Beat_WithTwoTokens_Answers401()
    {
        var token = await _host.TokenAsync("twice");

        var reply = await RawHttp.ExchangeAsync(_host.BaseAddress, $"""
            POST /api/v1/presence/rooms/r/heartbeat HTTP/1.1
            Host: localhost
            Authorization: Bearer {token}
            Authorization: Bearer {token}
            Content-Length: 0
            Connection: close


            """);

        Assert.StartsWith("HTTP/1.1 401", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beat_FromTheSecondATokenExpires_Answers401AlsoWhenItWasCached()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time, Configuration = { ["Presence:Clients:TokenLifetime"] = "1h" } });
        var token = await host.TokenAsync("anna");
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(202, (await host.BeatAsync("r", token)).Status);

        time.Advance(TimeSpan.FromMinutes(1));
        var answer = await host.BeatAsync("r", token);

        answer.IsRefusal(401, 400100);
        Assert.Contains("expired", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_WithACookieInsteadOfAToken_Answers401()
    {
        var token = await _host.TokenAsync("cookies");

        foreach (var path in new[] { "/api/v1/presence/settings", "/API/v1/presence/settings" })
            (await _host.GetAsync(path, headers: ("Cookie", $"accessToken={token}; presence-moderator={token}; __Host-presence-moderator={token}"))).IsRefusal(401, 400100);
    }

    [Fact]
    public async Task Read_WithAWrongServerKey_Answers401WhateverElseIsSent()
    {
        (await _host.GetAsync("/api/v1/admin/settings", headers: ("x-server-key", "wrong"))).IsRefusal(401, 400100);
        (await _host.GetAsync("/api/v1/admin/settings", "test-server-key-0123456789abcdefghijklmo")).IsRefusal(401, 400100);
        (await _host.GetAsync("/api/v1/presence/settings", await _host.TokenAsync("both"), ("x-server-key", "wrong"))).IsRefusal(401, 400100);
    }

    private static (string Header, string Payload, string Signature) Split(string token) => token.Split('.') is [var header, var payload, var signature] ? (header, payload, signature) : throw new FormatException();

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private async Task IsRefusedAsync(string token)
    {
        var answer = await _host.PostAsync("/api/v1/presence/rooms/forged-room/heartbeat", headers: ("Authorization", "Bearer " + token));

        answer.IsRefusal(401, 400100);
        Assert.Equal(0, (await _host.CountAsync("forged-room")).Json["count"]!.GetValue<int>());
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication.Jwt;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Authentication;

/// <summary>Keys from an address: fresh enough, never fetched because of a token, and not lost when the address fails.</summary>
public sealed class KeySetTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _rsa.Dispose();
        _ec.Dispose();
    }

    [Fact]
    public async Task Beat_WithTokensOfEveryKeyOfTheSet_IsTaken()
    {
        await using var keys = await KeySetServer.StartAsync(TokenForge.Jwk(_rsa, "r1"), TokenForge.Jwk(_ec, "e1"));
        await using var host = await StartAsync(keys);
        await UntilFetchedAsync(host);

        Assert.Equal(202, (await host.BeatAsync("lobby", Rs256("r1"))).Status);
        Assert.Equal(202, (await host.BeatAsync("lobby", TokenForge.Es256(_ec, TokenForge.Claims(_time, "berta"), "e1"))).Status);
        Assert.Equal(202, (await host.BeatAsync("lobby", TokenForge.Rs256(_rsa, TokenForge.Claims(_time, "no-kid")))).Status); // one key of its algorithm: no name needed
        (await host.BeatAsync("lobby", Rs256("e1"))).IsRefusal(401, 400100);
        (await host.BeatAsync("lobby", Rs256("R1"))).IsRefusal(401, 400100);
    }

    [Fact]
    public async Task Beat_BeforeTheFirstSetArrived_Answers503SoThatNoClientGivesUp()
    {
        await using var keys = await KeySetServer.StartAsync();
        keys.Fail(500);
        await using var host = await StartAsync(keys);

        var answer = await host.BeatAsync("lobby", Rs256("r1"));

        answer.IsRefusal(503, 499503);
        Assert.Equal("1", answer.Headers.RetryAfter?.ToString());
    }

    [Fact]
    public async Task Beat_WithATokenOfAKeyThatLeftTheSet_EndsWithTheNextRefreshAlsoWhenCached()
    {
        await using var keys = await KeySetServer.StartAsync(TokenForge.Jwk(_rsa, "r1"), TokenForge.Jwk(_ec, "e1"));
        await using var host = await StartAsync(keys);
        await UntilFetchedAsync(host);
        var token = Rs256("r1");
        Assert.Equal(202, (await host.BeatAsync("lobby", token)).Status);

        keys.Publish(TokenForge.Jwk(_ec, "e1"));
        await PassUsualAsync(keys);
        await Eventually.TrueAsync(async () => (await host.BeatAsync("lobby", token)).Status == 401, "the key's token ends");

        keys.Publish(TokenForge.Jwk(_rsa, "r1"));
        await PassUsualAsync(keys);
        await Eventually.TrueAsync(async () => (await host.BeatAsync("lobby", token)).Status == 202, "the key is back, and its token with it");
    }

    [Fact]
    public async Task Beat_WithATokenOfAKeyReplacedUnderItsName_Ends()
    {
        await using var keys = await KeySetServer.StartAsync(TokenForge.Jwk(_rsa, "k"));
        await using var host = await StartAsync(keys);
        await UntilFetchedAsync(host);
        var token = Rs256("k");
        Assert.Equal(202, (await host.BeatAsync("lobby", token)).Status);

        using var other = RSA.Create(2048);
        keys.Publish(TokenForge.Jwk(other, "k"));
        await PassUsualAsync(keys);

        await Eventually.TrueAsync(async () => (await host.BeatAsync("lobby", token)).Status == 401, "the replaced key's token ends");
    }

    [Fact]
    public async Task Refresh_WhenTheAddressFails_KeepsTheLastSetAndHealthSaysDegraded()
    {
        await using var keys = await KeySetServer.StartAsync(TokenForge.Jwk(_rsa, "r1"));
        await using var host = await StartAsync(keys);
        await UntilFetchedAsync(host);

        foreach (var (status, reply) in new[] { (500, ""), (302, ""), (200, "<html>"), (200, """{"keys":[]}"""), (200, """{"keys":[{"kty":"oct","k":"AAAA"}]}"""), (200, new string(' ', 300_000)) })
        {
            keys.Fail(status, reply);
            await PassUsualAsync(keys);
            await Eventually.TrueAsync(async () => (string)(await host.GetAsync("/health/ready")).Json["status"]! == "degraded", $"degraded by {status} {reply.Trim()}");
            Assert.Equal(202, (await host.BeatAsync("lobby", Rs256("r1"))).Status);

            keys.Publish(TokenForge.Jwk(_rsa, "r1"));
            await Eventually.TrueAsync(
                async () =>
                {
                    _time.Advance(TimeSpan.FromSeconds(1));
                    return (string)(await host.GetAsync("/health/ready")).Json["status"]! == "healthy";
                },
                "healthy again");
        }
    }

    [Fact]
    public async Task Refresh_ThatATokenWantedAndThatFailed_IsTriedUntilItSucceedsAndOnlyThenSaysSo()
    {
        await using var keys = await KeySetServer.StartAsync(TokenForge.Jwk(_rsa, "r1"));
        await using var host = await StartAsync(keys);
        await UntilFetchedAsync(host);
        keys.Fail(500);
        _time.Advance(KeySetLoop.Soonest);
        (await host.BeatAsync("lobby", Rs256("unknown"))).IsRefusal(401, 400100);

        var asked = keys.Requests;
        foreach (var attempt in new[] { 1, 2, 3 })
        {
            await Eventually.TrueAsync(
                () =>
                {
                    _time.Advance(TimeSpan.FromSeconds(1));
                    return keys.Requests >= asked + attempt;
                },
                $"the failed fetch is tried again ({attempt})");
            Assert.DoesNotContain(host.Log.Lines, line => line.Message == "key set works again.");
        }

        keys.Publish(TokenForge.Jwk(_rsa, "r1"));
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return host.Log.Lines.Any(line => line.Message == "key set works again.");
            },
            "it works again");
    }

    [Fact]
    public async Task Refresh_WantedByTokensOfUnknownKeys_ComesOnceInThirtySecondsAndNotDuringTheRequest()
    {
        await using var keys = await KeySetServer.StartAsync(TokenForge.Jwk(_rsa, "r1"));
        await using var host = await StartAsync(keys);
        await UntilFetchedAsync(host);
        var fetched = keys.Requests;
        using var next = RSA.Create(2048);
        var token = TokenForge.Rs256(next, TokenForge.Claims(_time, "anna"), "r2");
        keys.Publish(TokenForge.Jwk(next, "r2"));

        for (var i = 0; i < 50; i++)
            (await host.BeatAsync("lobby", i % 2 == 0 ? token : Rs256($"made-up-{i}"))).IsRefusal(401, 400100);
        Assert.Equal(fetched, keys.Requests);

        for (var second = 0; second < 29; second++)
            _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(fetched, keys.Requests);
        await Eventually.TrueAsync(
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return (await host.BeatAsync("lobby", token)).Status == 202;
            },
            "the new key is noticed");
        Assert.Equal(fetched + 1, keys.Requests);
    }

    [Fact]
    public async Task Beat_WithATokenThatNamesAnAddress_LeavesThatAddressAlone()
    {
        await using var keys = await KeySetServer.StartAsync(TokenForge.Jwk(_rsa, "r1"));
        await using var trap = await KeySetServer.StartAsync(TokenForge.Jwk(_ec, "trap"));
        await using var host = await StartAsync(keys);
        await UntilFetchedAsync(host);

        foreach (var name in new[] { "jku", "x5u", "kid" })
        {
            var header = $$"""{"alg":"ES256","typ":"JWT","kid":"trap","{{name}}":"{{trap.Address}}"}""".Replace("""kid":"trap","kid""", "kid", StringComparison.Ordinal);
            (await host.BeatAsync("lobby", TokenForge.Es256(_ec, header, TokenForge.Claims(_time, "mallory").ToJsonString()))).IsRefusal(401, 400100);
        }
        for (var second = 0; second < 60; second++)
            _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, trap.Requests);
    }

    [Fact]
    public void Read_OfASetWithEveryKindOfKey_TakesThoseThatVerifyRs256AndEs256()
    {
        using var shortest = RSA.Create(1024);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        JsonObject[] keys =
        [
            With(TokenForge.Jwk(_rsa, "rsa")),
            With(TokenForge.Jwk(_ec, "ec")),
            With(TokenForge.Jwk(_rsa, null)),
            With(TokenForge.Jwk(_rsa, "alg"), ("alg", "RS256")),
            With(TokenForge.Jwk(_rsa, "certificate"), ("x5c", new JsonArray("AAAA"))),
            With(TokenForge.Jwk(_rsa, "verify"), ("key_ops", new JsonArray("sign", "verify"))),
            With(TokenForge.Jwk(_rsa, "strange member"), ("ext", true), ("note", new JsonObject())),
            With(TokenForge.Jwk(_rsa, new string('k', 200))),
            With(TokenForge.Jwk(_rsa, "rsa"), ("alg", "RS256")), // its name is taken
            With(TokenForge.Jwk(_rsa, "no alg"), ("alg", "PS256")),
            With(TokenForge.Jwk(_rsa, "no alg"), ("alg", "ES256")),
            With(TokenForge.Jwk(_rsa, "no use"), ("use", "enc")),
            With(TokenForge.Jwk(_rsa, "no operation"), ("key_ops", new JsonArray("encrypt"))),
            With(TokenForge.Jwk(_rsa, "no operations"), ("key_ops", new JsonArray())),
            With(TokenForge.Jwk(_rsa, new string('k', 201))),
            With(TokenForge.Jwk(_rsa, "no number"), ("kid", 7)),
            With(TokenForge.Jwk(_rsa, "no list"), ("oth", "x")),
            With(TokenForge.Jwk(_rsa, "no modulus"), ("n", "AQAB")),
            With(TokenForge.Jwk(_rsa, "no modulus"), ("n", "?")),
            With(TokenForge.Jwk(_rsa, "no exponent"), ("e", new string('A', 12) + "AAAB")),
            With(TokenForge.Jwk(_rsa, "no type"), ("kty", "rsa")),
            With(TokenForge.Jwk(shortest, "short")),
            With(TokenForge.Jwk(_rsa, "long"), ("n", TokenForge.Encode([.. Enumerable.Repeat((byte)0xFF, (8192 / 8) + 1)]))),
            With(TokenForge.Jwk(_ec, "off its curve"), ("y", TokenForge.Encode(new byte[32]))),
            With(TokenForge.Jwk(_ec, "another curve"), ("crv", "secp256k1")),
            With(TokenForge.Jwk(p384, "a longer curve"), ("crv", "P-384")),
            new() { ["kty"] = "oct", ["kid"] = "secret", ["k"] = TokenForge.Encode(TokenForge.Secret) },
            [],
        ];

        var read = KeySetDocument.Read(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["keys"] = new JsonArray([.. keys, 7, null]) }));

        Assert.Equal(
            ["RS256 rsa", "ES256 ec", "RS256 ", "RS256 alg", "RS256 certificate", "RS256 verify", "RS256 strange member", "RS256 " + new string('k', 200)],
            read.Select(key => $"{key.Algorithm} {key.Id}"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    public void Read_OfWhatIsNoKeySet_Throws(string reply) => Assert.Throws<FormatException>(() => KeySetDocument.Read(Encoding.UTF8.GetBytes(reply)));

    private static JsonObject With(JsonObject key, params (string Name, JsonNode Value)[] members)
    {
        foreach (var (name, value) in members)
            key[name] = value;
        return key;
    }

    private string Rs256(string kid) => TokenForge.Rs256(_rsa, TokenForge.Claims(_time, "anna"), kid);

    private Task<DashboardHost> StartAsync(KeySetServer keys) =>
        DashboardHost.StartAsync(new DashboardHostOptions { Time = _time, Configuration = { ["Presence:Clients:Jwt:JwksUrl"] = keys.Address } });

    private Task UntilFetchedAsync(DashboardHost host) => Eventually.TrueAsync(
        () =>
        {
            if (host.Services.GetRequiredService<CustomerKeys>().KeySet is not null)
                return true;
            _time.Advance(TimeSpan.FromSeconds(1));
            return false;
        },
        "the key set is fetched");

    /// <summary>Lets the usual time pass and waits for the request.</summary>
    private async Task PassUsualAsync(KeySetServer keys)
    {
        var before = keys.Requests;
        _time.Advance(KeySetLoop.Usual);
        await Eventually.TrueAsync(
            () =>
            {
                if (keys.Requests > before)
                    return true;
                _time.Advance(TimeSpan.FromSeconds(1));
                return false;
            },
            "the key set is asked for");
    }
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Authentication;

/// <summary>Tokens the customer's backend signs: taken for what they say, and ended at once by whatever ends them.</summary>
public sealed class CustomerTokenTests
{
    private readonly ManualTimeProvider _time = new();

    public static TheoryData<string> Kinds => ["secret", "rsa", "rsa file", "ec", "escaped ec"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Beat_WithATokenOfTheConfiguredKey_IsPresentAsItsSubject(string kind)
    {
        using var folder = new TemporaryFolder();
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = Path.Combine(folder.Path, "public.pem");
        await File.WriteAllTextAsync(file, rsa.ExportRSAPublicKeyPem(), TestContext.Current.CancellationToken);
        await using var host = await StartAsync(kind switch
        {
            "secret" => ("Secret", TokenForge.Secret),
            "rsa" => ("PublicKey", rsa.ExportSubjectPublicKeyInfoPem()),
            "rsa file" => ("PublicKey", file),
            "ec" => ("PublicKey", ec.ExportSubjectPublicKeyInfoPem()),
            _ => ("PublicKey", ec.ExportSubjectPublicKeyInfoPem().Replace("\n", "\\n", StringComparison.Ordinal)),
        });
        var claims = TokenForge.Claims(_time, "anna");
        claims["name"] = "Anna";
        claims["picture"] = "https://example.com/anna.png";

        var token = kind[0] switch
        {
            's' => TokenForge.Hs256(claims),
            'r' => TokenForge.Rs256(rsa, claims, "whatever"),
            _ => TokenForge.Es256(ec, claims),
        };
        Assert.Equal(202, (await host.BeatAsync("lobby", token)).Status);

        var viewer = Assert.Single((await host.GetAsync("/api/v1/presence/rooms/lobby/users", DashboardHost.ServerKey)).Json["viewers"]!.AsArray())!;
        Assert.Equal(("anna", "Anna", "https://example.com/anna.png"), ((string)viewer["userId"]!, (string)viewer["displayName"]!, (string)viewer["avatarUrl"]!));
    }

    [Fact]
    public async Task Beat_WithSidsOfTwoDevices_IsOneViewerWithTwoSessions()
    {
        await using var host = await StartAsync(("Secret", TokenForge.Secret));

        foreach (var sid in new[] { "tv", "phone" })
        {
            var claims = TokenForge.Claims(_time, "anna");
            claims["sid"] = sid;
            Assert.Equal(202, (await host.BeatAsync("lobby", TokenForge.Hs256(claims))).Status);
        }

        var count = (await host.CountAsync("lobby")).Json;
        Assert.Equal((1, 2), ((int)count["count"]!, (int)count["sessions"]!));
    }

    [Fact]
    public async Task Beat_WithACachedToken_EndsWhenTheTokenDoesWithAMinutesLeeway()
    {
        await using var host = await StartAsync(("Secret", TokenForge.Secret));
        var token = TokenForge.Hs256(TokenForge.Claims(_time, "anna"));
        Assert.Equal(202, (await host.BeatAsync("lobby", token)).Status);

        _time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(59));
        Assert.Equal(202, (await host.BeatAsync("lobby", token)).Status);
        _time.Advance(TimeSpan.FromSeconds(1));

        (await host.BeatAsync("lobby", token)).IsRefusal(401, 400100);
    }

    [Fact]
    public async Task LogOut_OfACustomersToken_EndsItInEverySpellingOfItsSignature()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var host = await StartAsync(("PublicKey", ec.ExportSubjectPublicKeyInfoPem()));
        var token = TokenForge.Es256(ec, TokenForge.Claims(_time, "anna"));
        var twin = WithTheOtherSignature(token);
        Assert.Equal(202, (await host.BeatAsync("lobby", twin)).Status); // ES256 lets anyone make a second one of a good one

        Assert.Equal(200, (await host.SendAsync(HttpMethod.Delete, "/api/v4/sessions", token)).Status);

        (await host.BeatAsync("lobby", token)).IsRefusal(401, 400100);
        (await host.BeatAsync("lobby", twin)).IsRefusal(401, 400100);
        await host.RestartAsync();
        (await host.BeatAsync("lobby", twin)).IsRefusal(401, 400100);
    }

    [Fact]
    public async Task RoomsClaim_OnEveryRouteThatNamesARoom_KeepsOthersOut()
    {
        await using var host = await StartAsync(("Secret", TokenForge.Secret));
        var claims = TokenForge.Claims(_time, "anna");
        claims["rooms"] = new JsonArray("lobby", "team-*");
        var token = TokenForge.Hs256(claims);

        foreach (var (room, allowed) in new[] { ("lobby", true), ("team-7", true), ("lobby2", false), ("stage", false) })
        {
            var path = $"/api/v1/presence/rooms/{room}";
            var calls = new[]
            {
                await host.PostAsync($"{path}/heartbeat", token),
                await host.GetAsync($"{path}/users", token),
                await host.GetAsync($"{path}/users/count", token),
                await host.GetAsync($"/api/v1/presence/rooms?ids=lobby,{room}", token),
                await host.SendAsync(HttpMethod.Delete, $"{path}/heartbeat", token),
                await host.PostAsync($"{path}/leave", headers: [("Content-Type", "text/plain")], json: $"token={token}"),
            };
            Assert.All(calls, answer => Assert.Equal((room, allowed), (room, answer.Status < 300)));
            if (!allowed)
                Assert.All(calls, answer => answer.IsRefusal(403, 400301));
        }

        var many = await host.PostAsync("/api/v1/presence/heartbeats", token, """{"heartbeats":[{"roomId":"lobby"},{"roomId":"stage"}]}""");
        Assert.Equal((1, 400301), ((int)many.Json["accepted"]!, (int)many.Json["rejected"]![0]!["code"]!));
        Assert.Equal(0, (int)(await host.CountAsync("stage")).Json["count"]!);
    }

    [Fact]
    public async Task LogIn_Unverified_AsSomebodyATokenSpokeFor_Answers403AtOnceAndAfterARestart()
    {
        await using var host = await StartAsync(("Secret", TokenForge.Secret));
        Assert.Equal(200, (await LogInAsync(host, "anna")).Status);

        var claims = TokenForge.Claims(_time, "anna");
        claims["name"] = "Anna of the customer";
        Assert.Equal(202, (await host.BeatAsync("lobby", TokenForge.Hs256(claims))).Status);

        (await LogInAsync(host, "anna")).IsRefusal(403, 400301); // the clock stands: it was not stored yet
        await host.RestartAsync();
        (await LogInAsync(host, "anna")).IsRefusal(403, 400301);
        var user = (await host.GetAsync("/api/v3/users/anna", DashboardHost.ServerKey)).Json["users"]![0]!;
        Assert.Equal("Anna of the customer", (string)user["displayName"]!);
        Assert.Equal(200, (await LogInAsync(host, "berta")).Status);
    }

    [Fact]
    public async Task LogIn_Unverified_AsSomebodyAServerKeySentHeartbeatsFor_Answers403()
    {
        await using var host = await StartAsync(("Secret", TokenForge.Secret));

        await host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"lobby","userId":"anna"}]}""");
        (await LogInAsync(host, "anna")).IsRefusal(403, 400301);

        _time.Advance(TimeSpan.FromSeconds(2));
        await host.RestartAsync();
        (await LogInAsync(host, "anna")).IsRefusal(403, 400301);
    }

    [Fact]
    public async Task Beat_WithoutAnyKeyConfigured_TakesNoCustomersToken()
    {
        await using var host = await StartAsync();

        (await host.BeatAsync("lobby", TokenForge.Hs256(TokenForge.Claims(_time, "anna")))).IsRefusal(401, 400100);
    }

    public static TheoryData<string, string> BadKeys
    {
        get
        {
            using var rsa = RSA.Create(2048);
            using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var shortest = RSA.Create(1024);
            using var longer = ECDsa.Create(ECCurve.NamedCurves.nistP384);
            using var other = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
            var damaged = rsa.ExportSubjectPublicKeyInfoPem().Split('\n');
            return new()
            {
                { "/nowhere/public.pem", "neither PEM text" },
                { "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", "neither PEM text" },
                { "-----BEGIN PUBLIC KEY-----", "no PEM block" },
                { rsa.ExportPkcs8PrivateKeyPem(), "private key" },
                { rsa.ExportRSAPrivateKeyPem(), "private key" },
                { ec.ExportECPrivateKeyPem(), "private key" },
                { rsa.ExportSubjectPublicKeyInfoPem() + "\n" + ec.ExportSubjectPublicKeyInfoPem(), "several keys" },
                { PemEncoding.WriteString("CERTIFICATE", new byte[10]), "a CERTIFICATE, not a public key" },
                { PemEncoding.WriteString("PUBLIC KEY", new byte[10]), "can't be read" },
                { PemEncoding.WriteString("RSA PUBLIC KEY", new byte[10]), "can't be read" },
                { string.Join('\n', damaged[0], damaged[1], damaged[^1]), "can't be read" },
                { shortest.ExportSubjectPublicKeyInfoPem(), "2048 to 8192 bits" },
                { shortest.ExportRSAPublicKeyPem(), "2048 to 8192 bits" },
                { longer.ExportSubjectPublicKeyInfoPem(), "P-256" },
                { other.ExportSubjectPublicKeyInfoPem(), "P-256" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(BadKeys), DisableDiscoveryEnumeration = true)]
    public void PublicKey_ThatIsNoneToCheckWith_IsRefusedAtStartAndNotRepeated(string text, string problem)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Presence:Clients:Jwt:PublicKey", text)]).Build();

        var refusal = Assert.Throws<ConfigurationRefusedException>(() => DashboardConfiguration.Read(configuration, isDevelopment: false));

        var line = Assert.Single(refusal.Problems);
        Assert.Contains("Presence__Clients__Jwt__PublicKey", line, StringComparison.Ordinal);
        Assert.Contains(problem, line, StringComparison.Ordinal);
        Assert.All(text.Split('\n').Where(part => !part.StartsWith("-----", StringComparison.Ordinal)), part => Assert.True(part.Length == 0 || !line.Contains(part, StringComparison.Ordinal)));
    }

    private static Task<Answer> LogInAsync(DashboardHost host, string userId) => host.LogInAsync(new JsonObject { ["userId"] = userId, ["deviceId"] = "d" });

    /// <summary>For a signature (r, s) of an elliptic curve, (r, n - s) is one as well.</summary>
    private static string WithTheOtherSignature(string token)
    {
        var order = System.Numerics.BigInteger.Parse("00FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        var parts = token.Split('.');
        var signature = System.Buffers.Text.Base64Url.DecodeFromChars(parts[2]);
        var other = (order - new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
        signature.AsSpan(32).Clear();
        other.CopyTo(signature.AsSpan(64 - other.Length));
        return $"{parts[0]}.{parts[1]}.{TokenForge.Encode(signature)}";
    }

    private async Task<DashboardHost> StartAsync(params (string Key, string Value)[] jwt)
    {
        var options = new DashboardHostOptions { Time = _time };
        foreach (var (key, value) in jwt)
            options.Configuration["Presence:Clients:Jwt:" + key] = value;
        return await DashboardHost.StartAsync(options);
    }
}

using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication.Jwt;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>One server for each kind of key; their clocks stand still.</summary>
public sealed class CorpusServers : IAsyncLifetime
{
    public const string Secret = "secret";
    public const string Rsa = "rsa";
    public const string Ec = "ec";
    public const string Set = "key set";

    public const string Issuer = "https://auth.example.com/";
    public const string Audience = "presence";

    private readonly ManualTimeProvider _time = new();
    private readonly Dictionary<string, DashboardHost> _hosts = new(StringComparer.Ordinal);
    private KeySetServer _keySet = null!;

    public CorpusServers() => Keys = new CorpusKeys { Now = _time.GetUtcNow().ToUnixTimeSeconds() };

    public CorpusKeys Keys { get; }

    public DashboardHost this[string server] => _hosts[server];

    public async ValueTask InitializeAsync()
    {
        _keySet = await KeySetServer.StartAsync(
            TokenForge.Jwk(Keys.Rsa, "r1"), TokenForge.Jwk(Keys.OtherRsa, "../../dev/null"), TokenForge.Jwk(Keys.Ec, "e1"), new JsonObject { ["kty"] = "oct", ["kid"] = "o1", ["k"] = TokenForge.Encode(TokenForge.Secret) });
        _hosts[Secret] = await StartAsync(("Secret", TokenForge.Secret));
        _hosts[Rsa] = await StartAsync(("PublicKey", Keys.Rsa.ExportSubjectPublicKeyInfoPem()));
        _hosts[Ec] = await StartAsync(("PublicKey", Keys.Ec.ExportSubjectPublicKeyInfoPem()));
        _hosts[Set] = await StartAsync(("JwksUrl", _keySet.Address), ("Issuer", Issuer), ("Audience", Audience));
        Keys.Own = await _hosts[Secret].TokenAsync("victim");

        var keys = _hosts[Set].Services.GetRequiredService<CustomerKeys>();
        _time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => keys.KeySet is not null, "the key set is fetched");
        _time.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds(Keys.Now));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values)
            await host.DisposeAsync();
        await _keySet.DisposeAsync();
        Keys.Dispose();
    }

    private Task<DashboardHost> StartAsync(params (string Key, string Value)[] jwt)
    {
        var options = new DashboardHostOptions { Time = _time, Configuration = { ["Presence:Limits:FailureBurst"] = "100000", ["Presence:Limits:HeartbeatBurst"] = "100000" } };
        foreach (var (key, value) in jwt)
            options.Configuration["Presence:Clients:Jwt:" + key] = value;
        return DashboardHost.StartAsync(options);
    }
}

using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Authentication;

/// <summary>Keys of the customer's backend, made here.</summary>
public sealed class ServerKeyTests : IAsyncLifetime
{
    private const string Settings = "/api/v1/admin/settings";

    private readonly ManualTimeProvider _time = new();
    private DashboardHost _host = null!;

    private ServerKeys Keys => _host.Services.GetRequiredService<ServerKeys>();

    private ServerKeyStore Store => _host.Services.GetRequiredService<ServerKeyStore>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = _time });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public void Make_AThousandKeys_AreRecognisableAndNoTwoTheSame()
    {
        var keys = Enumerable.Range(0, 1_000).Select(_ => ServerKeyText.Make()).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(1_000, keys.Count);
        Assert.All(keys, key => Assert.Matches("^pd_[0-9A-Za-z]{49}$", key));
        Assert.All(keys, key => Assert.True(ServerKeyText.IsWellFormed(key)));
    }

    [Fact]
    public void Checksum_OfAKnownKey_IsTheOneEverybodyCanCompute() => // CRC-32 of what comes before it, six digits of base 62
        Assert.True(ServerKeyText.IsWellFormed($"pd_{new string('0', 43)}3BVpZ0"));

    [Fact]
    public void IsWellFormed_OfAKeyWithOneWrongCharacterOrTwoSwapped_IsFalse()
    {
        var key = ServerKeyText.Make();

        for (var i = 3; i < key.Length; i++)
        {
            var wrong = key.ToCharArray();
            wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
            Assert.False(ServerKeyText.IsWellFormed(wrong));
            if (i + 1 == key.Length || key[i] == key[i + 1])
                continue;
            var swapped = key.ToCharArray();
            (swapped[i], swapped[i + 1]) = (swapped[i + 1], swapped[i]);
            Assert.False(ServerKeyText.IsWellFormed(swapped));
        }
        Assert.False(ServerKeyText.IsWellFormed(key.AsSpan(0, key.Length - 1)));
        Assert.False(ServerKeyText.IsWellFormed(key + "0"));
        Assert.False(ServerKeyText.IsWellFormed(""));
    }

    [Fact]
    public async Task Find_OfAKey_OpensWhatItsScopesSayByEitherHeaderAndNothingElse()
    {
        var key = await IssueAsync("reports", ServerScopes.Read);

        Assert.Equal(200, (await _host.GetAsync(Settings, key.Secret)).Status);
        Assert.Equal(200, (await _host.GetAsync(Settings, headers: ("x-server-key", key.Secret))).Status);
        var refused = await _host.SendAsync(HttpMethod.Put, Settings, key.Secret, "{}", ("If-Match", "*"));
        refused.IsRefusal(403, 400301);
        Assert.Contains("settings", refused.Message, StringComparison.Ordinal);
        (await _host.PostAsync("/api/v1/presence/heartbeats", key.Secret, """{"heartbeats":[]}""")).IsRefusal(403, 400301);
        (await _host.PostAsync("/api/v4/authentication/token", key.Secret, """{"userId":"anna"}""")).IsRefusal(403, 400301);
    }

    [Fact]
    public async Task Find_OfAKeyJustRevoked_Answers401WithTheNextRequestAndAfterARestart()
    {
        var key = await IssueAsync("backend", ServerScopes.All);
        Assert.Equal(200, (await _host.GetAsync(Settings, key.Secret)).Status);

        await Store.RevokeAsync(key.Key.Id, "test", Cancel);

        var answer = await _host.GetAsync(Settings, key.Secret);
        answer.IsRefusal(401, 400100);
        Assert.Contains("revoked", answer.Message, StringComparison.Ordinal);
        await _host.RestartAsync();
        (await _host.GetAsync(Settings, key.Secret)).IsRefusal(401, 400100);
    }

    [Fact]
    public async Task Find_OfAKeyFromTheInstantItExpires_Answers401()
    {
        var key = await Keys.IssueAsync("short", ServerScopes.All, _time.GetUtcNow().AddHours(1), "test", Cancel);

        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await _host.GetAsync(Settings, key.Secret)).Status);
        _time.Advance(TimeSpan.FromSeconds(1));

        var answer = await _host.GetAsync(Settings, key.Secret);
        answer.IsRefusal(401, 400100);
        Assert.Contains("expired", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_OfAMistypedKey_SaysSo()
    {
        var key = (await IssueAsync("typo", ServerScopes.All)).Secret;

        var mistyped = await _host.GetAsync(Settings, key[..^1] + (key[^1] == 'a' ? 'b' : 'a'));
        var foreign = await _host.GetAsync(Settings, ServerKeyText.Make());

        mistyped.IsRefusal(401, 400100);
        Assert.Contains("mistyped", mistyped.Message, StringComparison.Ordinal);
        foreign.IsRefusal(401, 400100);
        Assert.DoesNotContain("mistyped", foreign.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issue_AThirdGoodKeyOfOneName_IsRefusedUntilOneIsRevoked()
    {
        var first = await IssueAsync("backend", ServerScopes.Read);
        var second = await IssueAsync("backend", ServerScopes.Read);
        await Assert.ThrowsAsync<StoreFullException>(() => IssueAsync("backend", ServerScopes.Read));
        await IssueAsync("other", ServerScopes.Read);

        foreach (var key in new[] { first, second })
            Assert.Equal(200, (await _host.GetAsync(Settings, key.Secret)).Status); // both, while the backend changes over
        await Store.RevokeAsync(first.Key.Id, "test", Cancel);

        await IssueAsync("backend", ServerScopes.Read);
    }

    [Fact]
    public async Task Issue_ManyOfOneNameAtOnce_MakesTwo()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            try
            {
                return await IssueAsync("race", ServerScopes.Read);
            }
            catch (StoreFullException)
            {
                return null;
            }
        }));

        Assert.Equal(2, made.Count(key => key is not null));
    }

    [Fact]
    public async Task Files_AfterAKeyWasMadeAndUsed_HoldNoPartOfItsSecret()
    {
        var key = await IssueAsync("secret", ServerScopes.All);
        await _host.GetAsync(Settings, key.Secret);
        await Store.FlushAsync(Cancel);
        Assert.NotNull(Store.FindById(key.Key.Id)!.LastUsedAt);
        await _host.StopAsync();

        var hidden = Encoding.ASCII.GetBytes(key.Secret[ServerKeyText.ShownLength..^6]);
        Assert.All(Directory.GetFiles(_host.DataFolder, "*", SearchOption.AllDirectories), file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(hidden)));
        Assert.DoesNotContain(_host.Log.Lines, line => line.Message.Contains(key.Secret[ServerKeyText.ShownLength..^6], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "read", "name must")]
    [InlineData("", "read", "name must")]
    [InlineData("  ", "read", "name must")]
    [InlineData("a\nb", "read", "name must")]
    [InlineData("ok", "", "scopes must")]
    [InlineData("ok", "read,write", "scopes must")]
    [InlineData("ok", "read,read", null)]
    internal void ProblemOf_ANewKey_NamesTheField(string? name, string scopes, string? problem)
    {
        var found = ServerKeyRules.ProblemOf(name, scopes.Split(',', StringSplitOptions.RemoveEmptyEntries), expiresAt: null, _time.GetUtcNow(), out _);

        if (problem is null)
            Assert.Null(found);
        else
            Assert.StartsWith(problem, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServerKeyRules.LongestName, true)]
    [InlineData(ServerKeyRules.LongestName + 1, false)]
    public void ProblemOf_ALongName_IsUpToTheLimit(int length, bool allowed) =>
        Assert.Equal(allowed, ServerKeyRules.ProblemOf(new string('n', length), ["read"], expiresAt: null, _time.GetUtcNow(), out _) is null);

    [Fact]
    public void ProblemOfGrant_OfMoreThanOneHas_NamesIt()
    {
        var by = new ClientPrincipal { Kind = ClientKind.Server, UserId = "", SessionId = "", TokenId = "", Name = "", Scopes = ServerScopes.Keys | ServerScopes.Read };

        Assert.Null(ServerKeyRules.ProblemOfGrant(ServerScopes.Read, by));
        Assert.Equal("A server key can't grant scopes it lacks: users, settings.", ServerKeyRules.ProblemOfGrant(ServerScopes.Read | ServerScopes.Users | ServerScopes.Settings, by));
    }

    private Task<IssuedServerKey> IssueAsync(string name, ServerScopes scopes) => Keys.IssueAsync(name, scopes, expiresAt: null, "test", Cancel);
}

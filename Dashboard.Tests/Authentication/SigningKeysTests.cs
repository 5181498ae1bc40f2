using Presence.Dashboard.Authentication;
using Presence.Dashboard.Authentication.Jwt;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Authentication;

public sealed class SigningKeysTests : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(45);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    private string FilePath => Path.Combine(_folder.Path, "keys", "signing.keys");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Current_AfterARestart_IsTheSameKey()
    {
        var id = NewKeys().Current.Id;

        Assert.Equal(id, NewKeys().Current.Id);
    }

    [Fact]
    public void Turn_ADayBeforeTheTermEnds_MakesTheNextKeyWhichSignsWhenItEnds()
    {
        var keys = NewKeys();
        var first = keys.Current.Id;

        _time.Advance(SigningKeys.Term - SigningKeys.Ahead);
        keys.Turn();

        Assert.Equal(2, keys.All.Count);
        Assert.Equal(first, keys.Current.Id);
        _time.Advance(SigningKeys.Ahead - TimeSpan.FromSeconds(1));
        Assert.Equal(first, keys.Current.Id);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(keys.All[1].Id, keys.Current.Id);
    }

    [Fact]
    public void Read_OfATokenOfAFormerKey_SucceedsUntilTheTokenExpiresAndNotForEver()
    {
        var keys = NewKeys();
        var tokens = NewTokens(keys);
        PassTime(keys, SigningKeys.Term - TimeSpan.FromHours(1)); // as late as the first key signs
        var token = tokens.Issue(Anna, "device").Text;

        PassTime(keys, Lifetime - TimeSpan.FromHours(1));
        Assert.NotNull(Read(tokens, token));
        PassTime(keys, TimeSpan.FromDays(3));

        Assert.Null(Read(tokens, token));
        Assert.DoesNotContain(keys.All, key => key.VerifiesUntil <= _time.GetUtcNow());
    }

    [Fact]
    public void Turn_ThroughTwoYears_KeepsFewKeysAndAlwaysOneThatSigns()
    {
        var keys = NewKeys();

        for (var day = 0; day < 730; day++)
        {
            PassTime(keys, TimeSpan.FromDays(1));
            Assert.InRange(keys.All.Count, 1, 4);
            Assert.True(keys.Current.VerifiesUntil >= _time.GetUtcNow() + Lifetime, "What is signed now must be readable until it expires.");
        }
    }

    [Fact]
    public void Turn_AfterAYearSwitchedOff_StillMakesTheNextKeyAheadOfItsTime()
    {
        var first = NewKeys().Current.Id;
        _time.Advance(TimeSpan.FromDays(365));

        var keys = NewKeys();

        Assert.Equal(first, keys.Current.Id);
        Assert.Equal(_time.GetUtcNow() + SigningKeys.Ahead, keys.All[^1].ActiveFrom);
    }

    [Fact]
    public void Turn_WithALongerLifetimeThanBefore_KeepsTheKeyForIt()
    {
        NewKeys(TimeSpan.FromDays(1));

        var keys = NewKeys(TimeSpan.FromDays(400));

        Assert.True(keys.Current.VerifiesUntil >= _time.GetUtcNow() + TimeSpan.FromDays(400));
        Assert.Equal(keys.Current.VerifiesUntil, NewKeys(TimeSpan.FromDays(1)).Current.VerifiesUntil); // and does not break the promise again
    }

    [Fact]
    public void Vouches_WithAProofOfTheKeyBefore_HoldsForItsTenMinutes()
    {
        var keys = NewKeys();
        var proofs = new AuthTokens(keys, _time);
        PassTime(keys, SigningKeys.Term - TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(59));
        var proof = proofs.Mint("anna");
        var before = keys.Current.Id;

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.NotEqual(before, keys.Current.Id);
        Assert.True(proofs.Vouches(proof, "anna"));
        Assert.False(proofs.Vouches(proof, "berta"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("pd-00112233 2026-03-01T12:00:00Z 2026-05-01T12:00:00Z c2hvcnQ=")]
    [InlineData("other-00112233 2026-03-01T12:00:00Z 2026-05-01T12:00:00Z AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pd-00112233 yesterday 2026-05-01T12:00:00Z AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Read_OfADamagedFile_RefusesTheStartAndNamesIt(string content)
    {
        NewKeys();
        File.WriteAllText(FilePath, content);

        var refusal = Assert.Throws<StartupException>(() => NewKeys());
        Assert.Contains(FilePath, refusal.Message, StringComparison.Ordinal);
    }

    private static User Anna => new("anna", new string('a', 24), new string('b', 24), null, null, "{}", IsGuest: false, IsVouched: false, default, default);

    private SigningKeys NewKeys(TimeSpan? lifetime = null)
    {
        var keys = new SigningKeys(new SigningKeyFile(new KeyFolder(Options(lifetime))), Options(lifetime), _time);
        keys.Turn(); // as the start of a server does
        return keys;
    }

    private AccessTokens NewTokens(SigningKeys keys) => new(keys, Options(null), _time);

    private DashboardOptions Options(TimeSpan? lifetime) => new() { Data = _folder.Path, Clients = { TokenLifetime = lifetime ?? Lifetime } };

    private static ClientPrincipal? Read(AccessTokens tokens, string text) => TokenText.TryParse(text, out var token) ? tokens.Read(token) : throw new FormatException();

    private void PassTime(SigningKeys keys, TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromHours(1))
        {
            _time.Advance(TimeSpan.FromHours(1));
            keys.Turn();
        }
    }
}

using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Tests.Authentication;

public sealed class AccessTokenCacheTests
{
    [Fact]
    public void Find_OfATokenInUse_SurvivesAnyNumberOfOthers()
    {
        var cache = new AccessTokenCache(generationCap: 100);
        var mine = Principal("mine");
        cache.Add("token-mine", mine);

        for (var i = 0; i < 10_000; i++)
        {
            cache.Add($"token-{i}", Principal($"user-{i}"));
            if (i % 50 == 0)
                Assert.Same(mine, cache.Find("token-mine"));
        }

        Assert.InRange(cache.Count, 100, 200);
        Assert.Null(cache.Find("token-0"));
    }

    [Fact]
    public void Add_OfATokenKeptAlready_GivesTheFirstPrincipal()
    {
        var cache = new AccessTokenCache(generationCap: 100);
        var first = cache.Add("token", Principal("a"));

        Assert.Same(first, cache.Add("token", Principal("a")));
    }

    [Fact]
    public void Find_ByAPartOfAHeader_NeedsNoCopy()
    {
        var cache = new AccessTokenCache(generationCap: 100);
        var principal = cache.Add("abc", Principal("a"));

        Assert.Same(principal, cache.Find("Bearer abc".AsSpan(7)));
        Assert.Null(cache.Find("Bearer abcd".AsSpan(7)));
    }

    [Fact]
    public void Cache_ByDefault_HoldsTwoHundredThousandTokensInUse() => Assert.True(AccessTokenCache.DefaultGenerationCap >= 200_000);

    private static ClientPrincipal Principal(string userId) => new() { Kind = ClientKind.Viewer, UserId = userId, SessionId = "", TokenId = userId, Name = userId };
}

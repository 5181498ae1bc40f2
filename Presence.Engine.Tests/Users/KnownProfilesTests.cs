using Presence.Engine.Users;

namespace Presence.Engine.Tests.Users;

public sealed class KnownProfilesTests
{
    private readonly KnownProfiles _known = new(capacity: 10);

    [Fact]
    public void TrySet_OfWhatWasSaidEarlier_ChangesNothing()
    {
        Assert.True(_known.TrySet("ann", Said("New", 2)));

        Assert.False(_known.TrySet("ann", Said("Old", 1)));
        Assert.False(_known.TrySet("ann", UserProfile.None));
        Assert.Equal("New", _known.Find("ann")?.DisplayName);
        Assert.True(_known.TrySet("ann", Said("Newer", 3)));
        Assert.Equal("Newer", _known.Find("ann")?.DisplayName);
    }

    [Fact]
    public void TrySet_OfMoreThanFit_KeepsTheLatestOnes()
    {
        for (var i = 0; i < 100; i++)
            _known.TrySet($"u{i}", Said($"Name {i}", i));

        Assert.Null(_known.Find("u79"));
        Assert.All(Enumerable.Range(90, 10), i => Assert.Equal($"Name {i}", _known.Find($"u{i}")?.DisplayName));
    }

    [Fact]
    public void Age_OfTwoGenerations_ForgetsWhoWasNotNotedSince()
    {
        _known.TrySet("ann", Said("Ann", 1));
        _known.Age(TimeSpan.FromMinutes(10).Ticks);
        _known.TrySet("ben", Said("Ben", 1));
        _known.Age(TimeSpan.FromMinutes(19).Ticks);
        Assert.NotNull(_known.Find("ann"));

        _known.Age(TimeSpan.FromMinutes(20).Ticks);

        Assert.Null(_known.Find("ann"));
        Assert.NotNull(_known.Find("ben"));
    }

    private static UserProfile Said(string name, int second) => new(name, null) { SaidAt = DateTimeOffset.UnixEpoch.AddSeconds(second) };
}

using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Tests.Authentication;

public sealed class ApiPolicyTests
{
    [Theory]
    [InlineData(ServerScopes.None, false)]
    [InlineData(ServerScopes.Read, true)]
    [InlineData(ServerScopes.Settings, true)]
    [InlineData(ServerScopes.Keys | ServerScopes.Presence, false)]
    [InlineData(ServerScopes.All, true)]
    internal void ProblemOf_AServerKey_LetsOneOfTheScopesPass(ServerScopes held, bool allowed) =>
        Assert.Equal(allowed, ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Settings).ProblemOf(Server(held)) is null);

    [Theory]
    [InlineData(ServerScopes.All, true)]
    [InlineData(ServerScopes.All & ~ServerScopes.Keys, false)]
    internal void ProblemOf_ARouteThatNamesNoScope_AsksForAll(ServerScopes held, bool allowed) =>
        Assert.Equal(allowed, ApiPolicy.Server.ProblemOf(Server(held)) is null);

    [Fact]
    public void ProblemOf_AViewer_DependsOnTheRouteAlone()
    {
        var viewer = new ClientPrincipal { Kind = ClientKind.Viewer, UserId = "anna", SessionId = "", TokenId = "t", Name = "anna", Scopes = ServerScopes.All };

        Assert.Null(ApiPolicy.Viewer.ProblemOf(viewer));
        Assert.Null(ApiPolicy.ViewerOrServer.ProblemOf(viewer));
        Assert.Equal("This route requires a server key, not an access token.", ApiPolicy.Server.ProblemOf(viewer));
    }

    [Fact]
    public void ProblemOf_AKeyThatLacksTheScope_NamesIt() =>
        Assert.Equal("This server key lacks the required scope: read or settings.", ApiPolicy.Server.With(ServerScopes.Settings | ServerScopes.Read).ProblemOf(Server(ServerScopes.Keys)));

    [Fact]
    public void Words_OfEveryScope_AreReadBack()
    {
        Assert.True(ServerScopeWords.TryRead(ServerScopeWords.All, out var all));
        Assert.Equal(ServerScopes.All, all);
        Assert.Equal(ServerScopeWords.All, ServerScopeWords.Of(ServerScopes.All));
        Assert.False(ServerScopeWords.TryRead(["read", "Settings"], out _));
        Assert.False(ServerScopeWords.TryRead([null], out _));
    }

    [Theory]
    [InlineData("lobby", true)]
    [InlineData("Lobby", false)]
    [InlineData("lobby2", false)]
    [InlineData("team-", true)]
    [InlineData("team-7", true)]
    [InlineData("team", false)]
    [InlineData("a-team-7", false)]
    public void Rooms_OfAToken_AreNamesAndBeginnings(string roomId, bool allowed) =>
        Assert.Equal(allowed, new RoomScope(["lobby", "team-*"]).Allows(roomId));

    [Fact]
    public void Rooms_NamedByAStarAlone_AreAll() => Assert.True(new RoomScope(["*"]).Allows("any"));

    [Fact]
    public void Rooms_OfAnEmptyList_AreNone() => Assert.False(new RoomScope([]).Allows("any"));

    private static ClientPrincipal Server(ServerScopes scopes) => new() { Kind = ClientKind.Server, UserId = "", SessionId = "", TokenId = "", Name = "server key", Scopes = scopes };
}

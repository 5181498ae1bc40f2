using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Rooms;

/// <summary>Rule 2: with a cursor nobody who is present throughout is skipped or repeated.</summary>
public sealed class PagingTests : IDisposable
{
    private readonly EngineWorld _world = new(limits: new PresenceLimits { Crowd = 100_000 });

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(ViewerSort.FirstJoinedFirst)]
    [InlineData(ViewerSort.LastJoinedFirst)]
    [InlineData(ViewerSort.Name)]
    public void Viewers_FollowedByCursorWhilePeopleComeAndGo_ListsWhoStaysOnce(ViewerSort sort)
    {
        var random = new Random(7);
        for (var user = 0; user < 2_000; user++)
            _world.Beat($"stays{user}", profile: new UserProfile($"Name {random.Next(50)}", null));
        for (var user = 0; user < 2_000; user++)
            _world.Beat($"goes{user}");

        var listed = new List<string>();
        var query = new ViewerQuery { Sort = sort, Limit = 37 };
        do
        {
            var page = _world.Engine.Viewers(EngineWorld.Lobby, query);
            listed.AddRange(page.Viewers.Select(viewer => viewer.UserId));
            query = query with { After = page.Next };
            for (var churn = 0; churn < 40; churn++)
            {
                _world.Engine.Leave(EngineWorld.Lobby, $"goes{random.Next(2_000)}", "");
                _world.Beat($"comes{random.Next(2_000)}");
            }
        }
        while (query.After is not null);

        Assert.Equal(2_000, listed.Count(user => user.StartsWith("stays", StringComparison.Ordinal)));
        Assert.Equal(2_000, listed.Where(user => user.StartsWith("stays", StringComparison.Ordinal)).Distinct().Count());
        Assert.Empty(_world.Engine.Audit());
    }

    [Fact]
    public void Viewers_CursorOfSomebodyWhoLeft_ContinuesBehindThem()
    {
        foreach (var user in new[] { "ann", "ben", "cat" })
            _world.Beat(user);
        var first = Page(new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst, Limit = 1 });

        _world.Engine.Leave(EngineWorld.Lobby, "ann", "");

        Assert.Equal(["ben", "cat"], Ids(Page(new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst, After = first.Next })));
    }

    [Fact]
    public void Viewers_LastPage_HasNoCursor()
    {
        _world.Beat("ann");
        _world.Beat("ben");

        Assert.Null(Page(new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst, Limit = 2 }).Next);
        Assert.NotNull(Page(new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst, Limit = 1 }).Next);
        Assert.Null(Page(new ViewerQuery { Limit = 1 }).Next);
    }

    [Fact]
    public void Viewers_CursorWithAnOrderByHeartbeat_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Page(new ViewerQuery { After = new ViewerCursor(_world.Now, "", "ann") }));

    [Fact]
    public void Viewers_ByName_IgnoreCaseAndFallBackToTheId()
    {
        _world.Beat("u1", profile: new UserProfile("zoe", null));
        _world.Beat("u2", profile: new UserProfile("Adam", null));
        _world.Beat("mia");
        _world.Beat("u0", profile: new UserProfile("adam", null));

        Assert.Equal(["u0", "u2", "mia", "u1"], _world.List(ViewerSort.Name));
    }

    [Fact]
    public void Viewers_ByState_ListAndCountOnlyThose()
    {
        _world.Beat("ann", state: ViewerState.Hidden);
        _world.Beat("ben");
        _world.Beat("cat", state: ViewerState.Hidden);

        var page = Page(new ViewerQuery { Sort = ViewerSort.LastJoinedFirst, State = ViewerState.Hidden, Limit = 1 });

        Assert.Equal(["cat"], Ids(page));
        Assert.Equal(2, page.Matching);
        Assert.Equal(3, page.Count.Viewers);
        Assert.Equal(["ann"], Ids(Page(new ViewerQuery { Sort = ViewerSort.LastJoinedFirst, State = ViewerState.Hidden, After = page.Next })));
    }

    [Fact]
    public async Task Viewers_FilteredWhileOthersChurn_AreExactlyThoseCounted()
    {
        for (var user = 0; user < 5_000; user++)
            _world.Beat($"user{user}");
        using var end = new CancellationTokenSource();
        var churn = Task.Run(
            () =>
            {
                var random = new Random(3);
                while (!end.IsCancellationRequested)
                {
                    _world.Engine.Leave(EngineWorld.Lobby, $"user{random.Next(5_000)}", "");
                    _world.Beat($"user{random.Next(5_000)}");
                }
            },
            TestContext.Current.CancellationToken);

        for (var round = 0; round < 50; round++)
        {
            var page = Page(new ViewerQuery { Sort = ViewerSort.Name, Search = "user" });
            Assert.Equal(page.Count.Viewers, page.Matching);
        }

        await end.CancelAsync();
        await churn;
    }

    private ViewerPage Page(ViewerQuery query) => _world.Engine.Viewers(EngineWorld.Lobby, query);

    private static IEnumerable<string> Ids(ViewerPage page) => page.Viewers.Select(viewer => viewer.UserId);
}

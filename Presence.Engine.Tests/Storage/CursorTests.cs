using Microsoft.Data.Sqlite;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

/// <summary>Cursors over a restart: nobody who is present throughout is skipped or repeated (rule 2).</summary>
public sealed class CursorTests : IDisposable
{
    private const int Viewers = 60;

    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ViewerSort.FirstJoinedFirst, null)]
    [InlineData(ViewerSort.FirstJoinedFirst, ViewerState.Visible)]
    [InlineData(ViewerSort.LastJoinedFirst, null)]
    [InlineData(ViewerSort.LastJoinedFirst, ViewerState.Visible)]
    [InlineData(ViewerSort.Name, null)]
    public async Task Viewers_PagedOverRestarts_AreEverybodyWhoStaysOnce(ViewerSort sort, ViewerState? state)
    {
        var world = await StorageWorld.StartAsync(_folder, _time);
        for (var user = 0; user < Viewers; user++)
        {
            world.Beat($"user {user:00}");
            _time.Advance(TimeSpan.FromTicks(user % 3)); // dozens in one millisecond, several in one instant
        }
        var order = world.Engine.Viewers("lobby", new ViewerQuery { Sort = sort }).Viewers.Select(viewer => viewer.UserId).ToList();
        var query = new ViewerQuery { Sort = sort, State = state, Limit = 7 };
        var seen = new List<string>();

        for (var page = 0; ; page++)
        {
            var read = world.Engine.Viewers("lobby", query);
            seen.AddRange(read.Viewers.Select(viewer => viewer.UserId));
            if (read.Next is not { } next)
                break;
            query = query with { After = next };
            // The viewer of the cursor leaves, one comes, one stays on a later session than the one it came with.
            world.Engine.Leave("lobby", next.UserId, "");
            world.Beat($"late {page}");
            world.Beat(order[30], session: "second");
            world.Engine.Leave("lobby", order[30], "");
            _time.Advance(TimeSpan.FromMilliseconds(300));
            await world.StopAsync();
            _time.Advance(TimeSpan.FromSeconds(3));
            world = await StorageWorld.StartAsync(_folder, _time);
        }
        await world.DisposeAsync();

        Assert.Equal(order, seen.Where(user => user.StartsWith("user", StringComparison.Ordinal)));
    }

    /// <summary>An earlier version stored when a viewer joined in milliseconds.</summary>
    [Fact]
    public async Task Viewers_StoredByAnEarlierVersion_KeepWhenTheyJoined()
    {
        var world = await StorageWorld.StartAsync(_folder, _time);
        world.Beat("ada");
        var joinedAt = world.Engine.Viewers("lobby", new ViewerQuery()).Viewers[0].JoinedAt;
        await world.StopAsync();
        await using (var connection = new SqliteConnection($"Data Source={_folder.File};Pooling=False"))
        {
            connection.Open();
            await using var command = connection.CreateCommand();
            command.CommandText = $"""UPDATE "Memberships" SET "JoinedAt" = {joinedAt.ToUnixTimeMilliseconds()}""";
            command.ExecuteNonQuery();
        }
        _time.Advance(TimeSpan.FromSeconds(30));

        world = await StorageWorld.StartAsync(_folder, _time);

        Assert.Equal(joinedAt, Assert.Single(world.Engine.Viewers("lobby", new ViewerQuery()).Viewers).JoinedAt, TimeSpan.FromMilliseconds(1));
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Viewers_AfterTheWallClockWasSet_GoOnWhereTheCursorStands()
    {
        await using var world = await StorageWorld.StartAsync(_folder, _time);
        foreach (var user in (string[])["ada", "ben", "cat"])
            world.Beat(user);
        var query = new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst, Limit = 1 };
        var first = world.Engine.Viewers("lobby", query);

        _time.SetUtcNow(_time.GetUtcNow() - TimeSpan.FromHours(1));
        world.Sweep(_time, 2);

        Assert.Equal("ben", Assert.Single(world.Engine.Viewers("lobby", query with { After = first.Next }).Viewers).UserId);
    }
}

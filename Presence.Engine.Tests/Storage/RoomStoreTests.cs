using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Engine.Tests.Storage;

public sealed class RoomStoreTests : AdministrationTest
{
    private static readonly RoomDefinition Finals = new()
    {
        Title = "Finals",
        Overrides = new RoomOverrides { HeartbeatInterval = TimeSpan.FromSeconds(20), PresenceTimeout = TimeSpan.FromSeconds(90) },
    };

    [Fact]
    public async Task DefineAsync_Room_IsInForceAndSurvivesACrash()
    {
        using var rooms = new RoomStore(Database, Engine);

        var stored = await rooms.DefineAsync("lobby", Finals, "ada", RoomVersion.None, Cancel);

        Assert.Equal(new DefinedRoom("lobby", Finals, new RoomVersion(1, Time.GetUtcNow()), "ada"), stored);
        Assert.Equal(Finals, Engine.Definition("lobby"));
        await AfterCrashAsync(async (database, engine) =>
        {
            using var again = new RoomStore(database, engine);
            await again.ReloadAsync(Cancel);
            Assert.Equal(Finals, engine.Definition("lobby"));
            Assert.Equal(stored, await again.FindAsync("lobby", Cancel));
        });
    }

    [Fact]
    public async Task DefineAsync_OnAVersionNoLongerThere_IsRefusedAndChangesNothing()
    {
        using var rooms = new RoomStore(Database, Engine);
        var first = await rooms.DefineAsync("lobby", Finals, "ada", RoomVersion.None, Cancel);

        var conflict = await Assert.ThrowsAsync<RoomConflictException>(() => rooms.DefineAsync("lobby", new RoomDefinition { Title = "Other" }, "ben", RoomVersion.None, Cancel));

        Assert.Equal(first, conflict.Current);
        Assert.Equal(first, await rooms.FindAsync("lobby", Cancel));
        Assert.Equal(Finals, Engine.Definition("lobby"));
    }

    [Fact]
    public async Task DefineAsync_ForgottenAndDefinedAgain_IsNotTheVersionBefore()
    {
        using var rooms = new RoomStore(Database, Engine);
        var first = await rooms.DefineAsync("lobby", Finals, "ada", null, Cancel);
        Assert.True(await rooms.ForgetAsync("lobby", "ben", first.Version, Cancel));
        Assert.False(await rooms.ForgetAsync("lobby", "ben", null, Cancel));
        Assert.Same(RoomDefinition.Unknown, Engine.Definition("lobby"));
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await rooms.DefineAsync("lobby", Finals, "ben", null, Cancel);

        await Assert.ThrowsAsync<RoomConflictException>(() => rooms.ForgetAsync("lobby", "ben", first.Version, Cancel));
    }

    [Fact]
    public async Task DefineAsync_NothingNew_KeepsTheVersion()
    {
        using var rooms = new RoomStore(Database, Engine);
        var first = await rooms.DefineAsync("lobby", Finals, "ada", null, Cancel);
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(first, await rooms.DefineAsync("lobby", Finals with { }, "ben", first.Version, Cancel));
    }

    [Fact]
    public async Task DefineAsync_OverTheCap_IsRefusedForNewRoomsOnly()
    {
        using var rooms = new RoomStore(Database, Engine);
        await rooms.DefineAsync("a", Finals, "ada", null, Cancel);
        await rooms.DefineAsync("b", Finals, "ada", null, Cancel);

        await Assert.ThrowsAsync<StoreFullException>(() => rooms.DefineAsync("c", Finals, "ada", null, Cancel));

        Assert.Equal(2, (await rooms.DefineAsync("a", new RoomDefinition { Status = RoomStatus.Ended }, "ada", null, Cancel)).Version.Number);
        Assert.Same(RoomDefinition.Unknown, Engine.Definition("c"));
    }

    [Fact]
    public async Task RecentSaves_OfARoom_TellWhoChangedWhatTheLatestFirst()
    {
        using var rooms = new RoomStore(Database, Engine);
        await rooms.DefineAsync("lobby", Finals, "ada", null, Cancel);
        await rooms.DefineAsync("lobby", Finals with { }, "ben", null, Cancel); // changes nothing
        await rooms.DefineAsync("stage", Finals, "ben", null, Cancel);
        Time.Advance(TimeSpan.FromMinutes(1));
        await rooms.ForgetAsync("lobby", "ben", null, Cancel);

        var saves = rooms.RecentSaves("lobby");

        Assert.Equal([(Finals, RoomDefinition.Unknown, "ben"), (RoomDefinition.Unknown, Finals, "ada")], saves.Select(save => (save.Before, save.After, save.By)));
        Assert.Equal(TimeSpan.FromMinutes(1), saves[0].At - saves[1].At);
        Assert.True(saves[0].Number > saves[1].Number);
    }

    [Fact]
    public void RecentSaves_OverTheirCap_ForgetTheOldest()
    {
        var recent = new RecentRoomSaves();

        for (var save = 0; save <= RecentRoomSaves.Most; save++)
            recent.Add("lobby", new RoomSave(RoomDefinition.Unknown, Finals, $"by {save}", default));

        Assert.Equal((RecentRoomSaves.Most, "by 1"), (recent.Of("lobby").Count, recent.Of("lobby")[^1].By));
    }

    [Fact]
    public async Task ListAsync_FollowedByIds_ReachesEveryRoomInOneOrder()
    {
        using var engine = new PresenceEngine(Time, PresenceSettings.Default, new PresenceLimits());
        using var rooms = new RoomStore(Database, engine);
        // In UTF-16 the second last would come after the last.
        string[] ids = ["A", "a", "b c", "ä", "\uFF5E", "\U0001F600"];
        foreach (var id in ids.Reverse())
            await rooms.DefineAsync(id, Finals, "ada", null, Cancel);

        var listed = new List<string>();
        while (await rooms.ListAsync(listed.LastOrDefault(), 2, Cancel) is { Count: > 0 } page)
            listed.AddRange(page.Select(room => room.RoomId));

        Assert.Equal(ids, listed);
    }

    [Theory]
    [InlineData(null, 601.0, null, "between 1 s and 600 s")]
    [InlineData(null, null, 5.0, "between 6 s and 3600 s")]
    [InlineData(null, 30.0, 34.0, "at least 5 s longer")]
    [InlineData("", null, null, "title must have")]
    [InlineData("a\nb", null, null, "title must have")]
    public async Task DefineAsync_AgainstTheRules_IsRefused(string? title, double? interval, double? timeout, string message)
    {
        using var rooms = new RoomStore(Database, Engine);
        var definition = new RoomDefinition
        {
            Title = title,
            Overrides = new RoomOverrides { HeartbeatInterval = SpanOf(interval), PresenceTimeout = SpanOf(timeout) },
        };

        var refused = await Assert.ThrowsAsync<SettingsRefusedException>(() => rooms.DefineAsync("lobby", definition, "ada", null, Cancel));

        Assert.Contains(message, Assert.Single(refused.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(600.0, null)]
    [InlineData(1.0, null)]
    [InlineData(null, 6.0)]
    [InlineData(null, 3600.0)]
    public async Task DefineAsync_OneOverrideInItsRange_IsTaken(double? interval, double? timeout)
    {
        using var rooms = new RoomStore(Database, Engine);

        await rooms.DefineAsync("lobby", new RoomDefinition { Overrides = new RoomOverrides { HeartbeatInterval = SpanOf(interval), PresenceTimeout = SpanOf(timeout) } }, "ada", null, Cancel);

        Assert.Empty(PresenceSettingsRules.Problems(Engine.Effective("lobby").Values));
    }

    private static TimeSpan? SpanOf(double? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;
}

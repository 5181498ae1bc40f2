using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Users;
using RouteData = Microsoft.AspNetCore.Components.RouteData;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>Who has a role in some rooms alone sees nothing of any other: on no page, in no list and no file.</summary>
public sealed class RoomRoleTests(RoomRoleTests.ManyRooms many) : IClassFixture<RoomRoleTests.ManyRooms>
{
    private const string Narrow = "narrow@example.com";
    private const string Wide = "wide@example.com";

    /// <summary>What is known of the rooms outside; ids apart, which an address may name.</summary>
    private static readonly string[] Outside = ["Zebra hall", "Olga Outsider", "zebra reason", "Zed Zebra"];

    /// <summary>Where an Admin is shown it, so that looking for it means something.</summary>
    private static readonly string[] Telling =
    [
        "/", "/rooms", "/wall?rooms=out-b", "/bans", "/bans?state=all", "/links", "/history", "/viewers/ivy", "/viewers/otto", "/rooms/out-b", "/room?id=out-b", "/downloads/rooms.csv",
        "/downloads/bans.csv", "/downloads/viewer/visits.csv?id=ivy", "/downloads/viewer/data.json?id=otto", "/downloads/room/viewers.csv?id=out-b",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryPageAndFile_OpenedByWhoHasSomeRooms_TellsNothingOfOthers()
    {
        using var narrow = await SignInAsync(Narrow);
        using var admin = await SignInAsync(ModeratorOfTests.Email);
        foreach (var path in Telling)
            Assert.True(IsTold(path, await ReadAsync(admin, path)), $"An Admin reads nothing of the room at {path}.");

        var told = new List<string>();
        foreach (var path in Addresses().Concat(Telling).Distinct(StringComparer.Ordinal))
        {
            if (IsTold(path, await ReadAsync(narrow, path)))
                told.Add(path);
        }

        Assert.Empty(told);
    }

    [Fact]
    public async Task Rooms_InsideAndElsewhere_AreOpenAsTheRoleSays()
    {
        using var narrow = await SignInAsync(Narrow);
        using var wide = await SignInAsync(Wide);

        Assert.Contains("Ivy Inside", await ReadAsync(narrow, "/rooms/in-a"), StringComparison.Ordinal);
        Assert.Contains("edit=1", await ReadAsync(narrow, "/rooms/in-a"), StringComparison.Ordinal);
        Assert.Equal("", await ReadAsync(narrow, "/rooms/out-b"));
        Assert.Contains("data-testid=\"no-access\"", await ReadAsync(narrow, "/room?id=out-b"), StringComparison.Ordinal);

        // A Moderator of in-*, and an Observer of the rest.
        Assert.Contains("edit=1", await ReadAsync(wide, "/rooms/in-a"), StringComparison.Ordinal);
        var elsewhere = await ReadAsync(wide, "/rooms/out-b");
        Assert.Contains("Olga Outsider", elsewhere, StringComparison.Ordinal);
        Assert.DoesNotContain("edit=1", elsewhere, StringComparison.Ordinal);
        Assert.Contains("Zebra hall", await ReadAsync(wide, "/rooms"), StringComparison.Ordinal);
        Assert.DoesNotContain("zebra reason", await ReadAsync(wide, "/bans?state=all"), StringComparison.Ordinal);
        Assert.DoesNotContain("out-b", await ReadAsync(wide, "/links"), StringComparison.Ordinal);
        Assert.Equal("", await ReadAsync(wide, "/system"));
    }

    /// <summary>Every list, narrowed to sets of rooms drawn by chance, is the whole list without the rooms outside.</summary>
    [Fact]
    public async Task EveryList_NarrowedToAnySet_IsTheWholeListWithoutTheRest()
    {
        var services = many.Host.Services;
        var (presence, removals, history) = (services.GetRequiredService<IPresence>(), services.GetRequiredService<RemovalStore>(), services.GetRequiredService<IHistory>());
        var random = new Random(20_261_130);
        for (var round = 0; round < 40; round++)
        {
            var set = RoomSet.Of(Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.GetItems(ManyRooms.Rooms, 1)[0]).Select(room => random.Next(2) == 0 ? room : room[..random.Next(1, room.Length)].TrimEnd('\ud83d') is { Length: > 0 } start ? start + "*" : room));

            foreach (var order in Enum.GetValues<RoomOrder>())
            {
                var query = new RoomQuery { Order = order, Limit = int.MaxValue };
                Assert.Equal((await presence.RankRoomsAsync(query, Cancel)).Where(set.Contains), await presence.RankRoomsAsync(query with { Within = set }, Cancel));
                Assert.Equal((await presence.ListRoomsAsync(query, Cancel)).Rooms.Select(room => room.RoomId).Where(set.Contains), (await presence.ListRoomsAsync(query with { Within = set }, Cancel)).Rooms.Select(room => room.RoomId));
            }

            var everything = await presence.SearchAsync(new NetworkSearch { Text = "u", People = 100, Rooms = 100 }, Cancel);
            var found = await presence.SearchAsync(new NetworkSearch { Text = "u", People = 100, Rooms = 100, Within = set }, Cancel);
            Assert.Equal(everything.People.Where(person => person.Places.Any(place => set.Contains(place.RoomId))).Select(person => person.UserId), found.People.Select(person => person.UserId));
            Assert.All(found.People.SelectMany(person => person.Places), place => Assert.True(set.Contains(place.RoomId)));
            Assert.Equal(everything.Rooms.Select(room => room.RoomId).Where(set.Contains), found.Rooms.Select(room => room.RoomId));
            Assert.Equal((found.People.Count, found.Rooms.Count), (found.MatchingPeople, found.MatchingRooms));

            var bans = await removals.ListAsync(new BanQuery(), 1_000, Cancel);
            var narrowed = await removals.ListAsync(new BanQuery { Within = set }, 1_000, Cancel);
            Assert.Equal(bans.Where(ban => ban.Removal.RoomId is { } room && set.Contains(room)).Select(ban => ban.Id), narrowed.Select(ban => ban.Id));
            Assert.Equal((narrowed.Count(ban => ban.EndedAt is null), 0), await removals.CountAsync(Cancel, set));

            var broadcasts = (await history.ReadBroadcastsAsync(new BroadcastQuery { Take = 100 }, Cancel)).Items;
            Assert.Equal(broadcasts.Select(broadcast => broadcast.RoomId).Where(set.Contains), (await history.ReadBroadcastsAsync(new BroadcastQuery { Take = 100, Within = set }, Cancel)).Items.Select(broadcast => broadcast.RoomId));

            var visits = (await history.ReadVisitsAsync("gone", take: 100, cancellationToken: Cancel)).Items;
            Assert.Equal(visits.Select(visit => visit.RoomId).Where(set.Contains), (await history.ReadVisitsAsync("gone", take: 100, within: set, cancellationToken: Cancel)).Items.Select(visit => visit.RoomId));
            Assert.Equal(visits.Any(visit => set.Contains(visit.RoomId)), (await history.FindDepartedAsync("gone", within: set, cancellationToken: Cancel)).Count == 1);

            var away = await history.ReadAwayAsync(DateTimeOffset.MinValue, 100, set, Cancel);
            Assert.All(away.Items, item => Assert.True(item.RoomId is { } room && set.Contains(room)));
            Assert.Null(away.Peak);
            var all = await history.ReadAwayAsync(DateTimeOffset.MinValue, 100, cancellationToken: Cancel);
            Assert.Equal(all.Items.Count(item => item.RoomId is { } room && set.Contains(room)), away.Items.Count);
        }
    }

    [Fact]
    public void Access_OfAnyShape_SurvivesItsClaimsAndHoldsLessWithFewerRooms()
    {
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var role = random.Next(4) is var drawn and < 3 ? (ModeratorRole?)drawn : null;
            var rooms = random.Next(3) == 0 ? null : RoomSet.Of(random.GetItems(["lobby", "class-*", "stage", "c*"], 2));
            var access = ModeratorAccess.Of(role, rooms, random.Next(2) == 0);
            Assert.Equal(access, ModeratorAccess.Of(new ClaimsPrincipal(new ClaimsIdentity(access.ToClaims(ClaimTypes.Role), "test"))));

            foreach (var asked in Enum.GetValues<ModeratorRole>())
            {
                foreach (var room in new[] { "lobby", "class-1", "stage", "other" })
                {
                    Assert.True(!access.Holds(asked, null) || access.Holds(asked, room)); // who has it in the network has it in every room
                    Assert.True(!access.Holds(asked, room) || access.HoldsSomewhere(asked));
                    if (access.HoldsSomewhere(asked))
                        Assert.Equal(access.Holds(asked, room), access.RoomsOf(asked)?.Contains(room) ?? true); // lists show what single rooms allow
                }
            }
        }
    }

    [Theory]
    [InlineData("in-a", true)]
    [InlineData("out-b", false)]
    [InlineData(null, true)]
    public async Task Policy_OfAPageOfACircuit_AsksForTheRoleInItsRoom(string? room, bool isAllowed)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (room is not null)
            values["RoomId"] = room;
        var narrow = new ClaimsPrincipal(new ClaimsIdentity(ModeratorAccess.Of(ModeratorRole.Moderator, RoomSet.Of("in-*"), observesElsewhere: false).ToClaims(ClaimTypes.Role), "test"));
        await using var scope = many.Host.Services.CreateAsyncScope();

        var result = await scope.ServiceProvider.GetRequiredService<IAuthorizationService>().AuthorizeAsync(narrow, new RouteData(typeof(RoomDetailPage), values), ModeratorPolicy.Observe);

        Assert.Equal(isAllowed, result.Succeeded);
        Assert.False((await scope.ServiceProvider.GetRequiredService<IAuthorizationService>().AuthorizeAsync(narrow, new RouteData(typeof(RoomDetailPage), values), ModeratorPolicy.ObserveAll)).Succeeded);
    }

    [Fact]
    public void Access_OfWhoIsNotSignedIn_IsNone()
    {
        var nobody = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, nameof(ModeratorRole.Admin))]));

        Assert.Equal(ModeratorAccess.None, ModeratorAccess.Of(nobody));
        Assert.False(ModeratorAccess.None.Holds(ModeratorRole.Observer, "lobby"));
        Assert.False(ModeratorAccess.None.HoldsSomewhere(ModeratorRole.Observer));
    }

    /// <summary>Whether an answer says something of the room outside, its own address apart.</summary>
    private static bool IsTold(string path, string answer) =>
        Outside.Any(word => answer.Contains(word, StringComparison.Ordinal)) || (!path.Contains("out-b", StringComparison.Ordinal) && answer.Contains("out-b", StringComparison.Ordinal));

    private async Task<FormVisitor> SignInAsync(string email)
    {
        var visitor = new FormVisitor(many.Host.BaseAddress);
        using var reply = await visitor.SignInAsync(email, ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        return visitor;
    }

    private static async Task<string> ReadAsync(FormVisitor visitor, string path)
    {
        using var reply = await visitor.GetAsync(path);
        return WebUtility.HtmlDecode(await reply.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>Every page and file there is, with what its address may ask for. A new one is looked at by itself.</summary>
    private IEnumerable<string> Addresses()
    {
        string[] queries = ["", "?search=o", "?search=zebra", "?state=all", "?id=ivy", "?id=otto", "?id=out-b", "?rooms=out-b&rooms=in-a", "?room=out-b"];
        var routes = from endpoint in many.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                     where endpoint.Metadata.GetMetadata<ApiPolicy>() is null && endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null
                     where endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not { HttpMethods: { } methods } || methods.Contains("GET")
                     select "/" + endpoint.RoutePattern.RawText?.TrimStart('/');
        foreach (var route in routes.Distinct(StringComparer.Ordinal).Where(route => !route.StartsWith("/_", StringComparison.Ordinal) && !route.Contains("**", StringComparison.Ordinal) && !route.StartsWith("/sign", StringComparison.Ordinal)))
        {
            string[] filled =
            [
                .. from room in route.Contains("{RoomId}", StringComparison.Ordinal) ? ManyRooms.Both : [""]
                   from user in route.Contains("{UserId}", StringComparison.Ordinal) ? new[] { "ivy", "otto" } : [""]
                   from id in route.Contains("{Id:long}", StringComparison.Ordinal) ? many.Broadcasts : [0L]
                   select route.Replace("{RoomId}", room, StringComparison.Ordinal).Replace("{UserId}", user, StringComparison.Ordinal).Replace("{Id:long}", $"{id}", StringComparison.Ordinal).Replace("{Code:int}", "404", StringComparison.Ordinal).Replace("{key}", "x", StringComparison.Ordinal),
            ];
            foreach (var path in filled)
            {
                foreach (var query in queries)
                    yield return path + query;
            }
        }
    }

    /// <summary>A host with rooms of two kinds, and everything about them that lists can show.</summary>
    public sealed class ManyRooms : IAsyncLifetime
    {
        public static readonly string[] Both = ["in-a", "out-b"];

        /// <summary>Rooms whose names begin alike, differ in case alone, or hold what patterns mean something by.</summary>
        public static readonly string[] Rooms = ["in-a", "out-b", "u", "u-1", "U-1", "u_1", "ux1", "u*2", "\u00fc-1", "\ud83d\ude00u", "\ud83d\ude00v", "class-7a", "class-7b", "Class-7a"];

        internal DashboardHost Host { get; private set; } = null!;

        /// <summary>Broadcasts of both rooms.</summary>
        internal long[] Broadcasts { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            Host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
            await ModeratorOfTests.MakeAsync(Host, Narrow, ModeratorAccess.Of(ModeratorRole.Moderator, RoomSet.Of("in-*"), observesElsewhere: false));
            await ModeratorOfTests.MakeAsync(Host, Wide, ModeratorAccess.Of(ModeratorRole.Moderator, RoomSet.Of("in-*"), observesElsewhere: true));
            var services = Host.Services;
            var (engine, removals, rooms) = (services.GetRequiredService<PresenceEngine>(), services.GetRequiredService<RemovalStore>(), services.GetRequiredService<RoomStore>());
            var until = TimeProvider.System.GetUtcNow().AddHours(1);
            for (var number = 0; number < Rooms.Length; number++)
            {
                Beat(Rooms[number], $"user-{number}", null);
                Beat(Rooms[number], "gone", null);
                engine.Leave(Rooms[number], "gone", "");
                await removals.RemoveAsync(new Removal($"banned-{number}", Rooms[number], until, Rooms[number] == "out-b" ? "zebra reason" : null), Rooms[number] == "out-b" ? "Zed Zebra" : "ops", CancellationToken.None);
                await removals.RemoveAsync(new Removal($"lifted-{number}", Rooms[number], until, null), "ops", CancellationToken.None);
                await removals.LiftAsync($"lifted-{number}", Rooms[number], "ops", CancellationToken.None);
            }
            await removals.RemoveAsync(new Removal("network", null, until, null), "ops", CancellationToken.None);
            await rooms.DefineAsync("out-b", RoomDefinition.Unknown with { Title = "Zebra hall" }, "Zed Zebra", null, CancellationToken.None);
            await removals.RemoveAsync(new Removal("otto", "out-b", until, "zebra reason"), "Zed Zebra", CancellationToken.None);
            await removals.LiftAsync("otto", "out-b", "Zed Zebra", CancellationToken.None);
            await services.GetRequiredService<UserStore>().ChangeAsync("otto", new UserChange("Olga Outsider", null, "{}"), null, CancellationToken.None);
            Beat("in-a", "ivy", "Ivy Inside");
            Beat("out-b", "ivy", "Ivy Inside");
            Beat("out-b", "otto", "Olga Outsider");
            Beat("out-b", "olga", "Olga Outsider");
            engine.Leave("out-b", "olga", "");
            engine.Leave("out-b", "ivy", "");
            Beat("out-b", "ivy", "Ivy Inside");
            foreach (var room in Both)
            {
                await services.GetRequiredService<ShareLinkStore>().MakeAsync(room, ShareLinkKind.Page, showsNames: true, "ops", CancellationToken.None);
                await services.GetRequiredService<PublicLinkStore>().MakeAsync(room, showsNames: true, "ops", CancellationToken.None);
            }
            await using (var scope = services.CreateAsyncScope())
            {
                var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
                foreach (var account in context.Users.ToList())
                {
                    await services.GetRequiredService<PinnedRooms>().SetAsync(account.Id, "out-b", isPinned: true);
                    await services.GetRequiredService<PinnedRooms>().SetAsync(account.Id, "in-a", isPinned: true);
                }
            }
            engine.Sweep();
            await services.GetRequiredService<MembershipStore>().FlushAsync(CancellationToken.None);
            await services.GetRequiredService<HistoryWriter>().SaveAsync(ends: false, CancellationToken.None);
            await services.GetRequiredService<BroadcastStore>().PassAsync(CancellationToken.None);
            Broadcasts = [.. (await services.GetRequiredService<IHistory>().ReadBroadcastsAsync(new BroadcastQuery { Take = 100 }, CancellationToken.None)).Items.Where(broadcast => Both.Contains(broadcast.RoomId)).Select(broadcast => broadcast.Id)];
            Assert.Equal(2, Broadcasts.Length);

            void Beat(string roomId, string userId, string? name) =>
                Assert.Equal(HeartbeatOutcome.Accepted, engine.Heartbeat(new Heartbeat { RoomId = roomId, UserId = userId, SessionId = "", Profile = name is null ? null : new UserProfile(name, null) }).Outcome);
        }

        public async ValueTask DisposeAsync() => await Host.DisposeAsync();
    }
}

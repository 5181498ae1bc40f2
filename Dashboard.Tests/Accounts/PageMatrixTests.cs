using System.Globalization;
using System.Net;
using System.Text;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>Who may open what in a browser, found out by opening it. A new page or download without a line here fails.</summary>
public sealed class PageMatrixTests(PageMatrixTests.Everybody everybody) : IClassFixture<PageMatrixTests.Everybody>
{
    /// <summary>The status of the answer; <c>in</c> is sent to sign in, <c>no</c> to the page that says what is missing. Roleless: an account without any role. Inside: a Moderator of the room that is opened, outside: one of another room.</summary>
    private const string Matrix =
        """
                                         signed out roleless   Observer   Moderator  Admin      inside     outside
        /                                in         no         200        200        200        200        200
        /_blazor                         401        400        400        400        400        400        400
        /_blazor/disconnect/             401        405        405        405        405        405        405
        /_blazor/initializers/           401        200        200        200        200        200        200
        /_blazor/negotiate               401        405        405        405        405        405        405
        /_framework/opaque-redirect      400        400        400        400        400        400        400
        /access-denied                   200        200        200        200        200        200        200
        /account                         in         no         200        200        200        200        200
        /account/passkeys                in         no         200        200        200        200        200
        /account/two-factor              in         no         200        200        200        200        200
        /alerts                          in         no         200        200        200        200        200
        /audit                           in         no         no         no         200        no         no
        /bans                            in         no         no         200        200        200        200
        /broadcasts/{Id:long}            in         no         200        200        200        200        no
        /connect                         in         no         200        200        200        no         no
        /demo                            404        404        404        404        404        404        404
        /downloads/audit.csv             in         no         no         no         200        no         no
        /downloads/bans.csv              in         no         no         200        200        200        200
        /downloads/broadcasts/{Id:long}/attendance.csv in         no         200        200        200        200        403
        /downloads/broadcasts/{Id:long}/curve.csv in         no         200        200        200        200        403
        /downloads/history.csv           in         no         200        200        200        no         no
        /downloads/network/chart.csv     in         no         200        200        200        no         no
        /downloads/room/chart.csv        in         no         400        400        400        400        400
        /downloads/room/draw.json        in         no         400        400        400        400        400
        /downloads/room/history.csv      in         no         400        400        400        400        400
        /downloads/room/viewers.csv      in         no         400        400        400        400        400
        /downloads/rooms.csv             in         no         200        200        200        200        200
        /downloads/rooms/{RoomId}/chart.csv in         no         200        200        200        200        no
        /downloads/rooms/{RoomId}/draw.json in         no         404        404        404        404        no
        /downloads/rooms/{RoomId}/history.csv in         no         200        200        200        200        no
        /downloads/rooms/{RoomId}/viewers.csv in         no         200        200        200        200        no
        /downloads/viewer/data.json      in         no         no         200        200        no         no
        /downloads/viewer/visits.csv     in         no         200        200        200        200        200
        /error/{Code:int}                200        200        200        200        200        200        200
        /history                         in         no         200        200        200        200        200
        /jobs/{**path}                   in         no         no         no         200        no         no
        /join                            200        200        200        200        200        200        200
        /links                           in         no         no         200        200        200        200
        /new-password                    200        200        200        200        200        200        200
        /not-found                       in         no         200        200        200        200        200
        /online                          in         no         200        200        200        no         no
        /people                          in         no         no         no         200        no         no
        /pictures/{key}                  in         no         404        404        404        404        404
        /room                            in         no         200        200        200        no         no
        /room/history                    in         no         200        200        200        200        200
        /rooms                           in         no         200        200        200        200        200
        /rooms/{RoomId}                  in         no         200        200        200        200        no
        /rooms/{RoomId}/history          in         no         200        200        200        200        no
        /settings                        in         no         200        200        200        no         no
        /setup                           200        200        200        200        200        200        200
        /shared/broadcast                200        200        200        200        200        200        200
        /shared/broadcast/content        404        404        404        404        404        404        404
        /shared/overlay                  200        200        200        200        200        200        200
        /shared/room                     200        200        200        200        200        200        200
        /sign-in                         200        200        302        302        302        302        302
        /sign-in/code                    in         in         in         in         in         in         in
        /sign-in/provider                404        404        404        404        404        404        404
        /sign-in/provider/done           404        404        404        404        404        404        404
        /system                          in         no         no         200        200        no         no
        /try/{**path}                    in         no         200        200        200        200        200
        /viewer                          in         no         200        200        200        200        200
        /viewers/{UserId}                in         no         200        200        200        200        200
        /wall                            in         no         200        200        200        200        200
        /watch-list                      in         no         no         200        200        no         no
        /webhooks                        in         no         no         no         200        no         no
        /{**path:file}                   404        404        404        404        404        404        404
        """;

    private static readonly string[] Principals = ["signed out", "roleless", "Observer", "Moderator", "Admin", "inside", "outside"];

    [Fact]
    public async Task Pages_OpenedByEachPrincipal_AnswerAsTheMatrixSays()
    {
        var found = new StringBuilder();
        found.AppendLine($"{"",-32}{string.Concat(Principals.Select(principal => $" {principal,-10}"))}".TrimEnd());
        foreach (var path in Pages().Distinct().Order(StringComparer.Ordinal))
        {
            var line = new StringBuilder($"{path,-32}");
            foreach (var principal in Principals)
                line.Append(CultureInfo.InvariantCulture, $" {await OpenAsync(path.Replace("{Id:long}", everybody.BroadcastId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), everybody.Visitors[principal]),-10}");
            found.AppendLine(line.ToString().TrimEnd());
        }

        Assert.Equal(Matrix.ReplaceLineEndings(), found.ToString().TrimEnd());
        Figure.Tell($"{Pages().Distinct().Count():N0} pages, each opened as {Principals.Length} kinds of account: all answer as the matrix says");
    }

    [Theory]
    [InlineData("roleless", "/rooms", "Sign in with another account", "sign-in")]
    [InlineData("Observer", "/system", "Back to the overview", "./")]
    [InlineData("Moderator", "/people", "Back to the overview", "./")]
    public async Task NoAccess_OfEachPrincipal_LeadsBackToWhatItMayOpen(string principal, string path, string words, string way)
    {
        var visitor = everybody.Visitors[principal];
        using var refused = await visitor.GetAsync(path);
        using var page = await visitor.GetAsync(refused.Headers.Location!.OriginalString);
        using var html = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal("No access", html.QuerySelector("h1")!.TextContent);
        Assert.Equal(way, Assert.Single(html.QuerySelectorAll("main a"), link => link.TextContent == words).GetAttribute("href"));
        Assert.Equal("200", await OpenAsync("/" + way, visitor));
    }

    private static async Task<string> OpenAsync(string path, FormVisitor visitor)
    {
        var address = path.Replace("/{**path}", path.StartsWith("/try", StringComparison.Ordinal) ? "/index.html" : "", StringComparison.Ordinal).Replace("{RoomId}", "lobby", StringComparison.Ordinal).Replace("{UserId}", "ada", StringComparison.Ordinal).Replace("{Code:int}", "500", StringComparison.Ordinal);
        using var reply = await visitor.GetAsync(address);
        var target = reply.Headers.Location?.OriginalString ?? "";
        if (target.Contains("/sign-in", StringComparison.Ordinal))
            return "in";
        // Rooms that are no part of the path are found out by the page itself.
        var isRefused = target.Contains("/access-denied", StringComparison.Ordinal)
            || (reply.StatusCode == HttpStatusCode.OK && address != "/access-denied" && (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("data-testid=\"no-access\"", StringComparison.Ordinal));
        return isRefused ? "no" : ((int)reply.StatusCode).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Every route that is not the API's, the files of the pages apart, which are for everybody.</summary>
    private IEnumerable<string> Pages() =>
        from endpoint in everybody.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<ApiPolicy>() is null && endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null
        where endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not { HttpMethods: { } methods } || methods.Contains("GET")
        select "/" + endpoint.RoutePattern.RawText?.TrimStart('/');

    /// <summary>One visitor for each principal, signed in.</summary>
    public sealed class Everybody : IAsyncLifetime
    {
        internal Dictionary<string, FormVisitor> Visitors { get; } = new(StringComparer.Ordinal);

        internal DashboardHost Host { get; private set; } = null!;

        /// <summary>One there is.</summary>
        internal long BroadcastId { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
            Host.Services.GetRequiredService<PresenceEngine>().Heartbeat(new Heartbeat { RoomId = "lobby", UserId = "ada", SessionId = "" });
            await Host.Services.GetRequiredService<BroadcastStore>().PassAsync(TestContext.Current.CancellationToken);
            BroadcastId = (await Host.Services.GetRequiredService<IHistory>().ReadBroadcastsAsync(new BroadcastQuery(), TestContext.Current.CancellationToken)).Items[0].Id;
            foreach (var principal in Principals)
            {
                var visitor = Visitors[principal] = new FormVisitor(Host.BaseAddress);
                if (principal == "signed out")
                    continue;
                var email = $"{principal}@example.com";
                await MakeAccountAsync(email, principal);
                using var reply = await visitor.SignInAsync(email, ModeratorOfTests.Password);
                Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var visitor in Visitors.Values)
                visitor.Dispose();
            await Host.DisposeAsync();
        }

        private async Task MakeAccountAsync(string email, string role)
        {
            if (role is "inside" or "outside")
            {
                await ModeratorOfTests.MakeAsync(Host, email, ModeratorAccess.Of(ModeratorRole.Moderator, RoomSet.Of(role == "inside" ? "lobby" : "lob", "elsewhere-*"), observesElsewhere: false));
                return;
            }
            await using var scope = Host.Services.CreateAsyncScope();
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
            var account = new ModeratorAccount { UserName = email, Email = email, EmailConfirmed = true };
            Assert.True((await accounts.CreateAsync(account, ModeratorOfTests.Password)).Succeeded);
            if (role != "roleless")
                Assert.True((await accounts.AddToRoleAsync(account, role)).Succeeded);
        }
    }
}

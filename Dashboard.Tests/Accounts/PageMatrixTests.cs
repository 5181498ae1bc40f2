using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>Who may open what in a browser, found out by opening it. A new page or download without a line here fails.</summary>
public sealed class PageMatrixTests : IAsyncLifetime
{
    /// <summary>The status of the answer; <c>in</c> is sent to sign in, <c>no</c> to the page that says what is missing. Roleless: an account without any role.</summary>
    private const string Matrix =
        """
                                         signed out roleless   Observer   Moderator  Admin
        /                                in         no         200        200        200
        /_blazor                         401        400        400        400        400
        /_blazor/disconnect/             401        405        405        405        405
        /_blazor/initializers/           401        200        200        200        200
        /_blazor/negotiate               401        405        405        405        405
        /_framework/opaque-redirect      400        400        400        400        400
        /access-denied                   200        200        200        200        200
        /account                         in         no         200        200        200
        /connect                         in         no         200        200        200
        /demo                            404        404        404        404        404
        /downloads/room/viewers.csv      in         no         400        400        400
        /downloads/rooms/{RoomId}/viewers.csv in         no         200        200        200
        /error/{Code:int}                200        200        200        200        200
        /join                            200        200        200        200        200
        /new-password                    200        200        200        200        200
        /not-found                       in         no         200        200        200
        /online                          in         no         200        200        200
        /people                          in         no         no         no         200
        /room                            in         no         200        200        200
        /rooms                           in         no         200        200        200
        /rooms/{RoomId}                  in         no         200        200        200
        /settings                        in         no         200        200        200
        /setup                           200        200        200        200        200
        /sign-in                         200        200        302        302        302
        /system                          in         no         no         200        200
        /try/{**path}                    in         no         200        200        200
        /viewer                          in         no         200        200        200
        /viewers/{UserId}                in         no         200        200        200
        /wall                            in         no         200        200        200
        /{**path:file}                   404        404        404        404        404
        """;

    private static readonly string[] Principals = ["signed out", "roleless", "Observer", "Moderator", "Admin"];

    private readonly Dictionary<string, FormVisitor> _visitors = new(StringComparer.Ordinal);
    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        foreach (var principal in Principals)
        {
            var visitor = _visitors[principal] = new FormVisitor(_host.BaseAddress);
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
        foreach (var visitor in _visitors.Values)
            visitor.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Pages_OpenedByEachPrincipal_AnswerAsTheMatrixSays()
    {
        var found = new StringBuilder();
        found.AppendLine($"{"",-32}{string.Concat(Principals.Select(principal => $" {principal,-10}"))}".TrimEnd());
        foreach (var path in Pages().Distinct().Order(StringComparer.Ordinal))
        {
            var line = new StringBuilder($"{path,-32}");
            foreach (var principal in Principals)
                line.Append(CultureInfo.InvariantCulture, $" {await OpenAsync(path, _visitors[principal]),-10}");
            found.AppendLine(line.ToString().TrimEnd());
        }

        Assert.Equal(Matrix.ReplaceLineEndings(), found.ToString().TrimEnd());
    }

    private static async Task<string> OpenAsync(string path, FormVisitor visitor)
    {
        var address = path.Replace("{RoomId}", "lobby", StringComparison.Ordinal).Replace("{UserId}", "ada", StringComparison.Ordinal).Replace("{Code:int}", "500", StringComparison.Ordinal).Replace("{**path}", "index.html", StringComparison.Ordinal);
        using var reply = await visitor.GetAsync(address);
        var target = reply.Headers.Location?.OriginalString ?? "";
        if (target.Contains("/sign-in", StringComparison.Ordinal))
            return "in";
        return target.Contains("/access-denied", StringComparison.Ordinal) ? "no" : ((int)reply.StatusCode).ToString(CultureInfo.InvariantCulture);
    }

    private async Task MakeAccountAsync(string email, string role)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var account = new ModeratorAccount { UserName = email, Email = email, EmailConfirmed = true };
        Assert.True((await accounts.CreateAsync(account, ModeratorOfTests.Password)).Succeeded);
        if (role != "roleless")
            Assert.True((await accounts.AddToRoleAsync(account, role)).Succeeded);
    }

    /// <summary>Every route that is not the API's, the files of the pages apart, which are for everybody.</summary>
    private IEnumerable<string> Pages() =>
        from endpoint in _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<ApiPolicy>() is null && endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null
        where endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not { HttpMethods: { } methods } || methods.Contains("GET")
        select "/" + endpoint.RoutePattern.RawText?.TrimStart('/');
}

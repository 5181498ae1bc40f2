using System.Net;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class ErrorShapeTests
{
    [Fact]
    public async Task UnknownRoute_UnderTheApi_Answers404InTheErrorShape()
    {
        await using var host = await DashboardHost.StartAsync();

        using var reply = await host.Client.GetAsync("/api/v9/nothing", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Equal(
            """{"status":"error","code":400400,"message":"Nothing answers GET /api/v9/nothing. The routes are in docs/http-api.md."}""",
            await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

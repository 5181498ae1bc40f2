using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class DescriptionTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public void Routes_OfTheApi_AreAllDescribed() =>
        Assert.All(Routes(), route => Assert.True(route.Metadata.GetMetadata<RouteDescription>() is not null, $"{route.DisplayName} has no description."));

    [Fact]
    public async Task Document_WithoutSignIn_HoldsEveryRoute()
    {
        var answer = await _host.GetAsync("/openapi/v1.json");

        Assert.Equal(200, answer.Status);
        Assert.Equal("3.1.1", answer.Json["openapi"]!.GetValue<string>());
        Assert.Equal(
            Routes().Select(route => $"{route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0].ToLowerInvariant()} /{route.RoutePattern.RawText!.TrimStart('/')}").Order(StringComparer.Ordinal),
            answer.Json["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key} {path.Key}")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Operations_HaveAnIdOfTheirOwnASummaryAndAGroupThatIsExplained()
    {
        var document = (await _host.GetAsync("/openapi/v1.json")).Json;
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => operation.Value!).ToList();
        var groups = document["tags"]!.AsArray().Select(tag => Text(tag!["name"])).ToList();

        Assert.Distinct(operations.Select(operation => Text(operation["operationId"])));
        Assert.All(operations, operation =>
        {
            Assert.False(Text(operation["summary"]).EndsWith('.'));
            Assert.Contains(Text(operation["tags"]![0]), groups);
        });
    }

    private IEnumerable<RouteEndpoint> Routes() =>
        _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(route => route.Metadata.GetMetadata<ApiPolicy>() is not null);

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}

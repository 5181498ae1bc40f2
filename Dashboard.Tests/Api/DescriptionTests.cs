using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Docs;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class DescriptionTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_WithoutSignIn_HoldsEveryRoute()
    {
        var answer = await _host.GetAsync("/openapi/v1.json");

        Assert.Equal(200, answer.Status);
        Assert.Equal("3.1.1", answer.Json["openapi"]!.GetValue<string>());
        Assert.Equal(ServerStart.Version, answer.Json["info"]!["version"]!.GetValue<string>());
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
            Assert.True(operation["summary"] is not null, $"{Text(operation["operationId"])} has no summary: its handler wants XML documentation, and must not be private.");
            Assert.False(Text(operation["summary"]).EndsWith('.'));
            Assert.Contains(Text(operation["tags"]![0]), groups);
        });
    }

    [Fact]
    public async Task Document_ReadByTheLinter_HasNoErrorAndNoWarning()
    {
        var tool = Path.Combine(RepositoryFiles.Root, "Dashboard.Tests/node_modules/@redocly/cli/bin/cli.js");
        Assert.True(File.Exists(tool), "The linter is missing: run npm ci in Dashboard.Tests, as ./test.sh does.");
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "v1.json");
        await File.WriteAllTextAsync(file, (await _host.GetAsync("/openapi/v1.json")).Body, Cancel);

        var (exitCode, output, errors) = await Tool.RunAsync(
            "node", [tool, "lint", "--extends=recommended", "--format=json", file], folder: null, ("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"));

        output += $"\n{errors}";
        Assert.True(exitCode == 0 && output.Contains("\"errors\": 0", StringComparison.Ordinal) && output.Contains("\"warnings\": 0", StringComparison.Ordinal), output);
    }

    private IEnumerable<RouteEndpoint> Routes() =>
        _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(route => route.Metadata.GetMetadata<ApiPolicy>() is not null);

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}

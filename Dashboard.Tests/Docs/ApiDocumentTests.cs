using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Api;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Docs;

/// <summary>The reference pages say what the code does: all of it and nothing else.</summary>
public sealed partial class ApiDocumentTests(SharedHost shared) : IClassFixture<SharedHost>
{
    [Fact]
    public void Errors_InTheDocument_AreThoseOfTheCatalogue() =>
        Assert.Equal(
            ApiError.All.Select(error => (error.Status, error.Code)).Order(),
            ErrorRow().Matches(RepositoryFiles.Read("docs/errors.md"))
                .Select(row => (int.Parse(row.Groups["status"].Value, CultureInfo.InvariantCulture), int.Parse(row.Groups["code"].Value, CultureInfo.InvariantCulture))).Order());

    [Fact]
    public void Codes_OfTheCatalogue_AreUsedForOneThingEach()
    {
        Assert.Equal(ApiError.All.Count, ApiError.All.Distinct().Count());
        Assert.All(ApiError.All, error => Assert.True(error.Code is (>= 400000 and < 500000) or 500000));
    }

    [Fact]
    public void Keys_InTheDocument_AreThoseThatAreRead() =>
        Assert.Equal(
            DashboardConfiguration.Keys().Select(key => ConfigurationSectionReader.EnvironmentName($"Presence:{key}")).Order(StringComparer.Ordinal),
            KeyRow().Matches(RepositoryFiles.Read("docs/configuration.md")).Select(row => row.Groups["key"].Value).Order(StringComparer.Ordinal));

    [Fact]
    public void Caps_InTheDocument_HaveTheirRealDefaults()
    {
        var defaults = KeyRow().Matches(RepositoryFiles.Read("docs/configuration.md")).ToDictionary(row => row.Groups["key"].Value, row => row.Groups["default"].Value);

        Assert.All(
            typeof(DashboardOptions.LimitsOptions).GetProperties(),
            limit => Assert.Equal($"`{limit.GetValue(new DashboardOptions.LimitsOptions())}`", defaults[$"Presence__Limits__{limit.Name}"]));
    }

    [Fact]
    public void Routes_InTheDocument_AreThoseThatAnswer()
    {
        var real = from endpoint in shared.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                   let policy = endpoint.Metadata.GetMetadata<ApiPolicy>()
                   where policy is not null
                   select $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]} {endpoint.RoutePattern.RawText} | {Who(policy)}";

        Assert.Equal(
            real.Order(StringComparer.Ordinal),
            RouteRow().Matches(RepositoryFiles.Read("docs/http-api.md")).Select(row => $"{row.Groups["route"].Value} | {row.Groups["who"].Value}").Order(StringComparer.Ordinal));
    }

    private static string Who(ApiPolicy policy) => policy.Name switch
    {
        nameof(ApiPolicy.Anonymous) => "anonymous",
        nameof(ApiPolicy.Viewer) => "viewer",
        nameof(ApiPolicy.Server) => "server",
        _ => "viewer, server",
    };

    [GeneratedRegex(@"^\| (?<status>\d{3}) \| (?<code>\d{6}) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex ErrorRow();

    [GeneratedRegex(@"^\| `(?<key>Presence__\w+)` \| (?<default>[^|]+?) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex KeyRow();

    [GeneratedRegex(@"^\| `(?<route>[A-Z]+ /[^`]+)` \| (?<who>[^|]+?) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex RouteRow();
}

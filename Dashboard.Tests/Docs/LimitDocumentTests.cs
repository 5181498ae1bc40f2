using System.Globalization;
using Presence.Dashboard.Api;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Tests.Docs;

/// <summary>docs/limits.md is the table of the code, row by row.</summary>
public sealed class LimitDocumentTests
{
    [Fact]
    public void Rows_OfTheDocument_AreThoseOfTheTable()
    {
        var rows = RepositoryFiles.Read("docs/limits.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| limit ", StringComparison.Ordinal)).ToList();
        var expected = Limits.All.Select(Row).ToList();

        Assert.True(expected.SequenceEqual(rows, StringComparer.Ordinal), $"docs/limits.md should hold these rows:\n\n{string.Join('\n', expected)}\n");
    }

    [Fact]
    public void Names_OfTheTable_AreOneLimitEach() => Assert.Distinct(Limits.All.Select(limit => limit.Name));

    [Fact]
    public void Keys_OfTheTable_AreThoseOfTheConfiguration()
    {
        // How many at once comes with how many a second.
        var configurable = typeof(DashboardOptions.LimitsOptions).GetProperties().Select(property => property.Name).Where(name => !name.Contains("Burst", StringComparison.Ordinal));

        Assert.Equal(configurable.Order(StringComparer.Ordinal), Limits.All.Select(limit => limit.Key).OfType<string>().Order(StringComparer.Ordinal));
    }

    private static string Row(Limit limit)
    {
        var value = limit.Value.ToString("N0", CultureInfo.InvariantCulture);
        return $"| {limit.Name} | {value} {limit.Unit} | {limit.AppliesTo} | {limit.Beyond} | {(limit.Key is null ? "" : $"`{limit.Key}`")} |";
    }
}

using System.Globalization;
using Presence.Dashboard.Api;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Tests.Docs;

/// <summary>docs/limits.md has the limits of the code: their names, numbers and keys.</summary>
public sealed class LimitDocumentTests
{
    [Fact]
    public void Rows_OfTheDocument_AreThoseOfTheTable()
    {
        var rows = RepositoryFiles.Read("docs/limits.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| limit ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Select(cells => $"{cells[1]}: {cells[2].Split(' ')[0]} {cells[5]}".TrimEnd());

        Assert.Equal(Limits.All.Select(Row), rows);
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

    private static string Row(Limit limit) =>
        $"{limit.Name}: {limit.Value.ToString("N0", CultureInfo.InvariantCulture)} {(limit.Key is null ? "" : $"`{limit.Key}`")}".TrimEnd();
}

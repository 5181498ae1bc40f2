using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Presence.Dashboard.Api;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Tests.Docs;

/// <summary>The tables of docs/limits.md and docs/configuration.md say what the code does: names, numbers, ranges, what is beyond.</summary>
public sealed class LimitDocumentTests
{
    [Fact]
    public void Rows_OfTheDocument_AreThoseOfTheTable()
    {
        var rows = RepositoryFiles.Read("docs/limits.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| limit ", StringComparison.Ordinal));

        Assert.Equal(Limits.All.Select(Row), rows);
    }

    [Fact]
    public void Ranges_OfTheConfigurationDocument_AreThoseChecked()
    {
        var rows = RepositoryFiles.Read("docs/configuration.md").Split('\n');

        // A burst has the range of its pace; a limit that 0 switches off says so in words.
        Assert.All(typeof(DashboardOptions.LimitsOptions).GetProperties().Where(limit => !limit.Name.Contains("Burst", StringComparison.Ordinal)), limit =>
        {
            var row = rows.Single(line => line.StartsWith($"| `Presence__Limits__{limit.Name}` |", StringComparison.Ordinal));
            var range = limit.GetCustomAttribute<RangeAttribute>()!;
            var smallest = row.Contains("0 means no limit", StringComparison.Ordinal) ? 1 : range.Minimum;
            Assert.Contains($"{smallest} to {range.Maximum}", row, StringComparison.Ordinal);
        });
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
        $"| {limit.Name} | {limit.Value.ToString("N0", CultureInfo.InvariantCulture)} {limit.Unit} | {limit.AppliesTo} | {limit.Beyond} | {(limit.Key is null ? "" : $"`{limit.Key}`")} |";
}

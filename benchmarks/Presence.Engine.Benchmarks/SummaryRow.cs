using System.Globalization;

namespace Presence.Engine.Benchmarks;

/// <summary>One measured value beside its baseline and budget, as one line.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The median, with its unit.</param>
/// <param name="Baseline">What it is compared with, with its unit; - where the budget is a number.</param>
/// <param name="Ratio">The median of the rounds' ratios; - where there is no baseline.</param>
/// <param name="Budget">What is allowed; - where nothing was promised.</param>
/// <param name="IsOver">Whether it is more than allowed.</param>
internal sealed record SummaryRow(string Name, string Value, string Baseline, string Ratio, string Budget, bool IsOver)
{
    public static SummaryRow OfRatio(string name, IReadOnlyList<(double Value, double Baseline)> rounds, double? budget)
    {
        var ratio = Median(rounds.Select(round => round.Value / round.Baseline));
        return new(
            name,
            Text($"{Median(rounds.Select(round => round.Value)):0} ns"),
            Text($"W {Median(rounds.Select(round => round.Baseline)):0} ns"),
            Text($"{ratio:0.00}"),
            budget is null ? "-" : Text($"{budget:0.0#} W"),
            ratio > budget);
    }

    public static SummaryRow OfValue(string name, double value, string unit, double? budget) =>
        new(name, Text($"{value:0.##} {unit}"), "-", "-", budget is null ? "-" : Text($"{budget:0.##} {unit}"), value > budget);

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    public override string ToString() => $"{Name} | {Value} | {Baseline} | {Ratio} | {Budget} | {(IsOver ? "over" : "ok")}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

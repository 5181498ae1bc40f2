using System.Globalization;

namespace Presence.Dashboard.Display;

/// <summary>How an instant stands in an address: to the second, in UTC, and without characters that would be escaped.</summary>
internal static class AddressInstants
{
    private const string Pattern = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>"20261122T081542Z".</summary>
    public static string? Write(DateTimeOffset? at) => at?.UtcDateTime.ToString(Pattern, CultureInfo.InvariantCulture);

    /// <summary>The instant an address names; null where it names none.</summary>
    public static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParseExact(text, Pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}

using System.Globalization;

namespace Presence.Engine.Tests.Support;

/// <summary>How long the proofs that can go on for ever do go on: as the environment says, else usually, else with <c>./test.sh --full</c>.</summary>
internal static class ProofLength
{
    /// <summary>Whether the long proofs run.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("PRESENCE_FULL") == "1";

    public static int Of(string variable, int usually, int full) => Number(variable) ?? (IsFull ? full : usually);

    public static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}

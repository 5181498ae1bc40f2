using System.Collections.Frozen;

namespace Presence.Dashboard.Simulation;

/// <summary>What <c>simulate --help</c> prints. docs/simulator.md holds the same options.</summary>
internal static class SimulateHelp
{
    public const string OwnsServer = "--i-own-this-server";

    public const string Text = """
        Watches a presence server with thousands of made-up viewers, and compares its counts with the truth.

          dotnet run --project Dashboard -- simulate --key CLIENT-KEY [options]

          --url ADDRESS           the server; http://localhost:5080
          --key KEY               its client key, to sign viewers in with; or Presence__Clients__Key in the environment
          --secret SECRET         instead: its Presence__Clients__Jwt__Secret, to sign viewers' tokens with; from the environment too
          --rooms NUMBER          how many rooms, a few large and many small; 10
          --viewers NUMBER        how many watch at once; 500
          --churn PERCENT         how many of them go and are replaced each minute; 10
          --vanish PERCENT        of those who go, how many do it without a word; 30
          --hidden PERCENT        how many go to the background after a while; 20
          --lossy PERCENT         how many requests or answers are lost; 0
          --duration TIME         how long the crowd is kept once everybody has come, such as 90s or 5m; 1m
          --ramp TIME             how long everybody takes to come; 40 a second with --key, 500 with --secret, 10s at least
          --connections NUMBER    how many connections they share; 64
          --i-own-this-server     needed unless the server is on this machine

        Then nobody comes or goes for one heartbeat interval, every count must be exact, and everybody leaves. Ctrl+C ends it early
        and leaves as properly. The exit code is 0 when every count was right, 2 when one was not, and 1 when it could not run.
        """;

    public static readonly FrozenSet<string> Options =
        Text.Split('\n').Select(line => line.Trim().Split(' ')[0]).Where(word => word.StartsWith("--", StringComparison.Ordinal)).ToFrozenSet(StringComparer.Ordinal);
}

using System.Globalization;
using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

/// <summary>Rule 10: who comes back after a restart. Pure.</summary>
/// <param name="ComesBack">The viewers stored come back, each with one full timeout.</param>
/// <param name="Reason">What decided, as a sentence for the log; null when there was nothing to decide.</param>
internal sealed record RestorePolicy(bool ComesBack, string? Reason)
{
    /// <summary>Whether the viewers stored come back: presence is on, and nothing proves that the product was down for their timeout.</summary>
    /// <param name="last">When the product last ran.</param>
    /// <param name="now">The moment of the restart.</param>
    /// <param name="settings">The settings now in force.</param>
    /// <remarks>
    /// A machine that did not restart tells the down time by its uptime, whatever its wall clock did. Otherwise the wall clock may
    /// have been wrong at either moment: it proves a long down time only together with an uptime of that length. What is in doubt is
    /// brought back, since a count of 0 for a room with viewers is worse than a viewer who left and counts for one timeout more.
    /// </remarks>
    public static RestorePolicy Decide(AliveStamp last, AliveStamp now, PresenceSettings settings)
    {
        var timeout = settings.PresenceTimeout;
        if (!settings.Enabled)
            return new(ComesBack: false, "presence is off");
        if (now.ProvenSince(last) is { } down)
        {
            return down < timeout
                ? new(ComesBack: true, IsInStep(last, now, down) ? null : $"the wall clock was set, and by the machine's uptime the server was down for {Text(down)}")
                : new(ComesBack: false, $"the server was down for {Text(down)}, and the presence timeout is {Text(timeout)}");
        }

        var wall = now.At - last.At;
        if (wall >= TimeSpan.Zero && wall < timeout)
            return new(ComesBack: true, null);
        if (wall < TimeSpan.Zero)
            return new(ComesBack: true, $"the wall clock is {Text(-wall)} behind the last stop, so nobody knows how long the server was down");
        return now.Uptime >= timeout
            ? new(ComesBack: false, $"the server was down for {Text(wall)}, and the presence timeout is {Text(timeout)}")
            : new(ComesBack: true, $"by the wall clock the server was down for {Text(wall)}, but the machine started {Text(now.Uptime ?? TimeSpan.Zero)} ago and its clock may have been set since");
    }

    private static bool IsInStep(AliveStamp last, AliveStamp now, TimeSpan down) => (now.At - last.At - down).Duration() < TimeSpan.FromSeconds(2);

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");
}

using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

/// <summary>Rule 10: who comes back after a restart. Pure.</summary>
internal static class RestorePolicy
{
    /// <summary>How far the wall clock may stand before the last-alive instant, as clocks that are kept in step do.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    /// <summary>Whether the viewers stored come back: presence is on and the product was down for less than their timeout.</summary>
    /// <param name="lastAliveAt">When the product last ran.</param>
    /// <param name="now">The wall clock.</param>
    /// <param name="settings">The settings now in force.</param>
    public static bool ComesBack(DateTimeOffset lastAliveAt, DateTimeOffset now, PresenceSettings settings)
    {
        // A clock that was set back says nothing about how long the product was down, so nobody is brought back on its word.
        var down = now - lastAliveAt;
        return settings.Enabled && down >= -ClockTolerance && down < settings.PresenceTimeout;
    }
}

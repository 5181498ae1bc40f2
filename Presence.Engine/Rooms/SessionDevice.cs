namespace Presence.Engine.Rooms;

/// <summary>What a session said it runs on, for people to read.</summary>
/// <param name="Name">The device; null when it did not say.</param>
/// <param name="AppVersion">The app's version; null when it did not say.</param>
public readonly record struct SessionDevice(string? Name, string? AppVersion)
{
    /// <summary>Stands for every pair above the cap (<see cref="PresenceLimits.Devices"/>).</summary>
    public static readonly SessionDevice Other = new("other", null);

    internal bool IsSaid => Name is not null || AppVersion is not null;
}

namespace Presence.Dashboard.Demo;

/// <summary>How a visit ends.</summary>
internal enum DemoEnding
{
    /// <summary>The client says so: gone at once.</summary>
    Leaves,

    /// <summary>A closed lid, a lost network: silence, until the presence timeout does the work.</summary>
    Vanishes,
}

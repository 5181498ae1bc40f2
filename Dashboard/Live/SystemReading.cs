using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>How the server is doing, read at one moment.</summary>
public sealed record SystemReading
{
    public required string Version { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The moment all of it is true of.</summary>
    public required DateTimeOffset At { get; init; }

    public required long DatabaseBytes { get; init; }
    public required long LogBytes { get; init; }
    public required long FreeBytes { get; init; }

    /// <summary>What the process takes of the machine's memory.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>What its objects take of that, those no longer used included, and what they may take.</summary>
    public required long HeapBytes { get; init; }
    public required long MostHeapBytes { get; init; }

    /// <summary>Joins and leaves that are not on the disk yet.</summary>
    public required long Unstored { get; init; }

    /// <summary>How long ago the oldest of them happened.</summary>
    public required TimeSpan WriterLag { get; init; }

    /// <summary>How long ago the sweep last let go of viewers.</summary>
    public required TimeSpan SweptAgo { get; init; }

    public required IReadOnlyList<CapUse> Caps { get; init; }
    public required IReadOnlyList<LoopHealth> Loops { get; init; }
    public required IReadOnlyList<JobReading> Jobs { get; init; }
    public required string BackupFolder { get; init; }

    /// <summary>The copies there are, the newest first.</summary>
    public required IReadOnlyList<BackupFile> Backups { get; init; }

    public required IReadOnlyList<ConfigurationEntry> Configuration { get; init; }

    /// <summary>Whether who looks may run jobs.</summary>
    public required bool MayRun { get; init; }
}

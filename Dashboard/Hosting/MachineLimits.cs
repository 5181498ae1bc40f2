using System.Collections.Concurrent;
using System.Globalization;
using Presence.Engine;

namespace Presence.Dashboard.Hosting;

/// <summary>What the system gives this process, and the caps that follow from it: a cap above it would end the process instead of refusing a caller.</summary>
/// <param name="OpenFiles">Files and sockets it may have open (<c>ulimit -n</c>).</param>
/// <param name="Memory">Bytes its heap may take: of the machine, or of the container.</param>
internal sealed record MachineLimits(long OpenFiles, long Memory)
{
    /// <summary>Kept for the runtime, which has every assembly open (about 360 in all), for the database and connections to others.</summary>
    public const int ReservedFiles = 600;

    /// <summary>With fewer the server does not start.</summary>
    public const int FewestFiles = 800;

    /// <summary>Bytes a session takes with its ids, its user's profile and token, measured with room to spare (docs/operations.md).</summary>
    internal const int BytesOfSession = 1_000;

    internal const int BytesOfRoom = 4_000;
    internal const int BytesOfPage = 500_000;
    internal const int BytesOfStream = 40_000;

    /// <summary>What is there where nothing can be read.</summary>
    private const long Unknown = long.MaxValue;

    public static MachineLimits OfThisProcess() => new(ReadOpenFiles("/proc/self/limits"), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Lowers the caps to what there is, and says in sentences what holds now and why.</summary>
    /// <exception cref="StartupException">The machine's limits are too low to serve requests.</exception>
    public IReadOnlyList<string> Fit(DashboardOptions.LimitsOptions limits)
    {
        if (OpenFiles < FewestFiles)
        {
            throw new StartupException(Text(
                $"This process may open {OpenFiles} files and sockets but needs at least {FewestFiles}. Raise the limit: ulimit -n 65536 in a shell, LimitNOFILE=65536 in a systemd unit, --ulimit nofile=65536 for a container."));
        }

        var lowered = new List<string>();
        limits.Connections = Lower(limits.Connections, OpenFiles - ReservedFiles, nameof(limits.Connections), $"{OpenFiles} files and sockets may be open, {ReservedFiles} of them reserved for the server", lowered);
        // Streams leave enough connections for heartbeats.
        limits.Streams = Lower(limits.Streams, limits.Connections / 2, nameof(limits.Streams), "half of the connections", lowered);
        limits.PageConnections = Lower(limits.PageConnections, limits.Connections / 2, nameof(limits.PageConnections), "half of the connections", lowered);

        var memory = $"{Memory / 1_000_000} MB of memory";
        limits.Sessions = Lower(limits.Sessions, Memory / 2 / BytesOfSession, nameof(limits.Sessions), $"half of {memory}", lowered);
        limits.Rooms = Lower(limits.Rooms, Memory / 5 / BytesOfRoom, nameof(limits.Rooms), $"a fifth of {memory}", lowered);
        limits.PageConnections = Lower(limits.PageConnections, Memory / 5 / BytesOfPage, nameof(limits.PageConnections), $"a fifth of {memory}", lowered);
        limits.Streams = Lower(limits.Streams, Memory / 10 / BytesOfStream, nameof(limits.Streams), $"a tenth of {memory}", lowered);

        var files = OpenFiles == Unknown ? "" : Text($" ({OpenFiles} files and sockets may be open)");
        return [Text($"Up to {limits.Connections} connections at once{files}, {limits.ConnectionsPerAddress} per address."), .. lowered];
    }

    /// <summary>The soft limit, which the runtime has raised to the hard one when it started; unknown where there is no such file.</summary>
    internal static long ReadOpenFiles(string path)
    {
        const string Name = "Max open files";
        if (!File.Exists(path))
            return Unknown;
        var line = Array.Find(File.ReadAllLines(path), line => line.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Unknown;
    }

    private static int Lower(int cap, long most, string key, string reason, List<string> lowered)
    {
        most = Math.Max(1, most);
        if (cap <= most)
            return cap;
        lowered.Add(Text($"Presence__Limits__{key} is {most} instead of {cap}: {reason}."));
        return (int)most;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The server's limits and how full each is. The owner of a limit registers it here.</summary>
internal sealed class LimitUsageRegistry
{
    private readonly ConcurrentDictionary<LimitKind, (Func<long> Used, long Most)> _caps = new();

    public IReadOnlyList<LimitUsage> All => [.. _caps.OrderBy(cap => cap.Key).Select(cap => new LimitUsage(cap.Key, cap.Value.Used(), cap.Value.Most))];

    public void Add(LimitKind kind, Func<long> used, long most) => _caps[kind] = (used, most);
}

/// <summary>How near a cap is.</summary>
public readonly record struct LimitUsage(LimitKind Kind, long Used, long Most);

/// <summary>What is capped for the whole server and can be looked at while it fills.</summary>
public enum LimitKind
{
    Rooms,
    Sessions,
    Streams,
    Pages,
    Connections,
}

using System.Globalization;
using System.Text;

namespace Presence.Engine.Storage;

/// <summary>
/// Says beside the keys how far the database had come, so that a file that lost something is not taken for a whole one: a
/// write-ahead log that was deleted or damaged leaves an older database that is sound in itself.
/// </summary>
/// <remarks>
/// It is written after the database is: it may be behind and is never ahead of a database that lost nothing. A marker that
/// cannot be written or read says less, and stops nothing.
/// <para><b>What it tells.</b> While the machine runs on, what was written stays written: then not one stored page of the log and
/// not one stamp may be missing. After a power cut the marker itself may be newer than what a disk kept that lies about it, so
/// some stamps are forgiven, and a log whose last transaction is wrong is taken as torn: a page that was damaged later cannot be
/// told from one that was never written in full.</para>
/// <para><b>Cost.</b> One write of 160 bytes to the system's cache with each transaction.</para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal sealed class DatabaseMarker(string folder)
{
    public const string FolderName = "keys";
    public const string FileName = "database.marker";

    /// <summary>How many last-alive stamps may be missing: a disk that lies about what is safe loses some seconds with its power.</summary>
    public const long BeatsForgiven = 5;

    private const string NoBootId = "-";

    private readonly Lock _lock = new();
    private DatabaseProgress _progress;

    /// <summary>Where it is, as a full path.</summary>
    public string FilePath { get; } = Path.Combine(folder, FolderName, FileName);

    /// <summary>Whether there is one: the folder's database was in use.</summary>
    public bool Exists => File.Exists(FilePath);

    /// <summary>How far the database is known to have come; nothing where nothing can be read.</summary>
    public DatabaseProgress Read()
    {
        try
        {
            var words = File.ReadAllText(FilePath).Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (words is not ["settings", var settings, "beat", var beat, ..]
                || !long.TryParse(settings, CultureInfo.InvariantCulture, out var version) || !long.TryParse(beat, CultureInfo.InvariantCulture, out var stamp))
                return default;
            var progress = new DatabaseProgress { Settings = version, Beat = stamp };
            return words[4..] is ["boot", var boot, "log", var salts, var frames] // an older version's marker ends here
                && ulong.TryParse(salts, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var log) && long.TryParse(frames, CultureInfo.InvariantCulture, out var pages)
                ? progress with { BootId = boot == NoBootId ? null : boot, Salts = log, Frames = pages } : progress;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>Begins with what the database holds at a start.</summary>
    public void Begin(DatabaseProgress progress) => Write(_ => progress, flush: true);

    /// <summary>Notes a settings version that is on the disk.</summary>
    public void NoteSettings(long version) => Write(progress => progress with { Settings = version }, flush: true);

    /// <summary>Notes a last-alive stamp that is on the disk.</summary>
    public void NoteBeat(long beat) => Write(progress => progress with { Beat = beat }, flush: false);

    /// <summary>Notes how much of the log is on the disk.</summary>
    public void NoteLog(ulong salts, long frames) => Write(progress => progress with { Salts = salts, Frames = frames }, flush: false);

    /// <summary>Forgets what was: the database beside it was put back on purpose.</summary>
    public void Delete()
    {
        if (Exists)
            File.Delete(FilePath);
    }

    private void Write(Func<DatabaseProgress, DatabaseProgress> note, bool flush)
    {
        lock (_lock)
        {
            var before = _progress;
            _progress = note(before);
            if (_progress == before && !flush)
                return;
            try
            {
                OwnerFiles.CreateFolder(Path.GetDirectoryName(FilePath)!);
                using var file = OwnerFiles.Open(FilePath, FileMode.OpenOrCreate);
                // The length never changes, so the marker is overwritten in place and a full disk can't refuse it.
                file.Write(Encoding.ASCII.GetBytes(string.Create(
                    CultureInfo.InvariantCulture,
                    $"settings {_progress.Settings:D19}\nbeat {_progress.Beat:D19}\nboot {_progress.BootId ?? NoBootId,-36}\nlog {_progress.Salts:x16} {_progress.Frames:D10}\n")));
                if (flush)
                    file.Flush(flushToDisk: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The marker then lags behind, which is safe.
            }
        }
    }
}

/// <summary>How far a database has come.</summary>
internal readonly record struct DatabaseProgress
{
    /// <summary>The newest version of the settings.</summary>
    public long Settings { get; init; }

    /// <summary>The newest last-alive stamp.</summary>
    public long Beat { get; init; }

    /// <summary>In which run of the operating system; null when it has no name.</summary>
    public string? BootId { get; init; }

    /// <summary>Names the write-ahead log; 0 for none.</summary>
    public ulong Salts { get; init; }

    /// <summary>How many pages of that log are stored.</summary>
    public long Frames { get; init; }
}

/// <summary>A moment at which the product ran, by every clock there is.</summary>
/// <param name="At">The wall clock's time.</param>
/// <param name="BootId">Names the run of the operating system; null where it has no such name, or for a stamp of an older version.</param>
/// <param name="Uptime">How long that run had lasted; null for a stamp of an older version.</param>
internal readonly record struct AliveStamp(DateTimeOffset At, string? BootId, TimeSpan? Uptime)
{
    /// <summary>What was known of the wall clock; null for a stamp of an older version.</summary>
    public SteadyStamp? Steady { get; init; }

    /// <summary>How long after the last stamp this one was taken, by a machine that ran all the time; null if it did not, or if unknown.</summary>
    public TimeSpan? ProvenSince(AliveStamp last) =>
        last.BootId is not null && last.BootId == BootId && Uptime - last.Uptime is { } down && down >= TimeSpan.Zero ? down : null;

    /// <summary>The name of the operating system's present run, by Linux; null elsewhere.</summary>
    public static string? ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>The last-alive row: one.</summary>
internal sealed class LastAliveRecord
{
    public int Id { get; init; }
    public DateTimeOffset At { get; init; }
    public string? BootId { get; init; }
    public long? UptimeMilliseconds { get; init; }

    /// <summary>Rises with every stamp; what <see cref="DatabaseMarker"/> compares.</summary>
    public long Beat { get; init; }

    public long? RanMilliseconds { get; init; }
    public DateTimeOffset? Believed { get; init; }
    public DateTimeOffset? Candidate { get; init; }
    public long? CandidateSinceMilliseconds { get; init; }
}
